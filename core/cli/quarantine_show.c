/* SPDX-License-Identifier: MIT */
/*
 * list and show: what is held, without a byte of mail that a terminal would act on.
 */
#include "base/escape.h"
#include "cli/output.h"
#include "cli/quarantine.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum cmd_exit put(const GString *text)
{
    return output_write(text->str, text->len) ? CMD_CLEAN : CMD_TROUBLE;
}

enum cmd_exit quarantine_list(struct quarantine_run *run)
{
    struct search search;
    GError *error = NULL;
    g_autoptr(GPtrArray) rows = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    if (!quarantine_args_search(&run->args, run->now_s, &search, &error) ||
        !held_search(run->q, &search, &rows, &error)) {
        quarantine_complain(error);
        return CMD_TROUBLE;
    }
    for (unsigned i = 0; i < rows->len; i++) {
        if (run->args.is_json)
            quarantine_view_json(rows->pdata[i], NULL, text);
        else
            quarantine_view_line(rows->pdata[i], text);
    }
    return put(text);
}

/* Line by line, so that lines stay lines. */
static void append_mail(GBytes *raw, GString *to)
{
    size_t n = 0;
    const char *p = g_bytes_get_data(raw, &n);
    g_string_append_c(to, '\n');
    while (n > 0) {
        const char *end = memchr(p, '\n', n);
        size_t line = end != NULL ? (size_t)(end - p) : n;
        size_t shown = line > 0 && p[line - 1] == '\r' ? line - 1 : line;
        escape_text(to, p, shown, 0);
        g_string_append_c(to, '\n');
        line += end != NULL;
        p += line;
        n -= line;
    }
}

static enum cmd_exit show_raw(GBytes *raw)
{
    size_t n = 0;
    const char *p = g_bytes_get_data(raw, &n);
    return output_write(p, n) ? CMD_CLEAN : CMD_TROUBLE;
}

static enum cmd_exit show_one(struct quarantine_run *run,
                              const struct row *found, void *self)
{
    struct row row = *found; /* what the index hides is in the file */
    struct kept kept = {0};
    struct state state = {0};
    GBytes *raw = NULL;
    GError *error = NULL;
    bool wants_raw = run->args.is_raw || run->args.is_text;
    enum cmd_exit status = CMD_TROUBLE;
    g_autoptr(GString) text = g_string_new(NULL);
    (void)self;
    if (found->now != STATE_LOST && !held_read(run->q, found->kept.id, &kept,
                                               wants_raw ? &raw : NULL, &error))
        goto out;
    if (run->args.is_raw) {
        status = raw != NULL ? show_raw(raw) : CMD_TROUBLE;
        goto out;
    }
    if (!held_state(run->q, found->kept.id, found->kept.session->rcpts->len,
                    &state, &error))
        goto out;
    if (found->now != STATE_LOST)
        row.kept = kept;
    if (run->args.is_json)
        quarantine_view_json(&row, &state, text);
    else
        quarantine_view_facts(&row, &state, text);
    if (raw != NULL)
        append_mail(raw, text);
    else if (!run->args.is_json)
        g_string_append_c(text, '\n');
    status = put(text);
out:
    if (error != NULL)
        quarantine_complain(error);
    if (raw != NULL)
        g_bytes_unref(raw);
    state_clear(&state);
    kept_clear(&kept);
    return status;
}

enum cmd_exit quarantine_show(struct quarantine_run *run)
{
    if (run->args.is_raw && isatty(STDOUT_FILENO) == 1) {
        fputs("assay quarantine: a message's raw bytes may command a terminal: "
              "write them to a file (>mail.eml), or use --text\n",
              stderr);
        return CMD_TROUBLE;
    }
    return quarantine_each(run, show_one, NULL);
}
