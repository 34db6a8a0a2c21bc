/* SPDX-License-Identifier: MIT */
#include "shut_in.h"

#include "base/clock.h"
#include "pool/rights.h"

#include <glib.h>
#include <glib/gstdio.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct shut_in place;

static void remove_place(void)
{
    g_autofree char *command = g_strdup(place.base);
    const char *argv[] = {"rm", "-rf", command, NULL};
    g_spawn_sync(NULL, (char **)(uintptr_t)argv, NULL, G_SPAWN_SEARCH_PATH,
                 NULL, NULL, NULL, NULL, NULL, NULL);
}

const struct shut_in *shut_in_place(void)
{
    if (place.base != NULL)
        return &place;
    const char *in = g_access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    place.base = g_build_filename(in, "assay-shut-in-XXXXXX", NULL);
    if (g_mkdtemp(place.base) == NULL)
        abort();
    place.read = g_build_filename(place.base, "read", NULL);
    place.readable = g_build_filename(place.read, "file", NULL);
    place.scratch = g_build_filename(place.base, "scratch", NULL);
    place.secret = g_build_filename(place.base, "secret", NULL);
    g_mkdir(place.read, 0777);
    g_mkdir(place.scratch, 0777);
    g_file_set_contents(place.readable, "may be read", -1, NULL);
    g_file_set_contents(place.secret, "may not", -1, NULL);
    /* Modes forbid nothing: what is refused is refused by the sandbox. */
    const char *const all[] = {place.base, place.read, place.scratch,
                               place.readable, place.secret};
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        g_chmod(all[i], 0777);
    atexit(remove_place);
    return &place;
}

/* Shared with the child. */
struct shared {
    _Atomic uint32_t denied;
    bool is_entered;
    uint64_t enter_ns;
    struct sandbox_report report;
};

static _Noreturn void child(const struct shut_in_how *how, shut_in_fn attempt,
                            const struct sandbox *sandbox,
                            struct shared *shared)
{
    g_autoptr(GError) error = NULL;
    const char *write_paths[] = {place.scratch, NULL};
    const char *read_paths[32] = {place.read};
    const char *const *system = sandbox_system_paths();
    for (size_t i = 0; system[i] != NULL; i++)
        read_paths[i + 1] = system[i];
    const struct sandbox_rules rules = {
        .read_paths = read_paths,
        .write_paths = write_paths,
        .memory_bytes = how->memory_bytes,
        .file_bytes = how->file_bytes,
        .cpu_s = how->cpu_s,
        .max_files = how->max_files,
        .is_required = how->is_required,
        .landlock_abi_max = how->landlock_abi_max,
        .parent = how->parent != 0 ? how->parent : getppid(),
        .keep_fds = &how->keep,
        .keep_fd_n = how->keep != 0 ? 1 : 0,
        .denied = &shared->denied,
    };
    bool is_in =
        !how->as_nobody || rights_drop(SHUT_IN_UID, SHUT_IN_UID, &error);
    uint64_t before = clock_mono_ns();
    is_in = is_in && sandbox_enter(sandbox, &rules, &shared->report, &error);
    shared->enter_ns = clock_mono_ns() - before;
    shared->is_entered = is_in;
    if (!is_in) {
        fprintf(stderr, "%s\n", error->message);
        _exit(99);
    }
    _exit(attempt(&place));
}

static void read_all(int fd, char *text)
{
    size_t n = 0;
    ssize_t more;
    char spare[256];
    do {
        bool is_full = n >= SHUT_IN_TEXT - 1;
        more = read(fd, is_full ? spare : text + n,
                    is_full ? sizeof spare : SHUT_IN_TEXT - 1 - n);
        n += more > 0 && !is_full ? (size_t)more : 0;
    } while (more > 0);
    text[n] = '\0';
}

void shut_in_run(const struct shut_in_how *how, shut_in_fn attempt,
                 struct shut_in_end *end)
{
    struct sandbox *sandbox = NULL;
    int said[2];
    int status = 0;
    struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    (void)shut_in_place();
    if (shared == MAP_FAILED || pipe(said) != 0 ||
        !sandbox_prepare(how->may, &sandbox, NULL))
        abort();
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(said[1], STDERR_FILENO);
        child(how, attempt, sandbox, shared);
    }
    close(said[1]);
    read_all(said[0], end->said);
    close(said[0]);
    waitpid(pid, &status, 0);
    sandbox_free(sandbox);
    end->is_entered = shared->is_entered;
    end->denied = shared->denied;
    end->report = shared->report;
    end->enter_ns = shared->enter_ns;
    end->code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    end->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    munmap(shared, sizeof *shared);
}
