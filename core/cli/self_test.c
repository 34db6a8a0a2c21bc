/* SPDX-License-Identifier: MIT */
#include "cli/self_test.h"

#include <glib.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    TEXT_BYTES = 1024,
    TIME_S = 60
};

/* In the child.  Exit status 0: passed. */
static int test(struct host *host, const struct instance *instance, int fd)
{
    GError *error = NULL;
    alarm(TIME_S);
    host_start(host);
    bool is_passed = host_self_test(instance, &error);
    if (!is_passed) {
        size_t n = strnlen(error->message, TEXT_BYTES);
        ssize_t done = write(fd, error->message, n);
        (void)done;
        g_error_free(error);
    }
    host_stop(host);
    return is_passed ? 0 : 1;
}

static char *death_text(int status)
{
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        return g_strdup_printf("did not end within %d s", TIME_S);
    if (WIFSIGNALED(status))
        return g_strdup_printf("ended by SIG%s",
                               sigabbrev_np(WTERMSIG(status)));
    return g_strdup("ended its process");
}

static void judge(struct plugin_test *out, int status, GString *text)
{
    out->was_run = true;
    out->is_passed = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (out->is_passed)
        return;
    out->text = text->len > 0 ? g_strdup(text->str) : death_text(status);
}

void self_test_run(struct host *host, const struct instance *instance,
                   struct plugin_test *out)
{
    int ends[2];
    *out = (struct plugin_test){0};
    pid_t pid = pipe2(ends, O_CLOEXEC) == 0 ? fork() : -1;
    if (pid < 0) {
        out->was_run = true;
        out->text =
            g_strdup_printf("no process to run it in: %s", g_strerror(errno));
        return;
    }
    if (pid == 0) {
        close(ends[0]);
        dup2(STDERR_FILENO, STDOUT_FILENO);
        _exit(test(host, instance, ends[1]));
    }
    close(ends[1]);
    char buffer[TEXT_BYTES];
    g_autoptr(GString) text = g_string_new(NULL);
    ssize_t n = 0;
    while ((n = read(ends[0], buffer, sizeof buffer)) > 0 ||
           (n < 0 && errno == EINTR))
        g_string_append_len(text, buffer, MAX(n, 0));
    close(ends[0]);
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    judge(out, status, text);
}
