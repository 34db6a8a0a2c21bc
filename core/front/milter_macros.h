/* SPDX-License-Identifier: MIT */
/*
 * What the MTA has told by macros, stage by stage.
 *
 * An MTA sends a stage's macros before the stage, and anew for each recipient; the last
 * set of a stage counts.  A name is looked up from the latest stage to the earliest: a
 * queue id that Postfix has only from the first recipient on is found at the end.
 * Sets are kept as they came, at most MILTER_DATA_MAX bytes each.
 */
#ifndef FRONT_MILTER_MACROS_H
#define FRONT_MILTER_MACROS_H

#include "front/milter_codec.h"

#include <glib.h>

/* In the order of a session. */
enum milter_set {
    MILTER_SET_CONNECT,
    MILTER_SET_HELO,
    MILTER_SET_MAIL, /* from here on: of one message */
    MILTER_SET_RCPT,
    MILTER_SET_DATA,
    MILTER_SET_HEADER,
    MILTER_SET_EOH,
    MILTER_SET_BODY,
    MILTER_SET_END,
    MILTER_SETS
};

/* Embedded; zeroed memory is none.  Owned by its session. */
struct milter_macros {
    GByteArray *sets[MILTER_SETS]; /* NULL: none; pairs of strings */
};

/* Replaces the set of what comes before `command`; other commands' are dropped. */
void milter_macros_set(struct milter_macros *macros, uint8_t command,
                       const struct milter_strings *pairs);
/* Forgets the sets from `from` on. */
void milter_macros_clear(struct milter_macros *macros, enum milter_set from);
/* By name without braces, lent until the sets change; NULL: not told.  "" is told and
 * empty. */
const char *milter_macros_get(const struct milter_macros *macros,
                              const char *name);

#endif
