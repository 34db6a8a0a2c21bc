/* SPDX-License-Identifier: MIT */
/*
 * The outcome: what is done with a message, once, for all its recipients together.
 *
 * A verdict has an action for each recipient; an MTA takes one answer for the message,
 * and edits of its header and envelope.  Between the two:
 *
 *     defer        for anyone: the MTA is asked to come again, for all of them.
 *                  Nothing is lost by that.
 *     reject       for all: the message is refused.  For some only: they are taken out
 *                  of the envelope and their copy is kept in quarantine.
 *     quarantine   a copy is kept, the recipient taken out
 *     discard      the same; where nobody is left the MTA is told to discard what it
 *                  has once the copy is safe
 *     redirect     the recipient is taken out, another address gets the message
 *     strip        is carried out as quarantine
 *     junk, tag    marks in the header, and there is one header: everybody whom the
 *                  message goes on to gets the strictest mark that is meant for one
 *                  of them
 *
 * Where two recipients are one address the stricter action holds for both: an MTA takes
 * out by address.  An address that is taken out is not put in again in the same breath,
 * since MTAs do not agree on what that means: mail that would be redirected there is
 * kept in quarantine.
 *
 * No recipient is lost: each is in `goes_on`, `held` or `redirected`, or the answer is
 * reject or defer.  What could not be done as it is meant is told in `notes`.
 *
 * Pure.
 */
#ifndef VERDICT_OUTCOME_H
#define VERDICT_OUTCOME_H

#include "base/conf.h"
#include "base/option.h"
#include "scan/scan.h"
#include "verdict/verdict.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* The option table of section [actions], NULL-terminated.  What it says of headers is
 * read by front/marks_options.h. */
extern const struct assay_option *const actions_options[];

/* How actions are carried out.  Embedded: outcome_options_read or _default, _clear. */
struct outcome_options {
    unsigned reject_code; /* 500 to 599 */
    unsigned defer_code;  /* 400 to 499 */
    char *reject_text;    /* with {reason}, {name} and {id} */
    char *defer_text;
    bool names_findings; /* {reason} tells their names */
    bool takes_plugin_replies;
    char *redirect_to;     /* NULL: none */
    GPtrArray *copy_to;    /* char * */
    uint32_t copy_kinds;   /* bits 1 << ASSAY_KIND_*, bit 0 is clean */
    uint32_t copy_actions; /* bits 1 << ASSAY_ACTION_* */
};

/* conf NULL: all defaults. */
bool outcome_options_read(const struct conf *conf, struct outcome_options *out,
                          GError **error);
void outcome_options_default(struct outcome_options *out);
void outcome_options_clear(struct outcome_options *options);

enum outcome_answer {
    OUTCOME_DELIVER, /* to goes_on and added: to nobody only where the session
                        names no recipients */
    OUTCOME_REJECT,
    OUTCOME_DEFER,
    OUTCOME_DISCARD, /* everybody is held: only when the copy is safe */
};

/* Who is taken out of the envelope, and a copy for him is kept. */
struct outcome_held {
    const char *rcpt; /* lent by the session */
    uint32_t action;  /* ASSAY_ACTION_*: what was meant */
};

/* Who is taken out of the envelope, and another address stands in. */
struct outcome_redirected {
    const char *rcpt; /* lent by the session */
    char *to;
};

/*
 * Owned by its caller; lends the session's recipients.
 */
struct outcome {
    enum outcome_answer answer;
    /* The reply of REJECT and DEFER (RFC 5321 4.2, RFC 3463): text is one line of
     * printable ASCII; NULL with other answers. */
    unsigned code;
    char *enhanced;
    char *text;
    GPtrArray *goes_on;    /* const char *, lent by the session */
    GPtrArray *held;       /* struct outcome_held */
    GPtrArray *redirected; /* struct outcome_redirected */
    GPtrArray *added; /* char *: addresses put into the envelope, each once */
    bool is_tagged;
    bool is_junk;
    /* Goes on although somebody who should have looked did not; `unscanned_by` says
     * who: printable ASCII. */
    bool is_unscanned;
    char *unscanned_by;
    GPtrArray *notes; /* char *: one sentence each, a few at most; may hold
                         addresses, so escape where it is shown */
};

struct outcome *outcome_new(const struct outcome_options *options,
                            const struct verdict *verdict,
                            const struct scan *scan);
/* The same by a verdict that was made elsewhere (verdict_new_told). */
struct outcome *outcome_new_told(const struct outcome_options *options,
                                 const struct verdict *verdict,
                                 const struct session *session);
/* For a message that goes on although there is no verdict about it, which somebody has
 * chosen in words: DELIVER to everybody, marked as unscanned.  `why`: "larger than ...". */
struct outcome *outcome_without_verdict(const struct session *session,
                                        const char *why);
/*
 * For a step of a session before there is a message: of the client, or of the last
 * recipient where there is one.  REJECT or DEFER with their reply, or DELIVER: it goes
 * on, and everything else is decided with the message.
 */
struct outcome *outcome_step(const struct outcome_options *options,
                             const struct verdict *verdict,
                             const struct session *session);
void outcome_free(struct outcome *outcome);

/* "deliver", "reject", "defer", "discard". */
const char *outcome_answer_name(enum outcome_answer answer);

#endif
