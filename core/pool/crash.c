/* SPDX-License-Identifier: MIT */
#include "pool/crash.h"

#include "base/escape.h"
#include "base/log.h"
#include "pool/syscalls.h"

#include <string.h>

enum {
    VALUE_MAX = 512 /* bytes of one text in a report */
};

const char *crash_reason_name(enum crash_reason reason)
{
    static const char *const names[CRASH_REASONS] = {
        "signal", "exit", "time", "limit", "denied", "tray", "killed"};
    return reason < CRASH_REASONS ? names[reason] : "unknown";
}

/* "SIGSEGV", "signal 64"; yours. */
static char *signal_name(int number)
{
    const char *abbreviated = sigabbrev_np(number);
    return abbreviated != NULL ? g_strconcat("SIG", abbreviated, NULL)
                               : g_strdup_printf("signal %d", number);
}

/* "connect", "call 600"; yours. */
static char *call_name(uint32_t number)
{
    const char *name = syscalls_name(number);
    return name != NULL ? g_strdup(name) : g_strdup_printf("call %u", number);
}

/* Where pairs go: a line of the log or a text. */
struct sink {
    struct log_event *event; /* NULL: to `text` */
    GString *text;
};

static void put_text(const struct sink *to, const char *key, const char *value)
{
    if (value == NULL)
        return;
    if (to->event != NULL) {
        log_text(to->event, key, value);
        return;
    }
    g_string_append_printf(to->text, "%s=", key);
    escape_text(to->text, value, strlen(value), VALUE_MAX);
    g_string_append_c(to->text, '\n');
}

static void put_number(const struct sink *to, const char *key, int64_t value)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, value);
    put_text(to, key, text);
}

static void put_why(const struct sink *to, const struct crash *crash)
{
    put_text(to, "reason", crash_reason_name(crash->reason));
    if (crash->reason == CRASH_SIGNAL) {
        g_autofree char *name = signal_name(crash->number);
        put_text(to, "signal", name);
    } else if (crash->reason == CRASH_EXIT) {
        put_number(to, "status", crash->number);
    }
    if (crash->denied != 0) {
        g_autofree char *name = call_name(crash->denied);
        put_text(to, "denied", name);
    }
}

static void put_object(const struct sink *to, const struct crash *crash)
{
    if (crash->has_digest) {
        char hex[DIGEST_HEX_SIZE];
        digest_hex(crash->digest, hex);
        put_text(to, "sha256", hex);
    }
    put_text(to, "type", crash->type);
    if (crash->place != NULL || crash->type != NULL)
        put_number(to, "size", (int64_t)MIN(crash->size, INT64_MAX));
    put_text(to, "object", crash->place);
}

static void put_all(const struct sink *to, const struct crash *crash)
{
    put_text(to, "class", crash->class_name);
    put_number(to, "generation", (int64_t)MIN(crash->generation, INT64_MAX));
    put_number(to, "worker", crash->worker);
    put_number(to, "pid", crash->pid);
    put_text(to, "plugin", crash->plugin != NULL ? crash->plugin : "core");
    put_why(to, crash);
    put_number(to, "ms", (int64_t)(crash->took_ns / 1000000));
    put_number(to, "times", crash->times);
    put_object(to, crash);
}

void crash_log(const struct crash *crash)
{
    struct log_event event;
    log_begin(&event, LOG_LEVEL_WARNING, "crash");
    const struct sink to = {.event = &event};
    if (event.line != NULL)
        put_all(&to, crash);
    log_end(&event);
}

char *crash_text(const struct crash *crash)
{
    g_autoptr(GString) text = g_string_sized_new(512);
    const struct sink to = {.text = text};
    g_autoptr(GDateTime) when = g_date_time_new_from_unix_utc(crash->wall_s);
    g_autofree char *time = when != NULL && crash->wall_s != 0
                                ? g_date_time_format(when, "%FT%TZ")
                                : NULL;
    put_text(&to, "time", time);
    put_all(&to, crash);
    return g_strdup(text->str);
}

static void append_why(GString *to, const struct crash *crash)
{
    g_autofree char *signal = signal_name(crash->number);
    g_autofree char *call = crash->denied != 0 ? call_name(crash->denied)
                                               : g_strdup("is not known");
    double took_s = (double)crash->took_ns / 1e9;
    switch (crash->reason) {
    case CRASH_SIGNAL:
        g_string_append_printf(to, "died by %s", signal);
        break;
    case CRASH_EXIT:
        g_string_append_printf(to, "left with status %d", crash->number);
        break;
    case CRASH_TIME:
        g_string_append_printf(to, "was killed after %.1f s", took_s);
        break;
    case CRASH_LIMIT:
        g_string_append(to, "took more memory than it may");
        break;
    case CRASH_DENIED:
        g_string_append_printf(to, "died by a forbidden system call: %s", call);
        break;
    case CRASH_KILLED:
        g_string_append(to, "was killed from outside");
        break;
    case CRASH_TRAY:
    case CRASH_REASONS:
        g_string_append(to, "was killed for writing what cannot be");
        break;
    }
}

char *crash_sentence(const struct crash *crash)
{
    g_autoptr(GString) text = g_string_new("the worker ");
    append_why(text, crash);
    if (crash->place != NULL && *crash->place != '\0') {
        g_string_append(text, " at ");
        escape_text(text, crash->place, strlen(crash->place), VALUE_MAX);
    }
    return g_strdup(text->str);
}
