/* SPDX-License-Identifier: MIT */
#include "host/probe.h"

#include "base/clock.h"
#include "base/escape.h"
#include "host/load.h"
#include "host/threads.h"

#include <glib.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    TEXT_MAX = 1024,        /* of one outcome */
    SHOWN_MAX = 60,         /* of what a plugin printed */
    OUTPUT_MAX = 64 * 1024, /* bytes a plugin may write anywhere */
    CPU_SPARE_S = 60,       /* a second bound, should the parent die */
    LOOK_MS = 50,           /* how often to see whether the child has ended */
    GRACE_MS = 1000
};

/* Private memory of the child: a loaded plugin that needs more is not sane, and must
 * not take the machine down while it is tried. */
#define DATA_MAX ((rlim_t)1 << 30)

#if defined(__SANITIZE_ADDRESS__)
#define PROBE_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PROBE_SANITIZED
#endif
#endif

/* What the child tells about one file; small enough for one write to a pipe. */
struct outcome {
    uint32_t n;          /* bytes of text */
    char text[TEXT_MAX]; /* empty: may be loaded */
};

_Static_assert(sizeof(struct outcome) <= PIPE_BUF, "written in one piece");

/* --- in the child ----------------------------------------------------------- */

static void reset_signals(void)
{
    for (int s = 1; s < NSIG; s++)
        signal(s, SIG_DFL); /* fails for some, and that is fine */
    sigset_t none;
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, NULL);
}

static void set_limit(int what, rlim_t value)
{
    struct rlimit limit = {.rlim_cur = value, .rlim_max = value};
    setrlimit((__rlimit_resource_t)what, &limit);
}

/* The child's own end of everything: no input, output into `sink`, no core file, no
 * life after its parent. */
static void enclose(int sink, unsigned timeout_ms)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0);
    reset_signals();
    __fpurge(stdout); /* what the parent had not written yet is the parent's */
    __fpurge(stderr);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null >= 0)
        dup2(null, STDIN_FILENO);
    dup2(sink, STDOUT_FILENO);
    dup2(sink, STDERR_FILENO);
    set_limit(RLIMIT_CORE, 0);
    set_limit(RLIMIT_FSIZE, OUTPUT_MAX);
#ifndef PROBE_SANITIZED /* whose shadow memory is terabytes */
    set_limit(RLIMIT_DATA, DATA_MAX);
#endif
    set_limit(RLIMIT_CPU, timeout_ms / 1000 + CPU_SPARE_S);
}

static char *printed_text(int sink)
{
    fflush(stdout);
    fflush(stderr);
    off_t size = lseek(sink, 0, SEEK_CUR);
    if (size <= 0)
        return NULL;
    char text[SHOWN_MAX];
    ssize_t n = pread(sink, text, sizeof text, 0);
    if (ftruncate(sink, 0) == 0) /* the next file's is its own */
        lseek(sink, 0, SEEK_SET);
    return escape_dup(text, n > 0 ? (size_t)n : 0, 0);
}

/* One line that says why not, or NULL. */
static char *try_file(const char *path, int sink)
{
    unsigned threads = threads_count();
    struct descriptor *descriptor = NULL;
    GError *error = NULL;
    if (!load_file(path, &descriptor, &error)) {
        char *text = g_strdup(error->message);
        g_error_free(error);
        return text;
    }
    descriptor_free(descriptor);
    g_autofree char *printed = printed_text(sink);
    if (printed != NULL)
        return g_strdup_printf(
            "%s: printed \"%s\" while it was loaded: a plugin "
            "must not print, it has log()",
            path, printed);
    if (threads_more(threads) > 0)
        return g_strdup_printf(
            "%s: started threads while it was loaded, which a "
            "fork would lose: start them in start()",
            path);
    return NULL;
}

G_NORETURN static void run_child(const char *const *paths, size_t n, int sink,
                                 int report)
{
    for (size_t i = 0; i < n; i++) {
        g_autofree char *text = try_file(paths[i], sink);
        struct outcome outcome = {0};
        if (text != NULL)
            g_strlcpy(outcome.text, text, sizeof outcome.text);
        outcome.n = (uint32_t)strlen(outcome.text);
        if (write(report, &outcome, sizeof outcome) != (ssize_t)sizeof outcome)
            _exit(1);
    }
    /* Neither the program's exit handlers nor the plugins'. */
    _exit(0);
}

/* --- in the parent ---------------------------------------------------------- */

