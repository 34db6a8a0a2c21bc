/* SPDX-License-Identifier: MIT */
#include "verdict/sorting.h"

const struct verdict_rcpt *sorting_rcpt(const struct sorting *sorting,
                                        unsigned i)
{
    return &g_array_index(sorting->verdict->rcpts, struct verdict_rcpt, i);
}

const struct verdict_rcpt *sorting_decision(const struct sorting *sorting,
                                            const char *address)
{
    g_autofree char *key = g_ascii_strdown(address, -1);
    return g_hash_table_lookup(sorting->strictest, key);
}

void sorting_find_strictest(struct sorting *sorting)
{
    for (unsigned i = 0; i < sorting->verdict->rcpts->len; i++) {
        struct verdict_rcpt *rcpt =
            &g_array_index(sorting->verdict->rcpts, struct verdict_rcpt, i);
        const struct verdict_rcpt *before =
            sorting_decision(sorting, rcpt->rcpt);
        if (before != NULL && before->action != rcpt->action)
            sorting->twice++;
        if (before == NULL || verdict_is_stricter(rcpt->action, before->action))
            g_hash_table_insert(sorting->strictest,
                                g_ascii_strdown(rcpt->rcpt, -1), rcpt);
    }
}

/* Where mail for that recipient is redirected to, NULL: nobody said. */
static const char *target(const struct sorting *sorting,
                          const struct verdict_rcpt *rcpt)
{
    return rcpt->redirect_to != NULL ? rcpt->redirect_to
                                     : sorting->options->redirect_to;
}

static bool is_redirected_to_itself(const struct sorting *sorting,
                                    const struct verdict_rcpt *rcpt)
{
    const char *to = target(sorting, rcpt);
    return rcpt->action == ASSAY_ACTION_REDIRECT && to != NULL &&
           g_ascii_strcasecmp(to, rcpt->rcpt) == 0;
}

bool sorting_leaves(const struct sorting *sorting,
                    const struct verdict_rcpt *rcpt)
{
    return rcpt->action >= ASSAY_ACTION_STRIP &&
           !is_redirected_to_itself(sorting, rcpt);
}

static void add(struct sorting *sorting, const char *address)
{
    GPtrArray *added = sorting->outcome->added;
    for (unsigned i = 0; i < added->len; i++)
        if (g_ascii_strcasecmp(added->pdata[i], address) == 0)
            return;
    g_ptr_array_add(added, g_strdup(address));
}

static void hold(struct sorting *sorting, const char *rcpt, uint32_t action)
{
    struct outcome_held *held = g_new0(struct outcome_held, 1);
    held->rcpt = rcpt;
    held->action = action;
    g_ptr_array_add(sorting->outcome->held, held);
    sorting->strips += action == ASSAY_ACTION_STRIP;
    sorting->rejects += action == ASSAY_ACTION_REJECT;
}

static void redirect(struct sorting *sorting, const char *rcpt,
                     const struct verdict_rcpt *decision)
{
    const char *to = target(sorting, decision);
    const struct verdict_rcpt *there =
        to != NULL ? sorting_decision(sorting, to) : NULL;
    if (to == NULL || (there != NULL && sorting_leaves(sorting, there))) {
        sorting->homeless++;
        hold(sorting, rcpt, ASSAY_ACTION_REDIRECT);
        return;
    }
    struct outcome_redirected *one = g_new0(struct outcome_redirected, 1);
    one->rcpt = rcpt;
    one->to = g_strdup(to);
    g_ptr_array_add(sorting->outcome->redirected, one);
    if (there == NULL)
        add(sorting, to);
}

static void place(struct sorting *sorting, char *rcpt)
{
    const struct verdict_rcpt *decision = sorting_decision(sorting, rcpt);
    struct outcome *outcome = sorting->outcome;
    if (!sorting_leaves(sorting, decision)) {
        g_ptr_array_add(outcome->goes_on, rcpt);
        outcome->is_junk |= decision->action == ASSAY_ACTION_JUNK;
        outcome->is_tagged |= decision->action == ASSAY_ACTION_TAG;
    } else if (decision->action == ASSAY_ACTION_REDIRECT) {
        redirect(sorting, rcpt, decision);
    } else {
        hold(sorting, rcpt, decision->action);
    }
}

static void copy(struct sorting *sorting, const struct verdict_rcpt *rcpt)
{
    const struct outcome_options *options = sorting->options;
    const GPtrArray *to =
        rcpt->copy_to != NULL ? rcpt->copy_to : options->copy_to;
    if ((options->copy_actions >> rcpt->action & 1) == 0 ||
        (options->copy_kinds >> sorting->verdict->kind & 1) == 0)
        return;
    for (unsigned i = 0; i < to->len; i++) {
        const struct verdict_rcpt *there =
            sorting_decision(sorting, to->pdata[i]);
        if (there == NULL)
            add(sorting, to->pdata[i]);
        else if (sorting_leaves(sorting, there))
            sorting->uncopied++;
    }
}

void sorting_note(const struct sorting *sorting, unsigned n, const char *what)
{
    if (n > 0)
        g_ptr_array_add(sorting->outcome->notes,
                        g_strdup_printf("%s (%u)", what, n));
}

static void note_all(const struct sorting *sorting)
{
    const struct outcome *outcome = sorting->outcome;
    sorting_note(sorting, sorting->rejects,
                 "reject for some recipients only: kept in quarantine");
    sorting_note(sorting, sorting->strips,
                 "strip is carried out as quarantine");
    sorting_note(
        sorting, sorting->homeless,
        "redirect without an address that can be used: kept in quarantine");
    sorting_note(sorting, sorting->uncopied,
                 "no copy to an address that is taken out of the envelope");
    sorting_note(sorting, sorting->twice,
                 "one address with two actions: the stricter holds");
    if (outcome->is_junk || outcome->is_tagged) {
        unsigned unmarked = 0;
        for (unsigned i = 0; i < outcome->goes_on->len; i++) {
            uint32_t action =
                sorting_decision(sorting, outcome->goes_on->pdata[i])->action;
            unmarked +=
                action != ASSAY_ACTION_JUNK && action != ASSAY_ACTION_TAG;
        }
        sorting_note(sorting, unmarked,
                     "marked for all because some recipients want it marked");
    }
}

void sorting_place_all(struct sorting *sorting)
{
    struct outcome *outcome = sorting->outcome;
    for (unsigned i = 0; i < sorting->verdict->rcpts->len; i++)
        place(sorting, sorting->session->rcpts->pdata[i]);
    for (unsigned i = 0; i < sorting->verdict->rcpts->len; i++)
        copy(sorting, sorting_rcpt(sorting, i));
    bool is_for_nobody = outcome->goes_on->len == 0 && outcome->added->len == 0;
    outcome->answer = is_for_nobody ? OUTCOME_DISCARD : OUTCOME_DELIVER;
    note_all(sorting);
}
