/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include "base/escape.h"
#include "base/write.h"

#include <stdbool.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

enum {
    /* A pipe takes so many bytes at once: lines of workers never mix. */
    LINE_MAX_BYTES = 4096,
    VALUE_MAX_BYTES = 1024
};

static enum log_level wanted = LOG_LEVEL_WARNING;
static enum log_sink sink = LOG_SINK_STDERR;

static const char *level_name(enum log_level level)
{
    switch (level) {
    case LOG_LEVEL_DEBUG:
        return "debug";
    case LOG_LEVEL_INFO:
        return "info";
    case LOG_LEVEL_WARNING:
        return "warning";
    case LOG_LEVEL_ERROR:
        return "error";
    }
    return "error";
}

void log_set_level(enum log_level level)
{
    wanted = level;
}

void log_set_sink(enum log_sink wanted_sink, const char *program)
{
    sink = wanted_sink;
    if (sink == LOG_SINK_SYSLOG)
        openlog(program, LOG_PID | LOG_NDELAY, LOG_MAIL);
}

void log_begin(struct log_event *event, enum log_level level, const char *name)
{
    event->line = NULL;
    if (level < wanted)
        return;
    event->level = level;
    event->line = g_string_sized_new(256);
    g_string_append_printf(event->line, "level=%s", level_name(level));
    log_text(event, "event", name);
}

/* Appends what stands after "key=" and drops the pair when the line is full. */
static void append_pair(GString *line, const char *key, const char *value)
{
    size_t start = line->len;
    g_string_append_printf(line, " %s=", key);
    bool is_quoted = *value == '\0' || strpbrk(value, " \"=") != NULL;
    if (is_quoted)
        g_string_append_c(line, '"');
    for (const char *p = value; *p != '\0'; p++) {
        if (*p == '"')
            g_string_append_c(line, '\\');
        g_string_append_c(line, *p);
    }
    if (is_quoted)
        g_string_append_c(line, '"');
    if (line->len >= LINE_MAX_BYTES)
        g_string_truncate(line, start);
}

void log_bytes(struct log_event *event, const char *key, const char *p,
               size_t n)
{
    if (event->line == NULL)
        return;
    g_autofree char *value = escape_dup(p, n, VALUE_MAX_BYTES);
    append_pair(event->line, key, value);
}

void log_text(struct log_event *event, const char *key, const char *value)
{
    if (value == NULL)
        value = "";
    log_bytes(event, key, value, strlen(value));
}

void log_number(struct log_event *event, const char *key, int64_t value)
{
    if (event->line == NULL)
        return;
    char text[24];
    g_snprintf(text, sizeof text, "%" G_GINT64_FORMAT, value);
    append_pair(event->line, key, text);
}

static int priority_of(enum log_level level)
{
    switch (level) {
    case LOG_LEVEL_DEBUG:
        return LOG_DEBUG;
    case LOG_LEVEL_INFO:
        return LOG_INFO;
    case LOG_LEVEL_WARNING:
        return LOG_WARNING;
    case LOG_LEVEL_ERROR:
    default:
        return LOG_ERR;
    }
}

void log_end(struct log_event *event)
{
    if (event->line == NULL)
        return;
    /* Where nobody reads the log there is nowhere to say so. */
    if (sink == LOG_SINK_SYSLOG) {
        syslog(priority_of(event->level), "%s", event->line->str);
    } else {
        g_string_append_c(event->line, '\n');
        write_all(STDERR_FILENO, event->line->str, event->line->len);
    }
    g_string_free(event->line, TRUE);
    event->line = NULL;
}

static enum log_level from_glib(GLogLevelFlags flags)
{
    if ((flags & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL)) != 0)
        return LOG_LEVEL_ERROR;
    if ((flags & G_LOG_LEVEL_WARNING) != 0)
        return LOG_LEVEL_WARNING;
    if ((flags & (G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_INFO)) != 0)
        return LOG_LEVEL_INFO;
    return LOG_LEVEL_DEBUG;
}

static void write_glib(GLogLevelFlags flags, const char *domain,
                       const char *text)
{
    struct log_event event;
    log_begin(&event, from_glib(flags), "library");
    log_text(&event, "domain", domain);
    log_text(&event, "text", text);
    log_end(&event);
}

static void on_plain(const gchar *domain, GLogLevelFlags flags,
                     const gchar *text, gpointer data)
{
    (void)data;
    write_glib(flags, domain, text);
}

static GLogWriterOutput on_structured(GLogLevelFlags flags,
                                      const GLogField *fields, gsize n,
                                      gpointer data)
{
    (void)data;
    const char *domain = NULL;
    const char *text = NULL;
    for (size_t i = 0; i < n; i++) {
        if (fields[i].length >= 0)
            continue; /* not a terminated string */
        if (strcmp(fields[i].key, "GLIB_DOMAIN") == 0)
            domain = fields[i].value;
        else if (strcmp(fields[i].key, "MESSAGE") == 0)
            text = fields[i].value;
    }
    write_glib(flags, domain, text);
    return G_LOG_WRITER_HANDLED;
}

void log_catch_glib(void)
{
    static bool is_caught; /* GLib allows one writer function for good */
    if (is_caught)
        return;
    is_caught = true;
    g_log_set_default_handler(on_plain, NULL);
    g_log_set_writer_func(on_structured, NULL, NULL);
}
