/* SPDX-License-Identifier: MIT */
/*
 * A held message, scanned as of today: in this process, as `assay scan` does.
 */
#include "cli/json.h"
#include "cli/output.h"
#include "cli/quarantine.h"
#include "daemon/setup.h"
#include "scan/scan.h"
#include "verdict/verdict.h"

#include <stdio.h>

/* Documented in cli/quarantine.h. */
struct rescan {
    const struct quarantine_args *args; /* lent */
    struct setup setup;
    bool is_open;
    bool is_tried;
};

struct rescan *rescan_new(const struct quarantine_args *args)
{
    struct rescan *rescan = g_new0(struct rescan, 1);
    rescan->args = args;
    return rescan;
}

void rescan_free(struct rescan *rescan)
{
    if (rescan->is_open)
        setup_close(&rescan->setup);
    g_free(rescan);
}

/* With a plugin missing a message would look better than it is. */
static bool open_plugins(struct rescan *rescan)
{
    const struct setup_how how = {
        .config = rescan->args->config,
        .no_plugins = rescan->args->no_plugins != 0,
    };
    if (rescan->is_tried)
        return rescan->is_open;
    rescan->is_tried = true;
    if (!setup_open_loud(&how, &rescan->setup))
        return false;
    rescan->is_open = !setup_misses_plugin(rescan->setup.host->refusals);
    if (!rescan->is_open)
        setup_close(&rescan->setup);
    return rescan->is_open;
}

/* Would it be held, or worse? */
static bool is_bad(uint32_t action)
{
    return action == ASSAY_ACTION_STRIP || action >= ASSAY_ACTION_QUARANTINE;
}

static void judge(const struct scan *scan, const struct verdict *verdict,
                  struct rescan_told *out)
{
    const struct finding *f = verdict->because.finding;
    *out = (struct rescan_told){
        .is_bad = is_bad(verdict->action),
        .kind = verdict->kind,
        .action = verdict->action,
        .because = g_strdup_printf(
            "%s%s%s (%s)", f != NULL ? f->plugin : "", f != NULL ? " " : "",
            f != NULL ? f->name : "SCL", verdict->because.line),
        .findings = quarantine_findings_json(scan),
    };
}

bool rescan_run(struct rescan *rescan, const struct kept *kept, GBytes *raw,
                struct rescan_told *out)
{
    if (!open_plugins(rescan)) {
        fprintf(stderr, "assay quarantine: %s cannot be scanned as of today\n",
                kept->id);
        return false;
    }
    const struct scan_plan plan = {
        .scanners = rescan->setup.host->scanners,
        .scanner_n = rescan->setup.host->scanner_n,
        .limits = rescan->setup.limits,
    };
    struct message *message = message_new(raw, kept->session, &plan.limits);
    struct scan *scan = scan_run(&plan, message, 0);
    struct verdict *verdict = verdict_new(rescan->setup.policy, scan);
    judge(scan, verdict, out);
    verdict_free(verdict);
    scan_free(scan);
    message_free(message);
    return true;
}

void rescan_told_clear(struct rescan_told *told)
{
    g_free(told->because);
    g_free(told->findings);
    *told = (struct rescan_told){0};
}

/* --- the verb ---------------------------------------------------------------------- */

static void view(const struct rescan_told *told, const char *id, bool is_json,
                 GString *to)
{
    const char *kind = finding_kind_name(told->kind);
    const char *action = verdict_action_name(told->action);
    if (!is_json) {
        g_string_append_printf(to, "%s: %s, %s: %s\n", id, kind, action,
                               told->because);
        return;
    }
    g_string_append_c(to, '{');
    json_key(to, "id");
    json_text(to, id);
    json_key(to, "kind");
    json_text(to, kind);
    json_key(to, "action");
    json_text(to, action);
    json_key(to, "because");
    json_text(to, told->because);
    json_key(to, "findings");
    g_string_append(to, told->findings);
    g_string_append(to, "}\n");
}

static enum cmd_exit rescan_one(struct quarantine_run *run,
                                const struct row *row, void *self)
{
    struct kept kept = {0};
    struct rescan_told told = {0};
    g_autoptr(GBytes) raw = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    GError *error = NULL;
    if (!held_read(run->q, row->kept.id, &kept, &raw, &error)) {
        quarantine_complain(error);
        return CMD_TROUBLE;
    }
    bool is_told = rescan_run(self, &kept, raw, &told);
    kept_clear(&kept);
    if (!is_told)
        return CMD_TROUBLE;
    view(&told, row->kept.id, run->args.is_json != 0, text);
    enum cmd_exit status = told.is_bad ? CMD_FOUND : CMD_CLEAN;
    rescan_told_clear(&told);
    return output_write(text->str, text->len) ? status : CMD_TROUBLE;
}

enum cmd_exit quarantine_rescan(struct quarantine_run *run)
{
    struct rescan *rescan = rescan_new(&run->args);
    enum cmd_exit status = quarantine_each(run, rescan_one, rescan);
    rescan_free(rescan);
    return status;
}
