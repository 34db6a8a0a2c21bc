/* SPDX-License-Identifier: MIT */
#include "verdict/outcome.h"

#include "mail/message.h"
#include "verdict/outcome_reply.h"
#include "verdict/sorting.h"

#include <string.h>

enum {
    UNSCANNED_MAX = 200 /* bytes of unscanned_by */
};

const char *outcome_answer_name(enum outcome_answer answer)
{
    static const char *const names[] = {"deliver", "reject", "defer",
                                        "discard"};
    return names[answer];
}

static void held_free(void *p)
{
    struct outcome_held *held = p;
    g_free(held);
}

static void redirected_free(void *p)
{
    struct outcome_redirected *redirected = p;
    g_free(redirected->to);
    g_free(redirected);
}

struct outcome *outcome_new_empty(void)
{
    struct outcome *outcome = g_new0(struct outcome, 1);
    outcome->goes_on = g_ptr_array_new();
    outcome->held = g_ptr_array_new_with_free_func(held_free);
    outcome->redirected = g_ptr_array_new_with_free_func(redirected_free);
    outcome->added = g_ptr_array_new_with_free_func(g_free);
    outcome->notes = g_ptr_array_new_with_free_func(g_free);
    return outcome;
}

void outcome_free(struct outcome *outcome)
{
    if (outcome == NULL)
        return;
    g_free(outcome->enhanced);
    g_free(outcome->text);
    g_free(outcome->unscanned_by);
    g_ptr_array_unref(outcome->goes_on);
    g_ptr_array_unref(outcome->held);
    g_ptr_array_unref(outcome->redirected);
    g_ptr_array_unref(outcome->added);
    g_ptr_array_unref(outcome->notes);
    g_free(outcome);
}

/* Who did not look, as "clamav (crashed), archive (time)". */
static char *missing_scanners(const struct scan *scan)
{
    GString *who = g_string_new(NULL);
    for (unsigned i = 0; i < scan->findings->len; i++) {
        const struct finding *finding = scan->findings->pdata[i];
        if (finding->kind != ASSAY_KIND_FAILED &&
            (finding->kind != ASSAY_KIND_PARTIAL ||
             finding->reason != ASSAY_REASON_LIMIT_TIME))
            continue;
        g_autofree char *one =
            g_strdup_printf("%s (%s)", finding->plugin, finding->name);
        g_autoptr(GString) clean = g_string_new(NULL);
        outcome_reply_append(clean, one, UNSCANNED_MAX);
        if (strstr(who->str, clean->str) != NULL ||
            who->len + clean->len + 2 > UNSCANNED_MAX)
            continue;
        g_string_append_printf(who, "%s%s", who->len > 0 ? ", " : "",
                               clean->str);
    }
    if (who->len == 0)
        g_string_append(who, "a plugin failed");
    return g_string_free(who, FALSE);
}

static bool is_unscanned(const struct sorting *sorting)
{
    const struct outcome *outcome = sorting->outcome;
    bool is_unscanned = false;
    for (unsigned i = 0; i < sorting->verdict->rcpts->len; i++) {
        const struct verdict_rcpt *rcpt = sorting_rcpt(sorting, i);
        bool stays =
            !sorting_leaves(sorting, sorting_decision(sorting, rcpt->rcpt));
        if (stays || outcome->added->len > 0)
            is_unscanned |= rcpt->is_unscanned;
    }
    return is_unscanned && outcome->answer == OUTCOME_DELIVER;
}

static void refuse(struct sorting *sorting, enum outcome_answer answer,
                   const struct because *because)
{
    sorting->outcome->answer = answer;
    outcome_reply_set(sorting->outcome, sorting->options, because,
                      sorting->session);
}

/* Nobody to hold it for, or to send it on to: the action of the whole. */
static void sort_nobody(struct sorting *sorting)
{
    const struct verdict *verdict = sorting->verdict;
    struct outcome *outcome = sorting->outcome;
    if (verdict->action == ASSAY_ACTION_REJECT) {
        refuse(sorting, OUTCOME_REJECT, &verdict->because);
    } else if (verdict->action >= ASSAY_ACTION_STRIP) {
        refuse(sorting, OUTCOME_DEFER, &verdict->because);
        if (verdict->action != ASSAY_ACTION_DEFER)
            sorting_note(sorting, 1, "no recipient to keep it for: deferred");
    } else {
        outcome->is_junk = verdict->action == ASSAY_ACTION_JUNK;
        outcome->is_tagged = verdict->action == ASSAY_ACTION_TAG;
    }
}

/* True: the message is refused as a whole. */
static bool is_refused(struct sorting *sorting)
{
    unsigned n = sorting->verdict->rcpts->len;
    unsigned rejects = 0;
    const struct verdict_rcpt *rejected = NULL;
    for (unsigned i = 0; i < n; i++) {
        const struct verdict_rcpt *rcpt =
            sorting_decision(sorting, sorting_rcpt(sorting, i)->rcpt);
        if (rcpt->action == ASSAY_ACTION_DEFER) {
            refuse(sorting, OUTCOME_DEFER, &rcpt->because);
            return true;
        }
        rejects += rcpt->action == ASSAY_ACTION_REJECT;
        if (rcpt->action == ASSAY_ACTION_REJECT && rejected == NULL)
            rejected = rcpt;
    }
    if (rejects < n)
        return false;
    refuse(sorting, OUTCOME_REJECT, &rejected->because);
    return true;
}

struct outcome *outcome_new_told(const struct outcome_options *options,
                                 const struct verdict *verdict,
                                 const struct session *session)
{
    struct sorting sorting = {
        .options = options,
        .verdict = verdict,
        .session = session,
        .outcome = outcome_new_empty(),
        .strictest =
            g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    };
    sorting_find_strictest(&sorting);
    if (verdict->rcpts->len == 0)
        sort_nobody(&sorting);
    else if (!is_refused(&sorting))
        sorting_place_all(&sorting);
    sorting.outcome->is_unscanned = is_unscanned(&sorting);
    g_hash_table_unref(sorting.strictest);
    return sorting.outcome;
}

struct outcome *outcome_new(const struct outcome_options *options,
                            const struct verdict *verdict,
                            const struct scan *scan)
{
    struct outcome *outcome =
        outcome_new_told(options, verdict, scan->message->session);
    if (outcome->is_unscanned)
        outcome->unscanned_by = missing_scanners(scan);
    return outcome;
}

struct outcome *outcome_without_verdict(const struct session *session,
                                        const char *why)
{
    struct outcome *outcome = outcome_new_empty();
    GString *by = g_string_new(NULL);
    outcome_reply_append(by, why, UNSCANNED_MAX);
    outcome->is_unscanned = true;
    outcome->unscanned_by = g_string_free(by, FALSE);
    for (unsigned i = 0; i < session->rcpts->len; i++)
        g_ptr_array_add(outcome->goes_on, session->rcpts->pdata[i]);
    return outcome;
}
