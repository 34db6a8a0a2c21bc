/* SPDX-License-Identifier: MIT */
/*
 * What may be set in [verdict] and [policy ...], and why it is as it is.
 */
#include "verdict/policy.h"

/* clang-format off */
#define OPTION(spelled, kind, initial, text)                                    \
    .struct_size = sizeof(struct assay_option), .type = ASSAY_OPTION_##kind,    \
    .name = (spelled), .default_text = (initial), .help = (text)
/* clang-format on */

static const char *const actions[] = {
    "accept", "tag",    "junk",    "strip",  "redirect", "quarantine",
    "defer",  "reject", "discard", "advice", NULL,
};

static const char *const gateway_actions[] = {
    "accept",     "tag",    "junk",    "redirect",
    "quarantine", "reject", "discard", NULL,
};

static const char *const directions[] = {"in", "out", NULL};

static const char *const consensuses[] = {"any", "all", "count", "weight",
                                          NULL};

static const char *const biases[] = {
    "max-certainty",     "favor-certainty", "neutral",
    "favor-performance", "max-performance", NULL,
};

#define PRIOR_HELP                                                             \
    "Percent of mail that is spam before anything is known about it. What "    \
    "plugins find is added to it as log-odds. Raise it where most mail that "  \
    "arrives is spam."
#define GATEWAY_HELP                                                           \
    "Mail of this SCL or more gets gateway_action; 10 switches it off. Only "  \
    "9, spam beyond doubt, by default: a lower value loses more good mail "    \
    "than it saves work."
#define GATEWAY_ACTION_HELP                                                    \
    "What happens to mail at the gateway threshold. A rejected sender is "     \
    "told at once and nothing is lost silently; discard loses it."
#define JUNK_HELP                                                              \
    "Mail above this SCL goes to the junk folder: with 4, from 5 on. 9 "       \
    "switches it off. Keep it below gateway_threshold."

static const struct assay_option verdict_table[] = {
    {OPTION("prior", INT, "5", PRIOR_HELP), .min = 1, .max = 99},
    {OPTION("gateway_threshold", INT, "9", GATEWAY_HELP), .min = 0, .max = 10},
    {OPTION("gateway_action", CHOICE, "reject", GATEWAY_ACTION_HELP),
     .choices = gateway_actions},
    {OPTION("junk_threshold", INT, "4", JUNK_HELP), .min = 0, .max = 9},
    {OPTION("rate_trusted", BOOL, "no",
            "Rate authenticated mail and mail from trusted networks too. By "
            "default it has SCL -1 and the thresholds do not touch it; turn it "
            "on when stolen accounts are your worry.")},
    {OPTION("malware_confidence", INT, "50",
            "Malware that its engine is less sure of than so many percent "
            "counts as suspicious: heuristics and unwanted programs should not "
            "be treated like a known virus."),
     .min = 1, .max = 100},
    {OPTION("consensus", CHOICE, "any",
            "When several malware engines looked at something: any one that "
            "finds malware decides; or all that answered; or engines_needed of "
            "them (count); or more than half of their weights (weight). "
            "Malware without a consensus counts as suspicious, never as "
            "clean."),
     .choices = consensuses},
    {OPTION("engines_needed", INT, "2",
            "With consensus = count: how many malware engines must agree."),
     .min = 1, .max = 64},
    {OPTION("weights", TEXT, "",
            "With consensus = weight: plugin:weight from 0 to 1000, such as "
            "clamav:3; a plugin that is not named weighs 1."),
     .flags = ASSAY_OPTION_LIST},
    {OPTION("veto", TEXT, "",
            "Plugins whose finding of malware decides alone, whatever the "
            "others say."),
     .flags = ASSAY_OPTION_LIST},
    {OPTION("bias", CHOICE, "max-certainty",
            "How many malware engines must have answered when one of them "
            "failed: all of them (max-certainty), all that did not fail "
            "(favor-certainty), half (neutral), a quarter (favor-performance) "
            "or one (max-performance). Where enough have, the failure only "
            "informs; else it stays failed."),
     .choices = biases},
};

