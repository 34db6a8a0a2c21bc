/* SPDX-License-Identifier: MIT */
#include "cli/lane.h"

#include "base/clock.h"
#include "base/write.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    BARREN_MAX = 3,
    /* A scan ends itself at limits.max_time_ms; so much later it never will. */
    LATE_MS = 5000
};

void lane_init(struct lane *lane, const struct worker_how *how,
               const struct board *board, unsigned number)
{
    *lane = (struct lane){
        .how = how,
        .board = board,
        .number = number,
        .fd = -1,
        .in = g_string_new(NULL),
        .deaths = g_array_new(false, true, sizeof(struct death)),
    };
}

void lane_clear(struct lane *lane)
{
    if (lane->pid > 0) {
        kill(lane->pid, SIGKILL);
        while (waitpid(lane->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    if (lane->fd >= 0)
        close(lane->fd);
    g_string_free(lane->in, true);
    g_array_unref(lane->deaths);
    *lane = (struct lane){.fd = -1};
}

static struct worker_start make_start(const struct lane *lane)
{
    return (struct worker_start){
        .number = lane->number,
        .due = lane->due,
        .death_item = lane->death_item,
        .deaths = (const struct death *)(const void *)lane->deaths->data,
        .death_n = lane->deaths->len,
        .is_broken = lane->barren >= BARREN_MAX,
        .is_careful = lane->is_careful,
    };
}

static bool send_to_pipe(void *self, const char *p, size_t n)
{
    return write_all(*(const int *)self, p, n);
}

/* In the child.  Never returns. */
static void work(const struct lane *lane, pid_t parent, int fd)
{
    /* The terminal's ^C is for the parent, which ends its workers. */
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGTERM, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    /* A plugin that prints must not print into the answers. */
    dup2(STDERR_FILENO, STDOUT_FILENO);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null >= 0)
        dup2(null, STDIN_FILENO);
    struct worker_start start = make_start(lane);
    start.send = send_to_pipe;
    start.self = &fd;
    _exit(worker_run(lane->how, lane->board, &start) ? 0 : 1);
}

bool lane_spawn(struct lane *lane)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        work(lane, parent, ends[1]);
    }
    close(ends[1]);
    if (pid < 0) {
        int why = errno;
        close(ends[0]);
        errno = why;
        return false;
    }
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    lane->pid = pid;
    lane->fd = ends[0];
    lane->was_late = false;
    lane->was_mad = false;
    g_string_truncate(lane->in, 0);
    return true;
}

/* Notes on which message, in which scanner it died. */
static void blame(struct lane *lane, size_t item, const struct death *death)
{
    if (item != lane->death_item)
        g_array_set_size(lane->deaths, 0);
    lane->death_item = item;
    g_array_append_val(lane->deaths, *death);
    lane->barren = 0;
}

static void find_guilty(struct lane *lane, int status)
{
    struct crumb *crumb = &lane->board->crumbs[lane->number];
    struct death death = {
        .scanner = atomic_load(&crumb->scanner),
        .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
        .was_late = lane->was_late,
        .was_mad = lane->was_mad,
    };
    uint64_t item = atomic_exchange(&crumb->item, 0);
    if (lane->was_mad) {
        /* It was ahead of what it had sent: the next one goes step by step, and
         * what comes then comes from the message that is due. */
        death.scanner = 0;
        item = lane->is_careful ? lane->due + 1 : 0;
        lane->is_careful = true;
    } else if (death.scanner <= lane->how->answers->scan.scanner_n) {
        g_strlcpy(death.where, crumb->where, sizeof death.where);
    } else {
        death.scanner = 0;
    }
    if (item > lane->due && item <= lane->board->item_n)
        blame(lane, (size_t)item - 1, &death);
    else
        lane->barren++;
}

bool lane_bury(struct lane *lane)
{
    int status = 0;
    if (lane->pid > 0) {
        /* It is dead, or its pipe is of no more use.  The status of a process that
         * is on its way out already is not changed by this. */
        kill(lane->pid, SIGKILL);
        while (waitpid(lane->pid, &status, 0) < 0 && errno == EINTR)
            ;
    }
    if (lane->fd >= 0)
        close(lane->fd);
    lane->pid = 0;
    lane->fd = -1;
    bool ended_well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (ended_well && !board_owes(lane->board, lane->number, lane->due))
        return false;
    find_guilty(lane, status);
    return true;
}

void lane_watch(struct lane *lane, uint64_t now_ns)
{
    if (lane->pid <= 0)
        return;
    const struct crumb *crumb = &lane->board->crumbs[lane->number];
    uint64_t most_ns =
        (lane->how->answers->scan.limits.max_time_ms + LATE_MS) * 1000000;
    uint64_t since_ns = atomic_load(&crumb->since_ns);
    if (atomic_load(&crumb->item) != 0 && now_ns > since_ns &&
        now_ns - since_ns > most_ns) {
        lane->was_late = true;
        kill(lane->pid, SIGKILL);
    }
}

bool lane_give_up(struct lane *lane, worker_send_fn send, void *self)
{
    struct worker_start start = make_start(lane);
    start.is_broken = true;
    start.send = send;
    start.self = self;
    return worker_run(lane->how, lane->board, &start);
}
