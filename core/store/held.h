/* SPDX-License-Identifier: MIT */
/*
 * What operators ask of the quarantine: to find, read and delete what is held.
 */
#ifndef STORE_HELD_H
#define STORE_HELD_H

#include "store/kept.h"
#include "store/quarantine.h"
#include "store/row.h"
#include "store/search.h"

#include <glib.h>

#include <stdbool.h>

enum {
    HELD_PREFIX_MIN = 4 /* digits of an id that may stand for all of it */
};

/* struct row, newest first; yours. */
bool held_search(struct quarantine *q, const struct search *search,
                 GPtrArray **rows, GError **error);
/* By its id, or the first digits of it where only one begins so; `out` is yours. */
bool held_find(struct quarantine *q, const char *id, struct row *out,
               GError **error);
/* From its file: what is known, and the message (raw NULL: not wanted).  Yours. */
bool held_read(struct quarantine *q, const char *id, struct kept *kept,
               GBytes **raw, GError **error);
/* What was done with it, from its file; for so many recipients.  Yours. */
bool held_state(struct quarantine *q, const char *id, unsigned rcpt_n,
                struct state *out, GError **error);
/* Not while it is being released. */
bool held_delete(struct quarantine *q, const char *id, GError **error);

#endif
