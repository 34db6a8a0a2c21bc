/* SPDX-License-Identifier: MIT */
/*
 * What befalls the mail path: kills, a full disk, new signatures; each so many times, in
 * an order that chance makes, spread over the mails.
 */
#ifndef TORTURE_MAIL_DECK_H
#define TORTURE_MAIL_DECK_H

#include "hunt.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
    DECK_FULL_DISK = HUNT_TARGETS, /* beside the targets of hunt.h */
    DECK_RELOAD,
    DECK_EVENTS
};

/* How many of each there are to be, and how it is done.  Lent for good. */
struct deck_plan {
    unsigned kills;  /* of each target */
    unsigned faults; /* full disks, and reloads */
    size_t mails;
    const char *fill; /* a file on the disk that is to be full; NULL: none is */
    uint32_t seed;
};

struct deck;

struct deck *deck_new(const struct deck_plan *plan);
void deck_free(struct deck *deck);
/* Does what is due after `settled` mails, `in_flight` of others being under way. */
void deck_serve(struct deck *deck, const struct hunt_roots *roots,
                size_t settled, size_t in_flight);
/* The disk has room again. */
void deck_calm(struct deck *deck);
/* "kills_front=3 kills_front_busy=2 ... full_disks=1 reloads=1" */
void deck_write(const struct deck *deck, FILE *to);
/* Was everything done that was planned, kills mostly with mail under way? */
bool deck_is_done(const struct deck *deck);

#endif