/* One child and how far it got. */
struct child {
    pid_t pid;
    int reports; /* read end */
    bool is_late;
    bool is_done; /* all outcomes are here */
};

static bool start_child(const char *const *paths, size_t n, unsigned timeout_ms,
                        struct child *child)
{
    int ends[2];
    int sink = memfd_create("assay-probe", MFD_CLOEXEC);
    if (sink < 0)
        return false;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        close(sink);
        return false;
    }
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        enclose(sink, timeout_ms);
        run_child(paths, n, sink, ends[1]);
    }
    close(ends[1]);
    close(sink);
    if (pid < 0) {
        close(ends[0]);
        return false;
    }
    *child = (struct child){.pid = pid, .reports = ends[0]};
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return true;
}

static bool has_ended(const struct child *child)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)child->pid, &info,
                  WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == child->pid;
}

/* Waits for the next outcome; false when none will come. */
static bool next_outcome(struct child *child, unsigned timeout_ms,
                         struct outcome *outcome)
{
    uint64_t end = clock_mono_ns() / 1000000 + timeout_ms;
    for (;;) {
        /* Asked before the read, so that nothing written before is lost.  The end
         * of the pipe is not enough: a process that the plugin left behind may hold
         * it open. */
        bool is_over = has_ended(child);
        ssize_t n = read(child->reports, outcome, sizeof *outcome);
        if (n == (ssize_t)sizeof *outcome && outcome->n < TEXT_MAX &&
            outcome->text[outcome->n] == '\0')
            return true;
        if (n >= 0 || errno != EAGAIN || is_over)
            return false;
        uint64_t now = clock_mono_ns() / 1000000;
        if (now >= end) {
            child->is_late = true;
            return false;
        }
        struct pollfd readable = {.fd = child->reports, .events = POLLIN};
        poll(&readable, 1, (int)MIN(end - now, LOOK_MS));
    }
}

/* Ends the child and all that it may have started; its wait status. */
static int end_child(const struct child *child)
{
    /* One that closed its pipe early is about to end by itself, and how it does is
     * what will be told. */
    for (unsigned waited = 0; !child->is_late && !child->is_done &&
                              waited < GRACE_MS && !has_ended(child);
         waited++)
        g_usleep(1000);
    kill(-child->pid, SIGKILL);
    kill(child->pid, SIGKILL);
    int status = 0;
    while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    close(child->reports);
    return status;
}

static char *explain_end(const struct child *child, int status,
                         const char *path, unsigned timeout_ms)
{
    if (child->is_late)
        return g_strdup_printf(
            "%s: did not finish loading within %u ms: it may "
            "not wait or work in constructors",
            path, timeout_ms);
    if (WIFSIGNALED(status)) {
        const char *name = sigabbrev_np(WTERMSIG(status));
        return g_strdup_printf(
            "%s: crashed with SIG%s while it was loaded: the "
            "vendor must mend it",
            path, name != NULL ? name : "?");
    }
    return g_strdup_printf("%s: ended the process with exit status %d while it "
                           "was loaded: a plugin must not exit",
                           path, WEXITSTATUS(status));
}

/* Probes the files in one child; false when it ended before it had told of all. */
static bool probe_run(const char *const *paths, size_t n, unsigned timeout_ms,
                      char **refusals)
{
    struct child child;
    if (!start_child(paths, n, timeout_ms, &child)) {
        refusals[0] = g_strdup_printf("%s: cannot be tried out: %s", paths[0],
                                      g_strerror(errno));
        return false;
    }
    size_t done = 0;
    struct outcome outcome;
    while (done < n && next_outcome(&child, timeout_ms, &outcome)) {
        refusals[done] = outcome.n > 0 ? g_strdup(outcome.text) : NULL;
        done++;
    }
    child.is_done = done == n;
    int status = end_child(&child);
    if (done < n)
        refusals[done] = explain_end(&child, status, paths[done], timeout_ms);
    return child.is_done;
}

void probe_files(const char *const *paths, size_t n, unsigned timeout_ms,
                 char **refusals)
{
    memset(refusals, 0, n * sizeof(*refusals));
    if (n == 0 || probe_run(paths, n, timeout_ms, refusals) || n == 1)
        return;
    for (size_t i = 0; i < n; i++) {
        g_clear_pointer(&refusals[i], g_free);
        probe_run(&paths[i], 1, timeout_ms, &refusals[i]);
    }
}
