/* SPDX-License-Identifier: MIT */
#include "base/error.h"
#include "pool/parent.h"
#include "pool/zygote.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What a zygote may know of the environment: nothing that is not named here. */
static const char *const kept[] = {
    "PATH",   "LANG",         "LC_ALL",        "LC_CTYPE",     "TZ",
    "TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS",
};

const char *const zygote_arguments[] = {"assay", "zygote", NULL};

char **zygote_environment(void)
{
    GPtrArray *all = g_ptr_array_new();
    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
        const char *value = g_getenv(kept[i]);
        if (value != NULL)
            g_ptr_array_add(all, g_strconcat(kept[i], "=", value, NULL));
    }
    g_ptr_array_add(all, NULL);
    return (char **)g_ptr_array_free(all, false);
}

/* Input from nowhere, output where errors go, the socket, and nothing else. */
static int add_actions(posix_spawn_file_actions_t *actions, int socket_fd)
{
    int failed =
        posix_spawn_file_actions_adddup2(actions, socket_fd, ZYGOTE_FD);
    if (failed == 0)
        failed = posix_spawn_file_actions_addopen(actions, STDIN_FILENO,
                                                  "/dev/null", O_RDONLY, 0);
    if (failed == 0 && fcntl(STDERR_FILENO, F_GETFD) < 0)
        failed = posix_spawn_file_actions_addopen(actions, STDERR_FILENO,
                                                  "/dev/null", O_WRONLY, 0);
    if (failed == 0)
        failed = posix_spawn_file_actions_adddup2(actions, STDERR_FILENO,
                                                  STDOUT_FILENO);
    if (failed == 0)
        failed =
            posix_spawn_file_actions_addclosefrom_np(actions, ZYGOTE_FD + 1);
    return failed;
}

static int set_signals(posix_spawnattr_t *attr)
{
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    int failed = posix_spawnattr_setsigmask(attr, &none);
    if (failed == 0)
        failed = posix_spawnattr_setsigdefault(attr, &all);
    if (failed == 0)
        failed = posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK |
                                                    POSIX_SPAWN_SETSIGDEF);
    return failed;
}

/* 0 or errno. */
static int spawn(const char *program, int socket_fd, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    char *const argv[] = {g_strdup(zygote_arguments[0]),
                          g_strdup(zygote_arguments[1]), NULL};
    g_auto(GStrv) environment = zygote_environment();
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attr);
    int failed = add_actions(&actions, socket_fd);
    if (failed == 0)
        failed = set_signals(&attr);
    if (failed == 0)
        failed = posix_spawn(pid, program, &actions, &attr, argv, environment);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&actions);
    g_free(argv[0]);
    g_free(argv[1]);
    return failed;
}

/* The front's end, which never blocks, and the zygote's.  0 or errno. */
static int join(int ends[2])
{
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return errno;
    if (fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0)
        return 0;
    int failed = errno;
    close(ends[0]);
    close(ends[1]);
    return failed;
}

/* The other end is the zygote's, if there is one. */
static bool keep_end(int ends[2], bool is_started, int *fd)
{
    close(ends[1]);
    if (is_started)
        *fd = ends[0];
    else
        close(ends[0]);
    return is_started;
}

bool zygote_start(const char *program, pid_t *pid, int *fd, GError **error)
{
    int ends[2];
    int failed = join(ends);
    if (failed == 0) {
        failed = spawn(program, ends[1], pid);
        keep_end(ends, failed == 0, fd);
    }
    if (failed == 0)
        return true;
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                "%s: the process that opens plugins cannot be started: %s",
                program, g_strerror(failed));
    return false;
}

bool zygote_start_as(struct parent *parent, uid_t uid, pid_t *pid, int *fd,
                     GError **error)
{
    int ends[2];
    int failed = join(ends);
    if (failed != 0) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                    "no socket for the process that opens plugins: %s",
                    g_strerror(failed));
        return false;
    }
    const int fds[] = {ends[1], STDERR_FILENO};
    return keep_end(ends, parent_start(parent, uid, fds, pid, error), fd);
}