static const struct assay_option policy_table[] = {
    {OPTION("malware", CHOICE, "reject",
            "Known malware. Rejected, the sender learns of it and the mail is "
            "not lost if the engine errs."),
     .choices = actions},
    {OPTION("phishing", CHOICE, "quarantine",
            "Mail that wants passwords or money by pretence. Engines err here "
            "more often than with malware, so it is kept for a look."),
     .choices = actions},
    {OPTION("suspicious", CHOICE, "quarantine",
            "Heuristics, unwanted programs, malware of low confidence or "
            "without consensus."),
     .choices = actions},
    {OPTION("policy", CHOICE, "advice",
            "The site's own rules, attachments above all. advice: as the "
            "plugin that knows the rule advises (but never discard), and "
            "quarantine where it does not."),
     .choices = actions},
    {OPTION("spoof", CHOICE, "junk",
            "The sender is not who the mail says. Forwarding and mailing lists "
            "break the proofs too, so it is not rejected by default."),
     .choices = actions},
    {OPTION("encrypted", CHOICE, "tag",
            "Content that nobody could look into. Many offices send encrypted "
            "archives; set quarantine where yours does not."),
     .choices = actions},
    {OPTION("partial", CHOICE, "quarantine",
            "Not all of it could be looked at: a bound was reached, or a part "
            "is damaged. Bombs end here."),
     .choices = actions},
    {OPTION("failed", CHOICE, "defer",
            "A plugin failed, so its answer is missing. The sender tries again "
            "later, when the plugin may work: no mail is lost and none passes "
            "unseen."),
     .choices = actions},
    {OPTION("anomaly", CHOICE, "tag",
            "Broken or ambiguous in a way that can hide things from one reader "
            "and show them to another."),
     .choices = actions},
    {OPTION("info", CHOICE, "accept", "Worth telling, no reason to act."),
     .choices = actions},
    {OPTION("gateway_threshold", INT, NULL,
            "As in [verdict], for this section."),
     .min = 0, .max = 10},
    {OPTION("gateway_action", CHOICE, NULL, "As in [verdict]."),
     .choices = gateway_actions},
    {OPTION("junk_threshold", INT, NULL, "As in [verdict]."), .min = 0,
     .max = 9},
    {OPTION("redirect_to", TEXT, NULL,
            "Where mail goes whose action is redirect, instead of to this "
            "section's recipients; of all that fit the last one counts. "
            "Without it [actions] redirect_to.")},
    {OPTION("copy_to", TEXT, NULL,
            "Who gets a copy, instead of [actions] copy_to; copy_kinds and "
            "copy_actions there say of which mail. Nothing: nobody does."),
     .flags = ASSAY_OPTION_LIST},
    {OPTION("direction", CHOICE, NULL,
            "Condition: only mail that comes in, or only mail that goes out."),
     .choices = directions},
    {OPTION("rcpt", TEXT, NULL,
            "Condition: only for these recipients. * stands for anything, "
            "case is ignored: boss@example.org, "
            "*@board.example.org."),
     .flags = ASSAY_OPTION_LIST},
    {OPTION("sender", TEXT, NULL,
            "Condition: only mail from these envelope senders, as rcpt; <> is "
            "the null sender. Senders are easily forged: do not accept "
            "anything dangerous by it."),
     .flags = ASSAY_OPTION_LIST},
    {OPTION("plugin", TEXT, NULL,
            "Condition: only findings of these plugins (core for Assay's "
            "own)."),
     .flags = ASSAY_OPTION_LIST},
    {OPTION("name", TEXT, NULL,
            "Condition: only findings with these names: attachment.level2, "
            "Heuristics.*."),
     .flags = ASSAY_OPTION_LIST},
    {OPTION("min_confidence", INT, NULL,
            "Condition: only findings that are at least so sure, in percent."),
     .min = 1, .max = 100},
    {OPTION("max_confidence", INT, NULL,
            "Condition: only findings that are at most so sure, in percent."),
     .min = 1, .max = 100},
};

const struct assay_option *const verdict_options[] = {
    &verdict_table[0], &verdict_table[1], &verdict_table[2],  &verdict_table[3],
    &verdict_table[4], &verdict_table[5], &verdict_table[6],  &verdict_table[7],
    &verdict_table[8], &verdict_table[9], &verdict_table[10], NULL,
};
_Static_assert(G_N_ELEMENTS(verdict_options) == G_N_ELEMENTS(verdict_table) + 1,
               "every option is in the list");

const struct assay_option *const policy_options[] = {
    &policy_table[0],
    &policy_table[1],
    &policy_table[2],
    &policy_table[3],
    &policy_table[4],
    &policy_table[5],
    &policy_table[6],
    &policy_table[7],
    &policy_table[8],
    &policy_table[9],
    &policy_table[10],
    &policy_table[11],
    &policy_table[12],
    &policy_table[13],
    &policy_table[14],
    &policy_table[15],
    &policy_table[16],
    &policy_table[17],
    &policy_table[18],
    &policy_table[19],
    &policy_table[20],
    &policy_table[21],
    NULL,
};
_Static_assert(G_N_ELEMENTS(policy_options) == G_N_ELEMENTS(policy_table) + 1,
               "every option is in the list");
