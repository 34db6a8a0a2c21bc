/* SPDX-License-Identifier: MIT */
#include "front/mail_log.h"

#include "base/log.h"

#include <assay/plugin.h>

#include <stdio.h>
#include <string.h>

static char *join_notes(const GPtrArray *notes)
{
    if (notes == NULL || notes->len == 0)
        return NULL;
    GString *text = g_string_new(notes->pdata[0]);
    for (unsigned i = 1; i < notes->len; i++)
        g_string_append_printf(text, "; %s", (const char *)notes->pdata[i]);
    return g_string_free(text, false);
}

void mail_log_told(struct mail_log *log, const struct verdict *verdict,
                   const struct outcome *outcome)
{
    const struct finding *finding = verdict->because.finding;
    log->kind = finding_kind_name(verdict->kind);
    log->action = verdict_action_name(verdict->action);
    log->answer = outcome_answer_name(outcome->answer);
    log->scl = verdict->scl;
    log->line = g_strdup(verdict->because.line);
    log->held = outcome->held->len;
    log->note = join_notes(outcome->notes);
    if (finding == NULL)
        return;
    log->by = g_strdup(finding->plugin);
    log->name = g_strdup(finding->name);
    if (finding->object != NULL)
        log->object = g_strdup(finding->object->path);
}

void mail_log_decided(struct mail_log *log, const struct verdict *verdict,
                      const struct outcome *outcome,
                      const struct pool_answer *answer)
{
    mail_log_told(log, verdict, outcome);
    log->tries = answer->tries;
    log->scan_ns = answer->took_ns;
}

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

static void write_rcpts(struct log_event *event, const GPtrArray *rcpts)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (unsigned i = 0; i < rcpts->len && i < MAIL_LOG_RCPTS; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? "," : "",
                               (const char *)rcpts->pdata[i]);
    log_text(event, "to", text->str);
    log_number(event, "rcpts", rcpts->len);
}

static void write_ms(struct log_event *event, const char *key, uint64_t ns)
{
    char text[32];
    uint64_t tenths = (ns + 50000) / 100000;
    snprintf(text, sizeof text, "%" G_GUINT64_FORMAT ".%u", tenths / 10,
             (unsigned)(tenths % 10));
    log_text(event, key, text);
}

static void write_decision(struct log_event *event, const struct mail_log *log)
{
    log_text(event, "kind", or_empty(log->kind));
    log_number(event, "scl", log->scl);
    log_text(event, "action", or_empty(log->action));
    log_text(event, "answer", log->answer);
    log_text(event, "by", or_empty(log->by));
    log_text(event, "name", or_empty(log->name));
    log_text(event, "object", or_empty(log->object));
    log_text(event, "line", or_empty(log->line));
    log_number(event, "held", log->held);
    if (log->copy != NULL)
        log_text(event, "copy", log->copy);
    if (log->note != NULL)
        log_text(event, "note", log->note);
}

void mail_log_write(const struct mail_log *log, const struct session *session)
{
    struct log_event event;
    log_begin(&event, LOG_LEVEL_INFO, "mail");
    log_text(&event, "id", or_empty(session->queue_id));
    log_text(&event, "client", or_empty(session->client_ip));
    log_text(&event, "helo", or_empty(session->helo));
    log_text(&event, "from", or_empty(session->mail_from));
    write_rcpts(&event, session->rcpts);
    log_number(&event, "size", (int64_t)log->size);
    log_text(&event, "direction",
             session->direction == ASSAY_DIRECTION_OUT ? "out" : "in");
    write_decision(&event, log);
    write_ms(&event, "ms", log->took_ns);
    write_ms(&event, "scan_ms", log->scan_ns);
    log_number(&event, "tries", log->tries);
    log_number(&event, "generation", (int64_t)log->generation);
    log_end(&event);
}

void mail_log_clear(struct mail_log *log)
{
    g_free(log->by);
    g_free(log->name);
    g_free(log->object);
    g_free(log->line);
    g_free(log->note);
    g_free(log->copy);
    *log = (struct mail_log){0};
}
