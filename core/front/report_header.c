/* SPDX-License-Identifier: MIT */
#include "front/report_header.h"

#include <string.h>

enum {
    FINDINGS_MAX = 8,
    NAME_MAX_SIZE = 48,
    LINE_MAX_SIZE = 76,
};

/* The field while it is written. */
struct writing {
    GString *value;
    size_t column;
};

static void append_encoded(GString *to, const char *text, const char *extra)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/@+!*,";
    size_t left = NAME_MAX_SIZE;
    for (; *text != '\0'; text++) {
        bool is_plain =
            strchr(plain, *text) != NULL || strchr(extra, *text) != NULL;
        size_t n = is_plain ? 1 : 3;
        if (n > left)
            return;
        left -= n;
        if (is_plain)
            g_string_append_c(to, *text);
        else
            g_string_append_printf(to, "%%%02X", (unsigned char)*text);
    }
}

/* `item` is encoded. */
static void put(struct writing *writing, const char *item)
{
    size_t n = strlen(item);
    if (writing->value->len > 0) {
        bool is_full = writing->column + n + 2 > LINE_MAX_SIZE;
        g_string_append(writing->value, is_full ? ";\r\n\t" : "; ");
        writing->column = is_full ? 8 : writing->column + 2;
    }
    g_string_append(writing->value, item);
    writing->column += n;
}

static void put_text(struct writing *writing, const char *key, const char *text)
{
    g_autoptr(GString) item = g_string_new(key);
    g_string_append_c(item, '=');
    append_encoded(item, text, ":");
    put(writing, item->str);
}

static void put_number(struct writing *writing, const char *key, int64_t n)
{
    g_autofree char *item = g_strdup_printf("%s=%" G_GINT64_FORMAT, key, n);
    put(writing, item);
}

static bool is_worse(const struct finding *a, const struct finding *b)
{
    return finding_kind_rank(a->kind) > finding_kind_rank(b->kind);
}

/* The worst, in their order; returns how many there are in all. */
static unsigned choose(const struct scan *scan,
                       const struct finding *chosen[FINDINGS_MAX],
                       unsigned *chosen_n)
{
    unsigned n = 0;
    for (unsigned i = 0; i < scan->findings->len; i++) {
        const struct finding *finding = scan->findings->pdata[i];
        if (finding->kind == ASSAY_KIND_INFO ||
            finding->rcpt != FINDING_ALL_RCPTS)
            continue;
        n++;
        unsigned at = *chosen_n;
        while (at > 0 && is_worse(finding, chosen[at - 1]))
            at--;
        if (at == FINDINGS_MAX)
            continue;
        *chosen_n = MIN(*chosen_n + 1, (unsigned)FINDINGS_MAX);
        for (unsigned j = *chosen_n - 1; j > at; j--)
            chosen[j] = chosen[j - 1];
        chosen[at] = finding;
    }
    return n;
}

static void put_findings(struct writing *writing, const struct scan *scan)
{
    const struct finding *chosen[FINDINGS_MAX] = {NULL};
    unsigned n = 0;
    unsigned all = choose(scan, chosen, &n);
    for (unsigned i = 0; i < n; i++) {
        g_autoptr(GString) item = g_string_new("f=");
        append_encoded(item, chosen[i]->plugin, "");
        g_string_append_printf(item,
                               ":%s:", finding_kind_name(chosen[i]->kind));
        append_encoded(item, chosen[i]->name, "");
        put(writing, item->str);
    }
    if (all > n)
        put_number(writing, "more", all - n);
}

void report_scope_of(const struct verdict *verdict,
                     const struct outcome *outcome, struct report_scope *out)
{
    *out =
        (struct report_scope){verdict->scl, verdict->action, &verdict->because};
    g_autoptr(GHashTable) on = g_hash_table_new(NULL, NULL);
    for (unsigned i = 0; i < outcome->goes_on->len; i++)
        g_hash_table_add(on, outcome->goes_on->pdata[i]);
    bool is_first = true;
    for (unsigned i = 0; i < verdict->rcpts->len; i++) {
        const struct verdict_rcpt *rcpt =
            &g_array_index(verdict->rcpts, struct verdict_rcpt, i);
        if (!g_hash_table_contains(on, rcpt->rcpt))
            continue;
        if (is_first || rcpt->scl > out->scl)
            out->scl = rcpt->scl;
        if (is_first || verdict_is_stricter(rcpt->action, out->action)) {
            out->action = rcpt->action;
            out->because = &rcpt->because;
        }
        is_first = false;
    }
}

char *report_header(const struct verdict *verdict,
                    const struct report_scope *scope,
                    const struct session *session, const struct scan *scan)
{
    struct writing writing = {g_string_new(NULL), strlen("X-Assay-Report: ")};
    const struct finding *finding = scope->because->finding;
    put(&writing, "v=1");
    put_text(&writing, "kind", finding_kind_name(verdict->kind));
    put_number(&writing, "scl", scope->scl);
    put_text(&writing, "action", verdict_action_name(scope->action));
    if (finding != NULL) {
        put_text(&writing, "by", finding->plugin);
        put_text(&writing, "name", finding->name);
    }
    if (session->queue_id != NULL)
        put_text(&writing, "id", session->queue_id);
    if (scan != NULL)
        put_findings(&writing, scan);
    return g_string_free(writing.value, FALSE);
}
