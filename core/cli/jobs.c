/* SPDX-License-Identifier: MIT */
#include "cli/jobs.h"

#include "base/clock.h"
#include "base/error.h"
#include "cli/lane.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    TICK_MS = 200,
    READ_BYTES = 256 * 1024
};

/* Answers that came too early take at most about so much memory. */
#define HELD_MAX ((size_t)64 << 20)

/* An answer that came before its turn. */
struct held {
    struct record record;
    char text[];
};

/* One run.  Lives on jobs_run's stack. */
struct run {
    const struct jobs *jobs;
    struct board board;
    struct lane *lanes;
    unsigned lane_n;
    struct held **held; /* by index of the item */
    size_t held_bytes;
    size_t next;         /* index of the next answer to be shown */
    bool is_over;        /* the sink has had enough */
    struct lane *sender; /* whose records are being taken */
};

static void show(struct run *run, const struct record *record, const char *text)
{
    run->next++;
    if (!run->is_over && !run->jobs->sink(run->jobs->self, record, text))
        run->is_over = true;
}

static void hold(struct run *run, const struct record *record, const char *text)
{
    size_t n = sizeof(struct held) + (size_t)record->text_n;
    struct held *h = g_malloc(n);
    h->record = *record;
    memcpy(h->text, text, (size_t)record->text_n);
    run->held[record->index] = h;
    run->held_bytes += n;
}

static void show_held(struct run *run)
{
    struct held *h = NULL;
    while (run->next < run->board.item_n &&
           (h = run->held[run->next]) != NULL) {
        run->held[run->next] = NULL;
        run->held_bytes -= sizeof *h + (size_t)h->record.text_n;
        show(run, &h->record, h->text);
        g_free(h);
    }
}

/* Can this record be true?  The lane took it, and in rising order. */
static bool is_owed(const struct run *run, const struct lane *lane,
                    const struct record *record)
{
    const struct board *board = &run->board;
    return record->index >= lane->due && record->index < board->item_n &&
           record->index >= run->next && run->held[record->index] == NULL &&
           atomic_load(&board->takers[board_batch(board, record->index)]) ==
               lane->number + 1;
}

/* Takes whole records from p[0..n), tells how much; false: that is no record. */
static bool take_records(struct run *run, const char *p, size_t n,
                         size_t *taken)
{
    struct lane *lane = run->sender;
    struct record record;
    size_t used = 0;
    *taken = 0;
    for (;; *taken += used) {
        const char *at = p + *taken;
        if (!record_parse(at, n - *taken, &record, &used))
            return false;
        if (used == 0)
            return true;
        if (!is_owed(run, lane, &record))
            return false;
        lane->due = (size_t)record.index + 1;
        lane->barren = 0;
        if (record.index == run->next) {
            show(run, &record, at + sizeof record);
            show_held(run);
        } else {
            hold(run, &record, at + sizeof record);
        }
    }
}

/* worker_send_fn for records that are made in this very process. */
static bool take_own(void *self, const char *p, size_t n)
{
    struct run *run = self;
    size_t taken = 0;
    if (!take_records(run, p, n, &taken) || run->is_over)
        return false;
    return run->jobs->tick == NULL || run->jobs->tick(run->jobs->self);
}

enum heard {
    HEARD_MORE,
    HEARD_NOTHING,
    HEARD_END /* of the pipe, or nonsense in it */
};

/* Reads what is there. */
static enum heard lane_read(struct run *run, struct lane *lane)
{
    static char buffer[READ_BYTES];
    ssize_t n = read(lane->fd, buffer, sizeof buffer);
    if (n < 0)
        return errno == EINTR || errno == EAGAIN ? HEARD_NOTHING : HEARD_END;
    if (n == 0)
        return HEARD_END;
    const char *p = buffer;
    size_t all = (size_t)n;
    size_t taken = 0;
    bool is_copied = lane->in->len > 0;
    if (is_copied) {
        g_string_append_len(lane->in, buffer, n);
        p = lane->in->str;
        all = lane->in->len;
    }
    run->sender = lane;
    if (!take_records(run, p, all, &taken)) {
        lane->was_mad = true;
        return HEARD_END;
    }
    if (is_copied)
        g_string_erase(lane->in, 0, (gssize)taken);
    else
        g_string_append_len(lane->in, p + taken, (gssize)(all - taken));
    return HEARD_MORE;
}

