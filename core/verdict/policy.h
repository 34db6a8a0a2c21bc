/* SPDX-License-Identifier: MIT */
/*
 * Policy: which finding leads to which action, for whom.
 *
 * Section [policy] is the base; [policy NAME] adds conditions and overrides:
 *
 *     [policy]
 *     malware = reject
 *     failed  = defer
 *     [policy boss]
 *     rcpt = boss@example.org, *@board.example.org
 *     encrypted = accept
 *
 * For each recipient the last section in file order whose conditions all hold and
 * that sets the finding's kind decides ([policy] itself comes first wherever it
 * stands); the strictest action over all findings wins.  Every decision is explained
 * by one line of configuration.
 *
 * Spam has no action of its own: its evidence adds up to an SCL, and the thresholds
 * of [verdict] act on that; a policy section may replace them for its recipients.
 */
#ifndef VERDICT_POLICY_H
#define VERDICT_POLICY_H

#include "base/conf.h"
#include "base/option.h"
#include "mail/session.h"
#include "scan/finding.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

struct policy;

/* The option tables, NULL-terminated: [verdict] (prior, thresholds, SCL) and
 * [policy ...] (one option a kind, conditions). */
extern const struct assay_option *const verdict_options[];
extern const struct assay_option *const policy_options[];

/* conf NULL: all defaults. */
bool policy_new(const struct conf *conf, struct policy **out, GError **error);
void policy_free(struct policy *policy);

#endif
