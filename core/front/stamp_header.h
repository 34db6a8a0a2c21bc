/* SPDX-License-Identifier: MIT */
/*
 * X-Assay-Stamp: what one Assay has found, for the next one on the way.
 *
 *     X-Assay-Stamp: v=1; k=2026a; t=1790000000; h=mx1.example.org; kind=clean; scl=3;
 *      a=accept; w=assay/0.1.0,clamav/1.0.7/27400; b=HMAC
 *
 *     k    id of the key            t    Unix time         h    the host that looked
 *     kind, scl, a    the verdict's kind, SCL and action   w    versions of what looked
 *     b    HMAC-SHA-256 in lower-case hexadecimal, over "assay-stamp-1" and, each with its
 *          length (64 bits, big endian) before it: the content digest
 *          (front/content_digest.h) of the message as it leaves, and the values of all
 *          items from k to w as they stand
 *
 * In this order and no other; between items "; " or a semicolon and a fold of CRLF and
 * a tab.
 *
 * A stamp is believed only from a peer, which the client's address tells; only for the
 * very content; only while it is younger than max_age, and not from the future; and only
 * when it is the only one.  Where it is believed the message is not scanned again.
 *
 * It says that a message was scanned, never that it needs no scan: it is made of a
 * verdict with an SCL from 0 on, of kind clean, info, anomaly or spam, after which
 * nobody is missing who should have looked, and it is accept, tag or junk.  So it
 * carries neither trust nor an exception.
 *
 * Whom mail goes on to is known here by recipient only, not by host: it is stamped when
 * all recipients, redirects and copies fit [stamp] rcpts, the mailboxes behind
 * peers.  Incoming stamps are removed in any case (front/marks.h), so that what
 * goes elsewhere bears none.  Where a route is changed behind our back a stamp may reach
 * a stranger: he learns from it what it says, and can use it nowhere.
 */
#ifndef FRONT_STAMP_HEADER_H
#define FRONT_STAMP_HEADER_H

#include "front/milter_edit.h"
#include "front/stamp_options.h"
#include "mail/session.h"
#include "verdict/outcome.h"
#include "verdict/verdict.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a stamp says.  Plain value. */
struct stamp_claim {
    uint32_t kind;   /* ASSAY_KIND_*, 0: clean */
    int scl;         /* 0 to 9 */
    uint32_t action; /* ASSAY_ACTION_ACCEPT, _TAG, _JUNK */
    int64_t time_s;
    char key_id[STAMP_ID_MAX + 1];
    char host[STAMP_HOST_MAX + 1];
    char versions[STAMP_VERSIONS_MAX + 1];
};

/* The field's value, yours, for the message as it is after those edits; the claim's key,
 * host and versions are set from the options.  NULL: the claim is none that a stamp may
 * make, or there is no key. */
char *stamp_header_make(const struct stamp_options *options, GBytes *raw,
                        const struct milter_edit *edits, size_t n,
                        struct stamp_claim *claim);

/* Does every recipient that the message goes on to fit [stamp] rcpts? */
bool stamp_header_is_for(const struct stamp_options *options,
                         const struct outcome *outcome);

/* Is there a stamp in this message by a key of ours, fresh, content unchanged, from a
 * peer?  Then: its claim.  False: scan it. */
bool stamp_header_honoured(const struct stamp_options *options, GBytes *raw,
                           const struct session *session, int64_t now_s,
                           struct stamp_claim *out);

/* The verdict that it amounts to, the same for each recipient; yours, lends from the
 * session. */
struct verdict *stamp_claim_verdict(const struct stamp_claim *claim,
                                    const struct session *session);

#endif
