/* SPDX-License-Identifier: MIT */
#include "daemon/herald_run.h"

#include "base/log.h"
#include "base/write.h"
#include "daemon/herald.h"

#include <glib.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PACKET_MAX = HERALD_BODY_MAX + 4096
};

static char *const environment[] = {
    (char[]){"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}, (char[]){"LC_ALL=C"}, NULL};

static void complain(const char *why)
{
    struct log_event event;
    log_begin(&event, LOG_LEVEL_ERROR, "alarm.mail");
    log_text(&event, "why", why);
    log_end(&event);
}

/* The whole mail in a file of no name: sendmail reads it as fast as it likes. */
static int file_of(const char *mail, size_t n, const char *const *to)
{
    g_autoptr(GString) head = g_string_new("To: ");
    for (size_t i = 0; to[i] != NULL; i++)
        g_string_append_printf(head, "%s%s", i > 0 ? ", " : "", to[i]);
    g_string_append_c(head, '\n');
    int fd = memfd_create("alarm", MFD_CLOEXEC);
    if (fd >= 0 && (!write_all(fd, head->str, head->len) ||
                    !write_all(fd, mail, n) || lseek(fd, 0, SEEK_SET) != 0)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* -i: a line with a dot alone does not end it. */
static int start(const char *sendmail, const char *const *to, int fd,
                 pid_t *pid)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    sigset_t none;
    g_ptr_array_add(argv, g_strdup(sendmail));
    g_ptr_array_add(argv, g_strdup("-i"));
    g_ptr_array_add(argv, g_strdup("--"));
    for (size_t i = 0; to[i] != NULL; i++)
        g_ptr_array_add(argv, g_strdup(to[i]));
    g_ptr_array_add(argv, NULL);
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attr);
    posix_spawn_file_actions_adddup2(&actions, fd, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
    int failed = posix_spawn(pid, sendmail, &actions, &attr,
                             (char *const *)argv->pdata, environment);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

/* Waits for its end, which comes at the latest when its time is over. */
static int end_of(pid_t pid)
{
    int status = 0;
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    struct pollfd one = {.fd = fd, .events = POLLIN};
    if (fd < 0 || poll(&one, 1, HERALD_RUN_S * 1000) <= 0)
        kill(pid, SIGKILL);
    if (fd >= 0)
        close(fd);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return status;
}

static void send_one(const char *mail, size_t n, const char *sendmail,
                     const char *const *to)
{
    pid_t pid = 0;
    int fd = file_of(mail, n, to);
    int failed = fd < 0 ? errno : start(sendmail, to, fd, &pid);
    if (fd >= 0)
        close(fd);
    if (failed != 0) {
        g_autofree char *why =
            g_strdup_printf("%s: %s", sendmail, g_strerror(failed));
        complain(why);
        return;
    }
    int status = end_of(pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        g_autofree char *why = g_strdup_printf(
            WIFEXITED(status) ? "%s ended with status %d"
                              : "%s ended by signal %d",
            sendmail,
            WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
        complain(why);
    }
}

_Noreturn void herald_run(int fd, const char *sendmail, const char *const *to)
{
    static char packet[PACKET_MAX];
    (void)signal(SIGTERM, SIG_IGN);
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGHUP, SIG_IGN);
    /* Listening sockets and what else was open are not its own. */
    if (fd > STDERR_FILENO + 1)
        (void)close_range(STDERR_FILENO + 1, (unsigned)fd - 1, 0);
    (void)close_range((unsigned)fd + 1, ~0U, 0);
    for (;;) {
        ssize_t n = recv(fd, packet, sizeof packet, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            _exit(0);
        send_one(packet, (size_t)n, sendmail, to);
    }
}
