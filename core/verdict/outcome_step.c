/* SPDX-License-Identifier: MIT */
#include "verdict/outcome.h"
#include "verdict/outcome_reply.h"

static enum outcome_answer answer_for(uint32_t action)
{
    if (action == ASSAY_ACTION_REJECT)
        return OUTCOME_REJECT;
    return action == ASSAY_ACTION_DEFER ? OUTCOME_DEFER : OUTCOME_DELIVER;
}

struct outcome *outcome_step(const struct outcome_options *options,
                             const struct verdict *verdict,
                             const struct session *session)
{
    struct outcome *outcome = outcome_new_empty();
    uint32_t action = verdict->action;
    const struct because *because = &verdict->because;
    if (verdict->rcpts->len > 0) {
        const struct verdict_rcpt *last = &g_array_index(
            verdict->rcpts, struct verdict_rcpt, verdict->rcpts->len - 1);
        action = last->action;
        because = &last->because;
    }
    outcome->answer = answer_for(action);
    if (outcome->answer != OUTCOME_DELIVER)
        outcome_reply_set(outcome, options, because, session);
    return outcome;
}
