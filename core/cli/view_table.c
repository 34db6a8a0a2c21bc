/* SPDX-License-Identifier: MIT */
#include "base/escape.h"
#include "cli/view.h"

#include <assay/plugin.h>

#include <string.h>

enum {
    FINDINGS_SHOWN = 6,
    TEXT_SHOWN = 200
};

/* SGR sequences, ECMA-48 8.3.117. */
#define SGR_RED     "\033[1;31m"
#define SGR_YELLOW  "\033[33m"
#define SGR_MAGENTA "\033[35m"
#define SGR_GREEN   "\033[32m"
#define SGR_DIM     "\033[2m"
#define SGR_OFF     "\033[0m"

static const char *kind_color(uint32_t kind)
{
    switch (kind) {
    case 0:
    case ASSAY_KIND_INFO:
        return SGR_GREEN;
    case ASSAY_KIND_MALWARE:
    case ASSAY_KIND_PHISHING:
    case ASSAY_KIND_SUSPICIOUS:
        return SGR_RED;
    case ASSAY_KIND_ENCRYPTED:
    case ASSAY_KIND_PARTIAL:
    case ASSAY_KIND_FAILED:
        return SGR_MAGENTA;
    default:
        return SGR_YELLOW;
    }
}

void view_table_head(const struct view *view, GString *to)
{
    g_string_append_printf(
        to, "%s%-10s  %3s  %-10s  %s%s\n", view->with_color ? SGR_DIM : "",
        "VERDICT", "SCL", "ACTION", "MESSAGE", view->with_color ? SGR_OFF : "");
}

/* A name such as "spam.gtube" says already whose it is. */
static bool names_its_plugin(const struct finding *f)
{
    size_t n = strlen(f->plugin);
    return strncmp(f->name, f->plugin, n) == 0 && f->name[n] == '.';
}

static void append_text(GString *to, const char *before, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    g_string_append(to, before);
    escape_text(to, text, strlen(text), TEXT_SHOWN);
}

void view_table_finding(const struct answer *answer, const struct finding *f,
                        GString *to)
{
    if (!names_its_plugin(f))
        g_string_append_printf(to, "%s: ", f->plugin);
    append_text(to, "", f->name);
    g_string_append_printf(to, "%s(%s", f->name[0] != '\0' ? " " : "",
                           finding_kind_name(f->kind));
    if (f->kind == ASSAY_KIND_SPAM)
        g_string_append_printf(to, " %+.1f", f->log_odds_milli / 1000.0);
    else if (f->confidence < 100)
        g_string_append_printf(to, " %u %%", f->confidence);
    g_string_append_c(to, ')');
    append_text(to, " in ", f->object != NULL ? f->object->path : NULL);
    append_text(to, " for ", view_rcpt(answer, f));
    append_text(to, ": ", f->text);
}

/* Info changes nothing: shown only to who asks why. */
static bool is_shown(const struct view *view, const struct finding *f)
{
    return f->status != ASSAY_STATUS_CLEAN &&
           f->status != ASSAY_STATUS_TRUSTED &&
           (f->kind != ASSAY_KIND_INFO || view->with_reasons);
}

static void append_findings(const struct view *view,
                            const struct answer *answer, GString *to)
{
    const GPtrArray *findings = answer->scan->findings;
    unsigned most = view->with_reasons ? UINT_MAX : FINDINGS_SHOWN;
    unsigned n = 0;
    for (unsigned i = 0; i < findings->len; i++) {
        const struct finding *f = g_ptr_array_index(findings, i);
        if (!is_shown(view, f) || n++ >= most)
            continue;
        g_string_append(to, "      ");
        view_table_finding(answer, f, to);
        g_string_append_c(to, '\n');
    }
    if (n > most)
        g_string_append_printf(to, "      and %u more (--explain)\n", n - most);
}

void view_table(const struct view *view, const struct answer *answer,
                GString *to)
{
    const struct verdict *verdict = answer->verdict;
    const char *kind = finding_kind_name(verdict->kind);
    if (view->with_color)
        g_string_append_printf(to, "%s%-10s%s", kind_color(verdict->kind), kind,
                               SGR_OFF);
    else
        g_string_append_printf(to, "%-10s", kind);
    g_string_append_printf(to, "  %3d  %-10s  ", verdict->scl,
                           verdict_action_name(verdict->action));
    escape_text(to, answer->item->name, strlen(answer->item->name), 0);
    g_string_append_c(to, '\n');
    append_findings(view, answer, to);
    if (view->with_reasons)
        view_table_reasons(answer, to);
    if (view->with_objects)
        view_table_objects(answer, to);
}

void view_answer(const struct view *view, const struct answer *answer,
                 GString *to)
{
    uint32_t kind = answer->verdict->kind;
    if (view->only_found && (kind == 0 || kind == ASSAY_KIND_INFO))
        return;
    if (view->is_json)
        view_json(view, answer, to);
    else
        view_table(view, answer, to);
}
