/* SPDX-License-Identifier: MIT */
/*
 * What the client of a refused message is told.  Private to core/verdict.
 *
 * A postmaster reads it in a bounce: in words why, and what to ask for.  Names of
 * findings come from plugins and from mail: they are cut, and what is not printable
 * ASCII is replaced.
 */
#ifndef VERDICT_OUTCOME_REPLY_H
#define VERDICT_OUTCOME_REPLY_H

#include "verdict/outcome.h"

/* Nothing is done with anybody yet. */
struct outcome *outcome_new_empty(void);

/* Sets code, enhanced and text for outcome->answer, which is REJECT or DEFER. */
void outcome_reply_set(struct outcome *outcome,
                       const struct outcome_options *options,
                       const struct because *because,
                       const struct session *session);
/* Is it a text for reject_text or defer_text?  Else false, and *wrong, static, is what
 * would be right. */
bool outcome_reply_check(const char *text, const char **wrong);

/* Appends what is printable ASCII of `text`, ? for the rest, at most `max` bytes. */
void outcome_reply_append(GString *to, const char *text, size_t max);

#endif
