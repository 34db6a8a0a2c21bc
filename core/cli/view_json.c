/* SPDX-License-Identifier: MIT */
#include "cli/json.h"
#include "cli/view.h"
#include "mail/session.h"

#include <assay/plugin.h>

#include <stdlib.h>
#include <string.h>

const char *view_rcpt(const struct answer *answer, const struct finding *f)
{
    const GPtrArray *rcpts = answer->message->session->rcpts;
    return f->rcpt >= 0 && (unsigned)f->rcpt < rcpts->len
               ? g_ptr_array_index(rcpts, (unsigned)f->rcpt)
               : NULL;
}

void view_json_finding(const struct answer *answer, const struct finding *f,
                       GString *to)
{
    json_comma(to);
    g_string_append_c(to, '{');
    json_key(to, "plugin");
    json_text(to, f->plugin);
    json_key(to, "kind");
    json_text(to, finding_kind_name(f->kind));
    json_key(to, "status");
    json_text(to, finding_status_name(f->status));
    json_key(to, "name");
    json_text(to, f->name);
    json_key(to, "object");
    json_text(to, f->object != NULL ? f->object->path : NULL);
    json_key(to, "confidence");
    json_uint(to, f->confidence);
    json_key(to, "log_odds");
    json_int(to, f->log_odds_milli);
    json_key(to, "rcpt");
    json_text(to, view_rcpt(answer, f));
    json_key(to, "text");
    json_text(to, f->text);
    g_string_append_c(to, '}');
}

static bool is_listed(const struct finding *f)
{
    return f->status != ASSAY_STATUS_CLEAN && f->status != ASSAY_STATUS_TRUSTED;
}

static void append_findings(const struct answer *answer, GString *to)
{
    const GPtrArray *findings = answer->scan->findings;
    json_key(to, "findings");
    g_string_append_c(to, '[');
    for (unsigned i = 0; i < findings->len; i++) {
        const struct finding *f = g_ptr_array_index(findings, i);
        if (is_listed(f))
            view_json_finding(answer, f, to);
    }
    g_string_append_c(to, ']');
}

static void append_recipients(const struct view *view,
                              const struct answer *answer, GString *to)
{
    const GArray *rcpts = answer->verdict->rcpts;
    json_key(to, "recipients");
    g_string_append_c(to, '[');
    for (unsigned i = 0; i < rcpts->len; i++) {
        const struct verdict_rcpt *r =
            &g_array_index(rcpts, struct verdict_rcpt, i);
        json_comma(to);
        g_string_append_c(to, '{');
        json_key(to, "rcpt");
        json_text(to, r->rcpt);
        json_key(to, "scl");
        json_int(to, r->scl);
        json_key(to, "action");
        json_text(to, verdict_action_name(r->action));
        if (view->with_reasons)
            view_json_because(answer, &r->because, to);
        g_string_append_c(to, '}');
    }
    g_string_append_c(to, ']');
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted: the same scan gives the same line. */
static void append_facts(const struct answer *answer, GString *to)
{
    json_key(to, "facts");
    g_string_append_c(to, '{');
    GHashTable *facts = answer->scan->facts;
    if (g_hash_table_size(facts) > 0) {
        unsigned n = 0;
        g_autofree gpointer *keys = g_hash_table_get_keys_as_array(facts, &n);
        qsort(keys, n, sizeof *keys, by_name);
        for (unsigned i = 0; i < n; i++) {
            json_comma(to);
            json_text(to, keys[i]);
            g_string_append_c(to, ':');
            json_text(to, g_hash_table_lookup(facts, keys[i]));
        }
    }
    g_string_append_c(to, '}');
}

void view_json(const struct view *view, const struct answer *answer,
               GString *to)
{
    const struct verdict *verdict = answer->verdict;
    g_string_append_c(to, '{');
    json_key(to, "file");
    json_text(to, answer->item->name);
    json_key(to, "action");
    json_text(to, verdict_action_name(verdict->action));
    json_key(to, "kind");
    json_text(to, finding_kind_name(verdict->kind));
    json_key(to, "scl");
    json_int(to, verdict->scl);
    json_key(to, "probability");
    json_probability(to, verdict->probability);
    append_findings(answer, to);
    append_recipients(view, answer, to);
    append_facts(answer, to);
    json_key(to, "objects");
    json_uint(to, answer->is_unread ? 0 : answer->message->objects->len);
    json_key(to, "bytes");
    json_uint(to, answer->bytes);
    json_key(to, "ms");
    json_ms(to, answer->ns);
    if (view->with_objects)
        view_json_objects(answer, to);
    if (view->with_reasons)
        view_json_reasons(answer, to);
    g_string_append(to, "}\n");
}
