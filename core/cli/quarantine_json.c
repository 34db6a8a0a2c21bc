/* SPDX-License-Identifier: MIT */
#include "cli/json.h"
#include "cli/quarantine.h"
#include "scan/finding.h"

#include <jansson.h>
#include <stdlib.h>

static void text(GString *to, const char *key, const char *value)
{
    json_key(to, key);
    json_text(to, value);
}

static void number(GString *to, const char *key, int64_t value)
{
    json_key(to, key);
    json_int(to, value);
}

/* It is JSON already, or it is none. */
static void append_findings(GString *to, const char *findings)
{
    json_t *all = findings != NULL ? json_loads(findings, 0, NULL) : NULL;
    char *valid = json_is_array(all)
                      ? json_dumps(all, JSON_COMPACT | JSON_ENSURE_ASCII)
                      : NULL;
    json_key(to, "findings");
    g_string_append(to, valid != NULL ? valid : "[]");
    free(valid);
    json_decref(all);
}

static void append_rcpts(GString *to, const struct row *row)
{
    json_key(to, "recipients");
    g_string_append_c(to, '[');
    for (unsigned i = 0; i < row->kept.session->rcpts->len; i++) {
        const struct state_rcpt *rcpt =
            i < row->state.rcpts->len ? row->state.rcpts->pdata[i] : NULL;
        json_comma(to);
        g_string_append_c(to, '{');
        text(to, "rcpt", row->kept.session->rcpts->pdata[i]);
        text(to, "state",
             state_rcpt_name(rcpt != NULL ? rcpt->now : STATE_RCPT_HELD));
        text(to, "answer", rcpt != NULL ? rcpt->answer : NULL);
        g_string_append_c(to, '}');
    }
    g_string_append_c(to, ']');
}

static void append_steps(GString *to, const struct state *state)
{
    json_key(to, "steps");
    g_string_append_c(to, '[');
    for (unsigned i = 0; i < state->steps->len; i++) {
        const struct state_step *step = state->steps->pdata[i];
        json_comma(to);
        g_string_append_c(to, '{');
        number(to, "time", step->time_s);
        text(to, "state", state_name(step->now));
        number(to, "uid", step->uid);
        json_key(to, "anyway");
        g_string_append(to, step->is_anyway ? "true" : "false");
        json_key(to, "again");
        g_string_append(to, step->is_again ? "true" : "false");
        text(to, "text", step->text);
        g_string_append_c(to, '}');
    }
    g_string_append_c(to, ']');
}

static void append_session(GString *to, const struct session *session)
{
    text(to, "sender", session->mail_from);
    text(to, "client", session->client_ip);
    text(to, "client_name", session->client_name);
    text(to, "helo", session->helo);
    text(to, "user", session->auth_user);
    text(to, "queue_id", session->queue_id);
    text(to, "direction",
         session->direction == ASSAY_DIRECTION_OUT ? "out" : "in");
}

void quarantine_view_json(const struct row *row, const struct state *state,
                          GString *to)
{
    const struct kept *kept = &row->kept;
    char content[DIGEST_HEX_SIZE];
    digest_hex(kept->content, content);
    g_string_append_c(to, '{');
    text(to, "id", kept->id);
    text(to, "state", state_name(row->now));
    text(to, "answer", row->answer);
    number(to, "time", kept->time_s);
    number(to, "last", row->last_s);
    number(to, "times", (int64_t)row->times);
    text(to, "kind", finding_kind_name(kept->kind));
    text(to, "action", verdict_action_name(kept->action));
    number(to, "scl", kept->scl);
    text(to, "plugin", kept->by);
    text(to, "name", kept->name);
    text(to, "because", kept->because);
    number(to, "generation", (int64_t)kept->generation);
    number(to, "bytes", (int64_t)kept->size);
    text(to, "sha256", content);
    text(to, "key", row->key_id[0] != '\0' ? row->key_id : NULL);
    append_session(to, kept->session);
    append_rcpts(to, row);
    text(to, "from", kept->from);
    text(to, "subject", kept->subject);
    append_findings(to, kept->findings);
    if (state != NULL)
        append_steps(to, state);
    g_string_append(to, "}\n");
}
