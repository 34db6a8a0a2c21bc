/* SPDX-License-Identifier: MIT */
#include "base/escape.h"
#include "base/log.h"
#include "cli/quarantine.h"
#include "store/release.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void say(const char *id, const char *what, const char *text)
{
    g_autofree char *shown = escape_dup(text, strlen(text), 0);
    printf("%s: %s%s%s\n", id, what, *shown != '\0' ? ": " : "", shown);
}

/* Whatever was decided against a scan's word is on record. */
static void log_anyway(const struct row *row, const struct rescan_told *told)
{
    struct log_event event;
    log_begin(&event, LOG_LEVEL_WARNING, "release_anyway");
    log_text(&event, "id", row->kept.id);
    log_number(&event, "uid", (int64_t)getuid());
    log_text(&event, "held_as", finding_kind_name(row->kept.kind));
    log_text(&event, "now",
             told != NULL ? finding_kind_name(told->kind) : "not scanned");
    log_text(&event, "because", told != NULL ? told->because : NULL);
    log_end(&event);
}

static void say_rcpts(const struct row *row, const struct state *state)
{
    for (unsigned i = 0; state->rcpts->len > 1 && i < state->rcpts->len; i++) {
        const struct state_rcpt *rcpt = state->rcpts->pdata[i];
        g_autoptr(GString) line = g_string_new("  ");
        const char *address = row->kept.session->rcpts->pdata[i];
        escape_text(line, address, strlen(address), 0);
        g_string_append_printf(line, " %s ", state_rcpt_name(rcpt->now));
        if (rcpt->answer != NULL)
            escape_text(line, rcpt->answer, strlen(rcpt->answer), 0);
        puts(line->str);
    }
}

static enum cmd_exit say_unknown(const struct row *row,
                                 const struct release_told *told)
{
    const char *id = row->kept.id;
    say(id, "unknown", state_answer(&told->state));
    if (!told->was_unknown)
        return CMD_FOUND;
    printf(
        "  Look for this id, or the message's Message-ID, in the mail server's "
        "log%s.\n"
        "  If it was not delivered: assay quarantine release --again %s\n"
        "  If it was: assay quarantine delete %s\n",
        told->was_asked ? "; it has come as far as our own scan" : "", id, id);
    return CMD_FOUND;
}

static enum cmd_exit say_end(const struct row *row,
                             const struct release_told *told)
{
    const char *answer = state_answer(&told->state);
    switch (told->end) {
    case RELEASE_DONE:
        say(row->kept.id, "released", answer);
        say_rcpts(row, &told->state);
        return CMD_CLEAN;
    case RELEASE_ALREADY:
        say(row->kept.id, "was released already, nothing was sent", answer);
        return CMD_CLEAN;
    case RELEASE_REFUSED:
        say(row->kept.id, "refused", answer);
        say_rcpts(row, &told->state);
        return CMD_FOUND;
    case RELEASE_UNKNOWN:
        break;
    }
    return say_unknown(row, told);
}

static enum cmd_exit send_one(struct quarantine_run *run, const struct row *row,
                              const struct rescan_told *scan)
{
    const struct release_how how = {
        .is_again = run->args.is_again != 0,
        .is_anyway = run->args.is_anyway != 0,
        .kind = scan != NULL ? scan->kind : 0,
        .findings = scan != NULL && scan->is_bad ? scan->findings : NULL,
        .uid = (uint32_t)getuid(),
        .now_s = run->now_s,
    };
    struct release_told told = {0};
    GError *error = NULL;
    if (!release_run(run->q, row->kept.id, &how, &told, &error)) {
        quarantine_complain(error);
        return CMD_TROUBLE;
    }
    enum cmd_exit status = say_end(row, &told);
    state_clear(&told.state);
    return status;
}

/* Nothing will be sent: no scan is needed for that. */
static bool is_settled(const struct quarantine_run *run, const struct row *row)
{
    return !run->args.is_again &&
           (row->now == STATE_RELEASED || row->now == STATE_UNKNOWN);
}

static enum cmd_exit release_one(struct quarantine_run *run,
                                 const struct row *row, void *self)
{
    struct kept kept = {0};
    struct rescan_told scan = {0};
    g_autoptr(GBytes) raw = NULL;
    GError *error = NULL;
    enum cmd_exit status = CMD_TROUBLE;
    if (is_settled(run, row))
        return send_one(run, row, NULL);
    if (!held_read(run->q, row->kept.id, &kept, &raw, &error)) {
        quarantine_complain(error);
        return CMD_TROUBLE;
    }
    bool is_scanned = rescan_run(self, &kept, raw, &scan);
    bool is_good = is_scanned && !scan.is_bad;
    if (!is_good && run->args.is_anyway)
        log_anyway(row, is_scanned ? &scan : NULL);
    if (is_good || run->args.is_anyway) {
        status = send_one(run, row, is_scanned ? &scan : NULL);
    } else if (is_scanned) {
        say(row->kept.id, "not released, it is still bad", scan.because);
        status = CMD_FOUND;
    }
    kept_clear(&kept);
    rescan_told_clear(&scan);
    return status;
}

enum cmd_exit quarantine_release(struct quarantine_run *run)
{
    struct rescan *rescan = rescan_new(&run->args);
    enum cmd_exit status = quarantine_each(run, release_one, rescan);
    rescan_free(rescan);
    return status;
}
