/* SPDX-License-Identifier: MIT */
/*
 * The log: one event, one line of key=value, ids first, on standard error or in the
 * system's log.
 *
 *     log_begin(&event, LOG_LEVEL_INFO, "scan");   level=info event=scan id=4Xk2 ms=41
 *     log_text(&event, "id", id);
 *     log_number(&event, "ms", 41);
 *     log_end(&event);
 *
 * Values are quoted where needed and escaped always (base/escape.h): there is no
 * printf form.  Libraries return, programs log.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <glib.h>

#include <stddef.h>
#include <stdint.h>

enum log_level {
    LOG_LEVEL_DEBUG = 1, /* numbers as ASSAY_LOG_* */
    LOG_LEVEL_INFO = 2,
    LOG_LEVEL_WARNING = 3,
    LOG_LEVEL_ERROR = 4,
};

/*
 * One line being made.  Lives on the stack between log_begin and log_end; below
 * the wanted level all calls do nothing.
 */
struct log_event {
    GString *line; /* NULL: not wanted */
    enum log_level level;
};

/* Events below `level` are dropped.  Default: LOG_LEVEL_WARNING. */
void log_set_level(enum log_level level);

/* Where lines go. */
enum log_sink {
    LOG_SINK_STDERR = 0,
    LOG_SINK_SYSLOG = 1, /* facility mail; each line whole and unchanged */
};

/* From now on.  `program`, as which syslog(3) knows us, is lent for good. */
void log_set_sink(enum log_sink wanted_sink, const char *program);

/* GLib's and GMime's own messages go through this log from now on. */
void log_catch_glib(void);

void log_begin(struct log_event *event, enum log_level level, const char *name);
void log_text(struct log_event *event, const char *key, const char *value);
void log_bytes(struct log_event *event, const char *key, const char *p,
               size_t n);
void log_number(struct log_event *event, const char *key, int64_t value);
void log_end(struct log_event *event);

#endif
