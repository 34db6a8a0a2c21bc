/* SPDX-License-Identifier: MIT */
/*
 * Marks: what is changed about a message that goes on, as a list of edits.
 *
 * First goes what others have written in our name: each X-Assay-*, Authentication-Results
 * that bear our authserv-id or might be read so (front/authserv_id.h), and what
 * [actions] remove_headers names.  Then come ours:
 *
 *     X-Assay-SCL        -1 (trusted), 0 to 9: the highest of those it goes on to
 *     X-Assay-Report     front/report_header.h
 *     X-Assay-Junk       "yes" where the action is junk: for Sieve, see
 *                        front/sieve/assay-junk.sieve; else missing
 *     X-Assay-Unscanned  who did not look, where it goes on all the same
 *     X-Assay-Stamp      front/stamp_header.h
 *     Subject            with a tag before it (front/subject_tag.h): each of them, or a
 *                        new one where there is none
 *
 * and what plugins have proposed about other header fields, as far as it does not touch
 * these; recipients that are held or redirected are taken out, redirects and copies put
 * in.
 *
 * The message's own header is walked once, without being kept; edits are bounded.  The
 * indexes are those of the milter protocol (front/milter_edit.h).
 */
#ifndef FRONT_MARKS_H
#define FRONT_MARKS_H

#include "front/marks_options.h"
#include "front/milter_edit.h"
#include "scan/scan.h"
#include "verdict/outcome.h"
#include "verdict/verdict.h"

#include <glib.h>

#include <stddef.h>
#include <stdint.h>

enum {
    MARKS_REMOVED_MAX = 10000,   /* forged fields of one message */
    MARKS_NAME_MAX = 998,        /* bytes of a forged field's name */
    MARKS_PROPOSED_MAX = 64,     /* edits that plugins may get through */
    MARKS_PROPOSED_SIZE = 16384, /* bytes of one value */
};

/* The edits and the texts that they lend.  Owned by its caller. */
struct marks;

/*
 * For a message whose outcome is DELIVER, which must outlive it; the rest is lent to the
 * call.  NULL: there are more forged fields than can be removed, or longer
 * ones, so that it must not go on: reject it.
 */
struct marks *marks_new(const struct marks_options *options, GBytes *raw,
                        const struct scan *scan, const struct verdict *verdict,
                        const struct outcome *outcome);

/* A message that was not scanned here: `verdict` is what a stamp claims (stamp_claim_verdict),
 * or NULL where nobody has scanned it (outcome_without_verdict). */
struct marks_unscanned {
    GBytes *raw;
    const struct session *session;
    const struct verdict *verdict;
    const struct outcome *outcome;
    /* When it was scanned: a stamp that is passed on gets no younger. */
    int64_t scanned_s;
};

struct marks *marks_new_unscanned(const struct marks_options *options,
                                  const struct marks_unscanned *of);
void marks_free(struct marks *marks);

/* Lent until marks_free. */
const struct milter_edit *marks_edits(const struct marks *marks, size_t *n);
/* How many proposals of plugins were not carried out: of a kind that is not, about a
 * field that is ours or is not there, one too many. */
unsigned marks_refused(const struct marks *marks);

/* The actions (enum milter_action) that all of it needs. */
uint32_t marks_actions(void);

#endif
