/* SPDX-License-Identifier: MIT */
/*
 * Releasing a held message: it goes to the mail server, and what that answered is kept.
 *
 *     1  ID.state: releasing              the server cannot have it
 *     2  the dialogue up to the end of the message
 *     3  ID.state: releasing, committing  from here on it may
 *     4  the end, and the answers
 *     5  ID.state: released, refused or unknown; then the index
 *
 * A death up to 3 leaves a message that is held; between 3 and 5 one whose fate is
 * unknown, which is never tried again unless it is asked for in words.  A recipient for
 * whom the server has taken it once is not sent it a second time.
 */
#ifndef STORE_RELEASE_H
#define STORE_RELEASE_H

#include "store/quarantine.h"
#include "store/state.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* How.  Lent. */
struct release_how {
    bool is_again;  /* although it was released, or its fate is unknown */
    bool is_anyway; /* although a scan says that it is bad */
    /* What that scan says, ASSAY_KIND_*; else what it was held as. */
    uint32_t kind;
    /* That scan's, a JSON array; NULL: those it was held for. */
    const char *findings;
    uint32_t uid; /* who wants it */
    int64_t now_s;
};

/* How it ended. */
enum release_end {
    RELEASE_DONE,    /* taken for everybody: now */
    RELEASE_ALREADY, /* taken for everybody: before; nothing was sent */
    RELEASE_REFUSED, /* not taken for somebody; may be tried again */
    RELEASE_UNKNOWN, /* its fate is not known: now, or (was_unknown) before */
};

/* What came of it.  Yours: state_clear(). */
struct release_told {
    enum release_end end;
    bool was_unknown; /* nothing was sent */
    bool was_asked;   /* a front of ours was asked about what was sent before */
    struct state state;
};

/* False: nobody could be handed it, it is being released by somebody else, or it cannot
 * be read; its state is what it was, or held. */
bool release_run(struct quarantine *q, const char *id,
                 const struct release_how *how, struct release_told *out,
                 GError **error);

#endif
