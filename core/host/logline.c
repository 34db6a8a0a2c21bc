/* SPDX-License-Identifier: MIT */
#include "host/logline.h"

#include "base/clock.h"
#include "base/log.h"
#include "mail/message.h"
#include "scan/scan.h"

#include <stdbool.h>

enum {
    WINDOW_S = 10,
    LINES_MAX = 100, /* of one instance in one window */
    TEXT_MAX = 1024
};

/* The line's place in its window, from 1. */
static uint64_t place(struct logline *log)
{
    uint64_t now = clock_mono_ns() / 1000000000 / WINDOW_S + 1;
    if (atomic_exchange(&log->window, now) != now)
        atomic_store(&log->lines, 0);
    return atomic_fetch_add(&log->lines, 1) + 1;
}

static enum log_level level_of(uint32_t level)
{
    switch (level) {
    case ASSAY_LOG_DEBUG:
        return LOG_LEVEL_DEBUG;
    case ASSAY_LOG_WARNING:
        return LOG_LEVEL_WARNING;
    case ASSAY_LOG_ERROR:
        return LOG_LEVEL_ERROR;
    default:
        return LOG_LEVEL_INFO;
    }
}

void logline_write(struct logline *log, const char *plugin,
                   const struct task *task, uint32_t level,
                   struct assay_str line)
{
    uint64_t n = place(log);
    if (n > LINES_MAX + 1 || (line.p == NULL && line.n > 0))
        return;
    struct log_event event;
    log_begin(&event, level_of(level), "plugin");
    log_text(&event, "plugin", plugin);
    if (task != NULL) {
        log_number(&event, "task", (int64_t)task->id);
        const char *queue_id = task->scan->message->session->queue_id;
        if (queue_id != NULL)
            log_text(&event, "queue_id", queue_id);
    }
    while (line.n > 0 && line.n < TEXT_MAX &&
           (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r'))
        line.n--;
    if (n <= LINES_MAX)
        log_bytes(&event, "text", line.n > 0 ? line.p : "",
                  line.n < TEXT_MAX ? line.n : TEXT_MAX);
    else
        log_text(&event, "text",
                 "logs too much: the rest is left out for some "
                 "seconds");
    log_end(&event);
}
