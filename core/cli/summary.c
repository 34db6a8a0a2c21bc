/* SPDX-License-Identifier: MIT */
#include "cli/summary.h"

#include "cli/amount.h"
#include "cli/cmd.h"
#include "scan/finding.h"
#include "verdict/verdict.h"

#include <stdlib.h>

void summary_add(struct summary *summary, const struct record *record)
{
    summary->messages++;
    summary->bytes += record->bytes;
    if (record->is_trouble != 0)
        summary->trouble++;
    if (record->kind < SUMMARY_KINDS)
        summary->kinds[record->kind]++;
    if (record->action < SUMMARY_ACTIONS)
        summary->actions[record->action]++;
    if (record->kind != 0 && record->kind != ASSAY_KIND_INFO)
        summary->found++;
}

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static void append_count(GString *to, size_t n, const char *name,
                         const char **before)
{
    if (n == 0)
        return;
    g_string_append_printf(to, "%s%zu %s", *before, n, name);
    *before = ", ";
}

/* Worst first, clean last. */
static void append_kinds(const struct summary *summary, GString *to)
{
    const char *before = "  ";
    for (unsigned rank = SUMMARY_KINDS + 1; rank-- > 0;)
        for (uint32_t kind = 0; kind < SUMMARY_KINDS; kind++)
            if (verdict_kind_rank(kind) == rank)
                append_count(to, summary->kinds[kind], finding_kind_name(kind),
                             &before);
}

void summary_show(const struct summary *summary, size_t asked, uint64_t ns,
                  GString *to)
{
    g_string_append_printf(to, "%zu message%s%s", summary->messages,
                           plural(summary->messages),
                           summary->messages > 0 ? ":" : "");
    append_kinds(summary, to);
    const char *before = "\nActions:  ";
    for (uint32_t action = 0; action < SUMMARY_ACTIONS; action++)
        append_count(to, summary->actions[action], verdict_action_name(action),
                     &before);
    double seconds = (double)(ns > 0 ? ns : 1) / 1e9;
    g_string_append_c(to, '\n');
    amount_bytes(to, summary->bytes);
    g_string_append_printf(to, " in %.2f s: %.0f mails/s, ", seconds,
                           (double)summary->messages / seconds);
    amount_bytes(to, (uint64_t)((double)summary->bytes / seconds));
    g_string_append(to, "/s\n");
    if (summary->trouble > 0)
        g_string_append_printf(to,
                               "%zu message%s could not be scanned, or not by "
                               "every plugin; --explain tells why\n",
                               summary->trouble, plural(summary->trouble));
    if (summary->messages < asked)
        g_string_append_printf(to, "Stopped: %zu of %zu were not looked at\n",
                               asked - summary->messages, asked);
}

int summary_exit(const struct summary *summary)
{
    if (summary->trouble > 0)
        return CMD_TROUBLE;
    return summary->found > 0 ? CMD_FOUND : CMD_CLEAN;
}