/* The lane's worker is at its end: is there a next one? */
static void lane_end(struct run *run, struct lane *lane)
{
    if (!lane_bury(lane) || run->is_over || lane_spawn(lane))
        return;
    run->sender = lane;
    lane_give_up(lane, take_own, run);
}

/* Lanes to listen to: all, or under pressure those that can bring the next. */
static unsigned choose(const struct run *run, struct pollfd *fds,
                       struct lane **lanes)
{
    unsigned n = 0;
    bool is_full = run->held_bytes > HELD_MAX;
    for (unsigned i = 0; i < run->lane_n; i++) {
        struct lane *lane = &run->lanes[i];
        if (lane->fd < 0 || (is_full && lane->due > run->next))
            continue;
        fds[n] = (struct pollfd){.fd = lane->fd, .events = POLLIN};
        lanes[n++] = lane;
    }
    return n;
}

static bool is_alive(const struct run *run)
{
    for (unsigned i = 0; i < run->lane_n; i++)
        if (run->lanes[i].fd >= 0)
            return true;
    return false;
}

/* A worker may be dead with its pipe held open by something it started. */
static void look_after(struct run *run)
{
    uint64_t now_ns = clock_mono_ns();
    for (unsigned i = 0; i < run->lane_n; i++) {
        struct lane *lane = &run->lanes[i];
        siginfo_t info = {0};
        if (lane->pid <= 0)
            continue;
        lane_watch(lane, now_ns);
        if (waitid(P_PID, (id_t)lane->pid, &info,
                   WEXITED | WNOHANG | WNOWAIT) == 0 &&
            info.si_pid == lane->pid) {
            while (lane_read(run, lane) == HEARD_MORE)
                ;
            lane_end(run, lane);
        }
    }
}

static void listen_all(struct run *run)
{
    struct pollfd *fds = g_new0(struct pollfd, run->lane_n);
    struct lane **lanes = g_new0(struct lane *, run->lane_n);
    uint64_t looked_ns = clock_mono_ns();
    while (!run->is_over && is_alive(run)) {
        unsigned n = choose(run, fds, lanes);
        int ready = poll(fds, n, TICK_MS);
        for (unsigned i = 0; ready > 0 && i < n; i++)
            if (fds[i].revents != 0 && lane_read(run, lanes[i]) == HEARD_END)
                lane_end(run, lanes[i]);
        if (run->jobs->tick != NULL && !run->jobs->tick(run->jobs->self))
            run->is_over = true;
        uint64_t now_ns = clock_mono_ns();
        if (now_ns - looked_ns > (uint64_t)TICK_MS * 1000000) {
            looked_ns = now_ns;
            look_after(run);
        }
    }
    g_free(fds);
    g_free(lanes);
}

static bool start_lanes(struct run *run, GError **error)
{
    for (unsigned i = 0; i < run->lane_n; i++) {
        if (lane_spawn(&run->lanes[i]))
            continue;
        if (i > 0)
            break; /* fewer will do */
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                    "cannot start a worker process: %s", g_strerror(errno));
        return false;
    }
    return true;
}

static void run_here(struct run *run)
{
    run->sender = &run->lanes[0];
    const struct worker_start start = {.send = take_own, .self = run};
    worker_run(run->jobs->how, &run->board, &start);
}

bool jobs_run(const struct jobs *jobs, GError **error)
{
    size_t n = jobs->how->items->len;
    if (n == 0)
        return true;
    struct run run = {.jobs = jobs, .lane_n = MAX(jobs->workers, 1)};
    if (!board_open(&run.board, n, run.lane_n)) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                    "no memory to share with workers: %s", g_strerror(errno));
        return false;
    }
    run.held = g_new0(struct held *, n + 1);
    run.lanes = g_new0(struct lane, run.lane_n);
    for (unsigned i = 0; i < run.lane_n; i++)
        lane_init(&run.lanes[i], jobs->how, &run.board, i);
    bool is_good = true;
    if (jobs->workers == 0)
        run_here(&run);
    else if ((is_good = start_lanes(&run, error)))
        listen_all(&run);
    g_assert(!is_good || run.is_over || run.next == n);
    for (unsigned i = 0; i < run.lane_n; i++)
        lane_clear(&run.lanes[i]);
    for (size_t i = 0; i < n; i++)
        g_free(run.held[i]);
    g_free(run.held);
    g_free(run.lanes);
    board_close(&run.board);
    return is_good;
}
