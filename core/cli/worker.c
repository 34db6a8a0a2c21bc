/* SPDX-License-Identifier: MIT */
#include "cli/worker.h"

#include "base/clock.h"
#include "cli/record.h"

#include <stdatomic.h>

enum {
    SEND_BYTES = 32 * 1024,
    SEND_AFTER_NS = 5 * 1000 * 1000
};

/* A scanner that says where it is before it goes there. */
struct watched {
    struct scanner scanner;
    const struct scanner *inner;
    struct crumb *crumb;
    uint32_t number; /* index + 1 in the plan */
};

static int32_t watched_handle(void *self, struct task *task)
{
    const struct watched *w = self;
    const char *path = task->object != NULL ? task->object->path : "";
    g_strlcpy(w->crumb->where, path, sizeof w->crumb->where);
    atomic_store_explicit(&w->crumb->scanner, w->number, memory_order_release);
    int32_t rc = w->inner->handle(w->inner->self, task);
    atomic_store_explicit(&w->crumb->scanner, 0, memory_order_release);
    return rc;
}

/* The plan's scanners, each leaving a breadcrumb; both are the caller's. */
static struct watched *watch(const struct scan_plan *plan, struct crumb *crumb,
                             const struct scanner ***scanners)
{
    struct watched *all = g_new0(struct watched, plan->scanner_n + 1);
    *scanners = g_new0(const struct scanner *, plan->scanner_n + 1);
    for (size_t i = 0; i < plan->scanner_n; i++) {
        all[i] = (struct watched){
            .scanner = *plan->scanners[i],
            .inner = plan->scanners[i],
            .crumb = crumb,
            .number = (uint32_t)i + 1,
        };
        all[i].scanner.self = &all[i];
        all[i].scanner.handle = watched_handle;
        (*scanners)[i] = &all[i].scanner;
    }
    return all;
}

/* One worker at work. */
struct worker {
    const struct worker_how *how;
    const struct worker_start *start;
    struct answer_plan answers;
    struct crumb *crumb;
    GString *out;
    uint64_t sent_ns;
};

static void answer_one(struct worker *w, size_t index)
{
    static const struct death broken = {.never_lived = true};
    const struct worker_start *start = w->start;
    const struct death *deaths = NULL;
    size_t death_n = 0;
    if (start->is_broken) {
        deaths = &broken;
        death_n = 1;
    } else if (start->death_n > 0 && index == start->death_item) {
        deaths = start->deaths;
        death_n = start->death_n;
    }
    atomic_store(&w->crumb->since_ns, clock_mono_ns());
    atomic_store(&w->crumb->scanner, 0);
    w->crumb->where[0] = '\0';
    atomic_store(&w->crumb->item, index + 1);
    struct answer answer;
    answer_make(&w->answers, g_ptr_array_index(w->how->items, index), deaths,
                death_n, &answer);
    record_append(w->out, index, w->how->view, &answer);
    answer_clear(&answer);
    atomic_store(&w->crumb->item, 0);
}

/* Messages [from, end).  What is ready is sent when there is much of it, when it
 * has waited, and at the end. */
static bool answer_range(struct worker *w, size_t from, size_t end)
{
    for (size_t i = from; i < end; i++) {
        answer_one(w, i);
        uint64_t now = clock_mono_ns();
        bool is_due = w->start->is_careful || i + 1 == end ||
                      w->out->len >= SEND_BYTES ||
                      now - w->sent_ns >= SEND_AFTER_NS;
        if (!is_due)
            continue;
        if (!w->start->send(w->start->self, w->out->str, w->out->len))
            return false;
        g_string_truncate(w->out, 0);
        w->sent_ns = now;
    }
    return true;
}

static bool answer_all(struct worker *w, const struct board *board)
{
    const struct worker_start *start = w->start;
    size_t batch = board_batch(board, start->due);
    while (board_take(board, start->number, batch, &batch)) {
        size_t first = board_first(board, batch);
        if (!answer_range(w, MAX(first, start->due), board_end(board, batch)))
            return false;
        batch++;
    }
    return true;
}

bool worker_run(const struct worker_how *how, const struct board *board,
                const struct worker_start *start)
{
    const struct scanner **scanners = NULL;
    struct worker w = {
        .how = how,
        .start = start,
        .answers = *how->answers,
        .crumb = &board->crumbs[start->number],
        .out = g_string_sized_new(SEND_BYTES * 2),
    };
    /* First, because it marks what cannot be started. */
    if (!start->is_broken)
        host_start(how->host);
    struct watched *watched = watch(&how->answers->scan, w.crumb, &scanners);
    w.answers.scan.scanners = scanners;
    bool is_done = answer_all(&w, board);
    if (!start->is_broken)
        host_stop(how->host);
    g_string_free(w.out, true);
    g_free(scanners);
    g_free(watched);
    return is_done;
}
