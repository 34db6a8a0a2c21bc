/* SPDX-License-Identifier: MIT */
/*
 * Recipients put where they belong, for outcome.c.  Private to core/verdict.
 */
#ifndef VERDICT_SORTING_H
#define VERDICT_SORTING_H

#include "verdict/outcome.h"

#include <glib.h>

/* What is worked out before anybody is put anywhere.  On the stack of outcome_new. */
struct sorting {
    const struct outcome_options *options;
    const struct verdict *verdict;
    const struct session *session;
    struct outcome *outcome;
    /* Lower-case address -> struct verdict_rcpt *, the strictest of that address;
     * owns its keys. */
    GHashTable *strictest;
    /* How often something was not done as it was meant. */
    unsigned strips;
    unsigned rejects;
    unsigned homeless; /* redirects without an address that can be used */
    unsigned twice;    /* one address with two actions */
    unsigned uncopied;
};

/* Fills `strictest`. */
void sorting_find_strictest(struct sorting *sorting);
/* The verdict on recipient `i`, and the decision that holds for an address (NULL: it is
 * no recipient). */
const struct verdict_rcpt *sorting_rcpt(const struct sorting *sorting,
                                        unsigned i);
const struct verdict_rcpt *sorting_decision(const struct sorting *sorting,
                                            const char *address);
/* Is a recipient with that decision taken out of the envelope? */
bool sorting_leaves(const struct sorting *sorting,
                    const struct verdict_rcpt *rcpt);
/* Everybody and all copies, when the message is not refused as a whole. */
void sorting_place_all(struct sorting *sorting);
/* A note with its number, unless that is 0. */
void sorting_note(const struct sorting *sorting, unsigned n, const char *what);

#endif
