/* SPDX-License-Identifier: MIT */
#include "base/escape.h"
#include "cli/amount.h"
#include "cli/quarantine.h"
#include "scan/finding.h"

#include <jansson.h>
#include <string.h>

enum {
    SHOWN_ID = 12,
    ADDRESS_MAX = 60,
    SUBJECT_MAX = 60,
    FACT_MAX = 1000
};

void quarantine_view_time(int64_t time_s, GString *to)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(time_s);
    g_autofree char *text =
        time != NULL ? g_date_time_format(time, "%Y-%m-%d %H:%M") : NULL;
    g_string_append(to, text != NULL ? text : "?");
}

static void append_escaped(GString *to, const char *text, size_t max)
{
    if (text != NULL)
        escape_text(to, text, strlen(text), max);
}

static void pad(GString *to, size_t from, size_t width)
{
    while (to->len - from < width)
        g_string_append_c(to, ' ');
    g_string_append(to, "  ");
}

static void append_sender(GString *to, const struct session *session)
{
    if (session->mail_from == NULL)
        g_string_append(to, "?");
    else if (*session->mail_from == '\0')
        g_string_append(to, "<>");
    else
        append_escaped(to, session->mail_from, ADDRESS_MAX);
}

void quarantine_view_line(const struct row *row, GString *to)
{
    const struct kept *kept = &row->kept;
    const GPtrArray *rcpts = kept->session->rcpts;
    g_string_append_len(to, kept->id, SHOWN_ID);
    g_string_append(to, "  ");
    quarantine_view_time(kept->time_s, to);
    g_string_append(to, "  ");
    size_t at = to->len;
    g_string_append(to, state_name(row->now));
    pad(to, at, strlen("releasing"));
    at = to->len;
    g_string_append(to, finding_kind_name(kept->kind));
    pad(to, at, strlen("suspicious"));
    at = to->len;
    amount_bytes(to, kept->size);
    pad(to, at, strlen("1023.9 KiB"));
    append_sender(to, kept->session);
    g_string_append(to, " -> ");
    append_escaped(to, rcpts->len > 0 ? rcpts->pdata[0] : "nobody",
                   ADDRESS_MAX);
    if (rcpts->len > 1)
        g_string_append_printf(to, " (and %u)", rcpts->len - 1);
    g_string_append(to, "  ");
    append_escaped(to, kept->name != NULL ? kept->name : "spam", SUBJECT_MAX);
    if (kept->subject != NULL) {
        g_string_append(to, "  \"");
        append_escaped(to, kept->subject, SUBJECT_MAX);
        g_string_append_c(to, '"');
    }
    g_string_append_c(to, '\n');
}

/* --- all of it -------------------------------------------------------------------- */

static void fact(GString *to, const char *name, const char *value)
{
    if (value == NULL || *value == '\0')
        return;
    g_string_append_printf(to, "%-11s ", name);
    append_escaped(to, value, FACT_MAX);
    g_string_append_c(to, '\n');
}

static void fact_time(GString *to, const char *name, int64_t time_s)
{
    g_string_append_printf(to, "%-11s ", name);
    quarantine_view_time(time_s, to);
    g_string_append_c(to, '\n');
}

static void append_client(GString *to, const struct session *session)
{
    g_autoptr(GString) client = g_string_new(session->client_ip);
    if (session->client_name != NULL)
        g_string_append_printf(client, " %s", session->client_name);
    fact(to, "client", client->str);
    fact(to, "helo", session->helo);
    fact(to, "user", session->auth_user);
    fact(to, "queue id", session->queue_id);
}

static void append_rcpts(GString *to, const struct row *row)
{
    for (unsigned i = 0; i < row->kept.session->rcpts->len; i++) {
        const struct state_rcpt *rcpt =
            i < row->state.rcpts->len ? row->state.rcpts->pdata[i] : NULL;
        g_string_append_printf(to, "%-11s ", "recipient");
        append_escaped(to, row->kept.session->rcpts->pdata[i], FACT_MAX);
        if (rcpt != NULL && rcpt->now != STATE_RCPT_HELD) {
            g_string_append_printf(to, ": %s, ", state_rcpt_name(rcpt->now));
            append_escaped(to, rcpt->answer, FACT_MAX);
        }
        g_string_append_c(to, '\n');
    }
}

static const char *text_of(json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

static void append_findings(GString *to, const char *findings)
{
    json_t *all = findings != NULL ? json_loads(findings, 0, NULL) : NULL;
    for (size_t i = 0; i < json_array_size(all); i++) {
        json_t *one = json_array_get(all, i);
        g_autofree char *line = g_strdup_printf(
            "%s %s %s %s %s", text_of(one, "kind"), text_of(one, "plugin"),
            text_of(one, "name"), text_of(one, "object"), text_of(one, "text"));
        fact(to, "finding", line);
    }
    json_decref(all);
}

static void append_steps(GString *to, const struct state *state)
{
    for (unsigned i = 0; i < state->steps->len; i++) {
        const struct state_step *step = state->steps->pdata[i];
        g_string_append_printf(to, "%-11s ", "step");
        quarantine_view_time(step->time_s, to);
        g_string_append_printf(to, " %s by uid %u%s%s%s", state_name(step->now),
                               step->uid, step->is_anyway ? ", anyway" : "",
                               step->is_again ? ", again" : "",
                               *step->text != '\0' ? ": " : "");
        append_escaped(to, step->text, FACT_MAX);
        g_string_append_c(to, '\n');
    }
}

void quarantine_view_facts(const struct row *row, const struct state *state,
                           GString *to)
{
    const struct kept *kept = &row->kept;
    g_autoptr(GString) size = g_string_new(NULL);
    g_autoptr(GString) sender = g_string_new(NULL);
    g_autofree char *scl = g_strdup_printf("%d", kept->scl);
    g_autofree char *times = g_strdup_printf("%" G_GUINT64_FORMAT, row->times);
    amount_bytes(size, kept->size);
    append_sender(sender, kept->session);
    fact(to, "id", kept->id);
    fact(to, "state", state_name(row->now));
    fact(to, "answer", row->answer);
    fact_time(to, "held", kept->time_s);
    if (row->times > 1) {
        fact(to, "times", times);
        fact_time(to, "last", row->last_s);
    }
    fact(to, "kind", finding_kind_name(kept->kind));
    fact(to, "scl", scl);
    fact(to, "action", verdict_action_name(kept->action));
    fact(to, "because", kept->because);
    fact(to, "size", size->str);
    fact(to, "key", row->key_id[0] != '\0' ? row->key_id : "not encrypted");
    fact(to, "sender", sender->str);
    append_rcpts(to, row);
    append_client(to, kept->session);
    fact(to, "from", kept->from);
    fact(to, "subject", kept->subject);
    append_findings(to, kept->findings);
    if (state != NULL)
        append_steps(to, state);
}
