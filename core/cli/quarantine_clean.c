/* SPDX-License-Identifier: MIT */
/*
 * delete, expire and verify.
 */
#include "base/escape.h"
#include "cli/amount.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/quarantine.h"

#include <stdio.h>
#include <string.h>

static enum cmd_exit delete_one(struct quarantine_run *run,
                                const struct row *row, void *self)
{
    GError *error = NULL;
    (void)self;
    if (!held_delete(run->q, row->kept.id, &error)) {
        quarantine_complain(error);
        return CMD_TROUBLE;
    }
    printf("%s: deleted\n", row->kept.id);
    return CMD_CLEAN;
}

enum cmd_exit quarantine_delete(struct quarantine_run *run)
{
    return quarantine_each(run, delete_one, NULL);
}

enum cmd_exit quarantine_clean(struct quarantine_run *run)
{
    struct quarantine_expired done = {0};
    GError *error = NULL;
    if (!quarantine_expire(run->q, run->now_s, 0, &done, &error)) {
        quarantine_complain(error);
        return CMD_TROUBLE;
    }
    g_autoptr(GString) text = g_string_new(NULL);
    amount_bytes(text, done.bytes);
    printf("%" G_GUINT64_FORMAT " messages deleted, %s\n", done.mails,
           text->str);
    return CMD_CLEAN;
}

/* --- verify ----------------------------------------------------------------------- */

/* What is counted, and what it is called. */
struct count {
    const char *key;
    const char *text;
    uint64_t n;
};

static void append_problems(GString *to, const struct quarantine_report *report)
{
    json_key(to, "problems");
    g_string_append_c(to, '[');
    for (unsigned i = 0; i < report->problems->len; i++) {
        json_comma(to);
        json_text(to, report->problems->pdata[i]);
    }
    g_string_append_c(to, ']');
}

static void report_json(const struct count *counts, size_t n,
                        const struct quarantine_report *report, GString *to)
{
    g_string_append_c(to, '{');
    for (size_t i = 0; i < n; i++) {
        json_key(to, counts[i].key);
        json_uint(to, counts[i].n);
    }
    append_problems(to, report);
    g_string_append(to, "}\n");
}

static void report_text(const struct count *counts, size_t n,
                        const struct quarantine_report *report, GString *to)
{
    for (size_t i = 0; i < n; i++)
        if (i == 0 || counts[i].n > 0)
            g_string_append_printf(to, "%" G_GUINT64_FORMAT " %s\n",
                                   counts[i].n, counts[i].text);
    for (unsigned i = 0; i < report->problems->len; i++) {
        const char *problem = report->problems->pdata[i];
        escape_text(to, problem, strlen(problem), 0);
        g_string_append_c(to, '\n');
    }
}

enum cmd_exit quarantine_check(struct quarantine_run *run)
{
    struct quarantine_report r = {0};
    GError *error = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    if (!quarantine_verify(run->q, run->args.is_thorough != 0, &r, &error)) {
        quarantine_complain(error);
        return CMD_TROUBLE;
    }
    const struct count counts[] = {
        {"files", "messages looked at", r.files},
        {"temporary", "half-written files removed", r.temporary},
        {"added", "messages that the index did not know added", r.added},
        {"deleted", "deletions finished", r.deleted},
        {"states", "states in the index mended", r.states},
        {"interrupted", "broken-off releases: held again", r.interrupted},
        {"unknown", "broken-off releases: not known whether delivered",
         r.unknown},
        {"lost", "messages in the index without a file", r.lost},
        {"damaged", "damaged files", r.damaged},
    };
    if (run->args.is_json)
        report_json(counts, G_N_ELEMENTS(counts), &r, text);
    else
        report_text(counts, G_N_ELEMENTS(counts), &r, text);
    enum cmd_exit status = r.problems->len > 0 ? CMD_FOUND : CMD_CLEAN;
    quarantine_report_clear(&r);
    return output_write(text->str, text->len) ? status : CMD_TROUBLE;
}
