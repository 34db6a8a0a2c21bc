/* SPDX-License-Identifier: MIT */
#include "base/escape.h"
#include "cli/json.h"
#include "cli/view.h"

#include <inttypes.h>
#include <string.h>

void view_json_because(const struct answer *answer,
                       const struct because *because, GString *to)
{
    json_key(to, "because");
    g_string_append_c(to, '{');
    json_key(to, "line");
    json_text(to, because->line);
    json_key(to, "finding");
    if (because->finding != NULL)
        view_json_finding(answer, because->finding, to);
    else
        g_string_append(to, "null");
    g_string_append_c(to, '}');
}

static void append_uses(const struct answer *answer, GString *to)
{
    json_key(to, "plugins");
    g_string_append_c(to, '[');
    for (size_t i = 0; i < answer->plan.scanner_n; i++) {
        const struct scan_use *use = &answer->scan->uses[i];
        json_comma(to);
        g_string_append_c(to, '{');
        json_key(to, "name");
        json_text(to, use->scanner);
        json_key(to, "calls");
        json_uint(to, use->calls);
        json_key(to, "ms");
        json_ms(to, use->ns);
        g_string_append_c(to, '}');
    }
    g_string_append_c(to, ']');
}

static void append_counts(const struct answer *answer, GString *to)
{
    const GPtrArray *counts = answer->scan->counts;
    json_key(to, "counts");
    g_string_append_c(to, '[');
    for (unsigned i = 0; i < counts->len; i++) {
        const struct scan_count *count = g_ptr_array_index(counts, i);
        json_comma(to);
        g_string_append_c(to, '{');
        json_key(to, "name");
        json_text(to, count->name);
        json_key(to, "key");
        json_text(to, count->key);
        json_key(to, "n");
        json_int(to, count->n);
        g_string_append_c(to, '}');
    }
    g_string_append_c(to, ']');
}

void view_json_reasons(const struct answer *answer, GString *to)
{
    const struct scan *scan = answer->scan;
    view_json_because(answer, &answer->verdict->because, to);
    json_key(to, "findings_dropped");
    json_uint(to, scan->findings_dropped);
    json_key(to, "unpacked_bytes");
    json_uint(to, scan->bytes);
    append_uses(answer, to);
    append_counts(answer, to);
}

static void append_decision(const struct answer *answer,
                            const struct because *because, const char *rcpt,
                            GString *to)
{
    g_string_append(to, "      because ");
    if (rcpt != NULL) {
        g_string_append(to, "for ");
        escape_text(to, rcpt, strlen(rcpt), 200);
        g_string_append(to, ": ");
    }
    const char *line = because->line != NULL ? because->line : "no rule";
    escape_text(to, line, strlen(line), 0);
    if (because->finding != NULL) {
        g_string_append(to, "\n          by ");
        view_table_finding(answer, because->finding, to);
    }
    g_string_append_c(to, '\n');
}

void view_table_reasons(const struct answer *answer, GString *to)
{
    const struct verdict *verdict = answer->verdict;
    if (verdict->rcpts->len == 0)
        append_decision(answer, &verdict->because, NULL, to);
    for (unsigned i = 0; i < verdict->rcpts->len; i++) {
        const struct verdict_rcpt *r =
            &g_array_index(verdict->rcpts, struct verdict_rcpt, i);
        append_decision(answer, &r->because, r->rcpt, to);
    }
    g_string_append_printf(to, "      took %.1f ms", (double)answer->ns / 1e6);
    for (size_t i = 0; i < answer->plan.scanner_n; i++) {
        const struct scan_use *use = &answer->scan->uses[i];
        if (use->calls > 0)
            g_string_append_printf(to, ", %s %.2f ms (%" PRIu64 "x)",
                                   use->scanner, (double)use->ns / 1e6,
                                   use->calls);
    }
    g_string_append_c(to, '\n');
}
