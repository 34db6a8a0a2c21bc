/* SPDX-License-Identifier: MIT */
#include "scan/told.h"

#include "mail/message.h"
#include "scan/state.h"

#include <string.h>

enum {
    BOUNDS_MAX = 64 /* findings that limits.max_findings does not count */
};

struct scan *told_scan_new(const struct scan_plan *plan,
                           struct message *message, int64_t now_s)
{
    return scan_new(plan, message, now_s);
}

static bool is_rcpt(const struct scan *scan, int32_t rcpt)
{
    const GPtrArray *rcpts = scan->message->session->rcpts;
    return rcpt == FINDING_ALL_RCPTS ||
           (rcpt >= 0 && (unsigned)rcpt < rcpts->len);
}

static bool is_core(const struct finding *finding)
{
    return strcmp(finding->plugin, "core") == 0;
}

/* Do status, kind and reason go together? */
static bool is_statement(const struct finding *f)
{
    uint32_t most = is_core(f) ? ASSAY_KIND_ANOMALY : ASSAY_KIND_MALWARE;
    switch (f->status) {
    case 0:
        return f->kind == ASSAY_KIND_FAILED && f->reason == 0;
    case ASSAY_STATUS_FOUND:
        return f->kind >= ASSAY_KIND_INFO && f->kind <= most && f->reason == 0;
    case ASSAY_STATUS_UNSCANNABLE:
        return finding_reason_is_known(f->reason) &&
               f->kind == (f->reason == ASSAY_REASON_ENCRYPTED
                               ? ASSAY_KIND_ENCRYPTED
                               : ASSAY_KIND_PARTIAL);
    default:
        return false;
    }
}

static const char *broken_rule(const struct scan *scan, const struct finding *f)
{
    if (!is_statement(f))
        return "has a status, kind and reason that do not go together";
    if (f->confidence < 1 || f->confidence > 100)
        return "has a confidence that is not 1 to 100";
    if (f->log_odds_milli < -FINDING_LOG_ODDS_MAX ||
        f->log_odds_milli > FINDING_LOG_ODDS_MAX ||
        (f->log_odds_milli != 0 && f->kind != ASSAY_KIND_SPAM))
        return "has log-odds that it cannot have";
    if (f->advice > ASSAY_ACTION_DISCARD)
        return "has an unknown advice";
    if (!is_rcpt(scan, f->rcpt))
        return "is for a recipient that is not there";
    if (f->reply_code != 0 && (f->reply_code < 400 || f->reply_code > 599))
        return "has a reply code that is not 400 to 599";
    if (f->delay_ms > FINDING_DELAY_MS_MAX)
        return "has a delay that is too long";
    return NULL;
}

const char *told_finding(struct scan *scan, struct finding *finding)
{
    struct ledger *ledger = &scan->state->ledger;
    const char *rule = broken_rule(scan, finding);
    if (rule != NULL) {
        finding_free(finding);
        return rule;
    }
    if (!ledger_add(ledger, finding) && ledger->dropped == 0)
        return "is there twice";
    if (ledger->dropped > 0 ||
        ledger->findings->len - ledger->total > BOUNDS_MAX)
        return "is one more than there may be";
    return NULL;
}

const char *told_answer(struct scan *scan, const struct scan_answer *answer)
{
    if (answer->status != ASSAY_STATUS_CLEAN &&
        answer->status != ASSAY_STATUS_TRUSTED)
        return "is neither CLEAN nor TRUSTED";
    if (!is_rcpt(scan, answer->rcpt))
        return "is for a recipient that is not there";
    g_array_append_vals(scan->answers, answer, 1);
    return NULL;
}

const char *told_fact(struct scan *scan, const char *key, const char *value,
                      size_t n)
{
    if (!fact_is_key(key))
        return "has a wrong key";
    if (!fact_is_value(value, n))
        return "has a wrong value";
    if (!g_hash_table_insert(scan->facts, g_strdup(key), g_strndup(value, n)))
        return "is there twice";
    return NULL;
}

const char *told_count(struct scan *scan, const char *name, const char *key,
                       size_t key_n, int64_t n)
{
    if (!fact_is_key(name) || !count_is_key(key, key_n))
        return "has a wrong name or key";
    g_ptr_array_add(scan->counts, count_new(name, key, key_n, n));
    return NULL;
}

const char *told_edit(struct scan *scan, const struct scanner *scanner,
                      const struct assay_edit *edit)
{
    if ((scanner->flags & ASSAY_FLAG_EDITS) == 0)
        return "is of a plugin that proposes none";
    if (!edit_is_well_made(scan, edit))
        return "is not well made";
    g_ptr_array_add(scan->edits, edit_new(scanner, edit));
    return NULL;
}
