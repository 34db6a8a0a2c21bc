/* SPDX-License-Identifier: MIT */
/*
 * By sendmail(1).  It reads from a file that holds the whole message before it is
 * started: were it a pipe, our death would be the message's end, and half of it mail.
 */
#include "base/clock.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/write.h"
#include "store/courier.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SAID_MAX = 2000 /* bytes of what it says that are kept */
};

/* sendmail(1) wants lines of its system. */
static bool write_lines(int fd, const char *p, size_t n)
{
    while (n > 0) {
        const char *cr = memmem(p, n, "\r\n", 2);
        size_t part = cr != NULL ? (size_t)(cr - p) : n;
        if (!write_all(fd, p, part))
            return false;
        p += part;
        n -= part;
        if (cr != NULL) {
            p++;
            n--;
        }
        /* What begins with LF now is written with the rest. */
    }
    return true;
}

static int make_input(const struct courier_job *job)
{
    size_t n = 0;
    const char *p = g_bytes_get_data(job->raw, &n);
    g_autoptr(GString) all = g_string_sized_new(n + 256);
    g_string_append(all, job->field);
    g_string_append_len(all, p, (gssize)n);
    int fd = memfd_create("message", MFD_CLOEXEC);
    if (fd >= 0 && write_lines(fd, all->str, all->len) &&
        lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static GPtrArray *arguments(const struct courier_job *job)
{
    GPtrArray *argv = g_ptr_array_new();
    g_ptr_array_add(argv, job->options->sendmail);
    g_ptr_array_add(argv, g_strdup("-i"));
    g_ptr_array_add(argv, g_strdup("-f"));
    g_ptr_array_add(argv, g_strdup(*job->sender != '\0' ? job->sender : "<>"));
    g_ptr_array_add(argv, g_strdup("--"));
    for (unsigned i = 0; i < job->rcpts->len; i++) {
        const struct courier_rcpt *rcpt = job->rcpts->pdata[i];
        g_ptr_array_add(argv, g_strdup(rcpt->address));
    }
    g_ptr_array_add(argv, NULL);
    return argv;
}

static void free_arguments(GPtrArray *argv)
{
    for (unsigned i = 1; i < argv->len; i++)
        g_free(argv->pdata[i]);
    g_ptr_array_unref(argv);
}

static bool spawn(const struct courier_job *job, int input, int output,
                  pid_t *pid)
{
    char *const environment[] = {g_strdup("PATH=/usr/sbin:/usr/bin:/sbin:/bin"),
                                 NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    GPtrArray *argv = arguments(job);
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
    int rc = posix_spawn(pid, job->options->sendmail, &actions, &attributes,
                         (char *const *)argv->pdata, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    free_arguments(argv);
    g_free(environment[0]);
    errno = rc;
    return rc == 0;
}

/* Until it closes its output; false: not in time. */
static bool listen_to(int fd, uint64_t until_ns, GString *said)
{
    char buffer[1024];
    for (;;) {
        uint64_t now = clock_mono_ns();
        struct pollfd one = {.fd = fd, .events = POLLIN};
        if (now >= until_ns)
            return false;
        int ready =
            poll(&one, 1, (int)MIN((until_ns - now) / 1000000 + 1, 60000));
        if (ready <= 0)
            continue;
        ssize_t n = read(fd, buffer, sizeof buffer);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return true;
        if (said->len < SAID_MAX)
            g_string_append_len(said, buffer, n);
    }
}

static void judge(struct courier_job *job, int status, bool was_late,
                  const GString *said, char **answer)
{
    bool is_taken = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    g_autoptr(GString) text = g_string_new(NULL);
    enum state_rcpt_now now =
        is_taken ? STATE_RCPT_ACCEPTED : STATE_RCPT_REFUSED;
    if (WIFEXITED(status))
        g_string_printf(text, "sendmail ended with status %d",
                        WEXITSTATUS(status));
    else
        g_string_printf(text, "sendmail was ended by signal %d",
                        WTERMSIG(status));
    if (was_late)
        g_string_append(text, " when it took too long");
    if (said->len > 0)
        g_string_append_printf(text, ": %s", said->str);
    /* Killed, it may have handed the message on already. */
    if (!WIFEXITED(status) || was_late)
        now = is_taken ? STATE_RCPT_ACCEPTED : STATE_RCPT_UNKNOWN;
    g_strchomp(text->str);
    *answer = escape_clean_dup(text->str, strlen(text->str), SAID_MAX);
    courier_set_all(job, STATE_RCPT_UNKNOWN, now, *answer);
}

static bool run(struct courier_job *job, int input, char **answer,
                GError **error)
{
    int pipe_fds[2];
    pid_t pid = -1;
    int status = 0;
    if (pipe2(pipe_fds, O_CLOEXEC) != 0 ||
        !spawn(job, input, pipe_fds[1], &pid)) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                    "%s cannot be started: %s", job->options->sendmail,
                    g_strerror(errno));
        return false;
    }
    close(pipe_fds[1]);
    g_autoptr(GString) said = g_string_new(NULL);
    uint64_t until = clock_mono_ns() + job->options->release_ms * 1000000;
    bool was_late = !listen_to(pipe_fds[0], until, said);
    close(pipe_fds[0]);
    if (was_late)
        kill(-pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    judge(job, status, was_late, said, answer);
    return true;
}

bool courier_sendmail(struct courier_job *job, char **answer, GError **error)
{
    int input = make_input(job);
    if (input < 0) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                    "there is no memory for the message: %s",
                    g_strerror(errno));
        return false;
    }
    courier_set_all(job, STATE_RCPT_HELD, STATE_RCPT_UNKNOWN, NULL);
    bool is_sent =
        job->commit(job->self, error) && run(job, input, answer, error);
    close(input);
    return is_sent;
}
