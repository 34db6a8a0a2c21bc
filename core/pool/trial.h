/* SPDX-License-Identifier: MIT */
/*
 * After a death: whom to blame, and how to give the same message to another worker.
 *
 * Pure: deaths in, the next try out.  Plugins are named by their scanner's interned
 * name, which stays good over a reload.
 *
 *     WHOLE ── dies in X ──► (X alone in its class, or it did not return) ─► WITHOUT X
 *       │                └─► ALONE X ── dies again ──► X is to blame ──────► WITHOUT X
 *       │                        └───── lives ──► somebody else's memory? ──► WHOLE again
 *       │                                          a second death there ───► HELD
 *       ├─ dies in core itself ──► WHOLE once more, then HELD
 *       └─ killed from outside ──► WHOLE again, at most OUTSIDE_MAX times
 *     WITHOUT X ── dies in Y ──► HELD: a message that kills twice is held aside
 *
 * Guests, whose death does not end the scan, count too: the scan goes on without asking
 * the first that died of it; after that a death in anybody else, here or there, is HELD.
 *
 * An answer always comes of it: with a finding `failed` in the name of everybody who
 * was left out, and in core's name where the message was held.
 */
#ifndef POOL_TRIAL_H
#define POOL_TRIAL_H

#include "pool/crumb.h"
#include "scan/scan.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

enum death_cause {
    DEATH_SIGNAL,  /* `number` is the signal */
    DEATH_EXIT,    /* `number` is the status */
    DEATH_TIMEOUT, /* the plugin's call, or the scan, did not return in time */
    DEATH_DENIED,  /* a forbidden system call, `number` */
    DEATH_MEMORY,  /* by signal `number`, when it had got no more (starved.h) */
    DEATH_TRAY,    /* it wrote nonsense into its tray */
    DEATH_OUTSIDE, /* killed, but not by us */
};

/* One death.  Plain value. */
struct death {
    const char *scanner; /* interned; NULL: core itself */
    enum death_cause cause;
    int number;
    char where[CRUMB_WHERE_SIZE]; /* path of the object, clean */
};

enum trial_step {
    TRIAL_WHOLE,
    TRIAL_ALONE,   /* only trial->suspect */
    TRIAL_WITHOUT, /* without trial->guilty */
    TRIAL_HELD,    /* no more tries: it is answered with what is known */
};

enum {
    TRIAL_OUTSIDE_MAX = 3
};

/* Where one message stands.  Zeroed memory is a message that nothing has happened
 * to. */
struct trial {
    enum trial_step step;
    const char *suspect; /* ALONE */
    struct death guilty; /* WITHOUT, HELD: the first that was blamed */
    struct death last;   /* HELD: what came on top of it */
    struct death guest;  /* the first that ended a guest */
    bool has_guilty;
    bool has_guest;
    bool was_alone;   /* the suspect has been tried alone and lived */
    bool core_died;   /* once */
    unsigned outside; /* deaths that are nobody's */
    unsigned tries;   /* workers that it was given to */
};

/* The worker died on it.  `has_neighbours`: other plugins run in the same process.
 * True: `*blamed` was the plugin's doing (NULL: nobody's yet). */
const char *trial_died(struct trial *trial, const struct death *death,
                       bool has_neighbours);
/* A guest died on it, in which death->scanner was on duty.  True: the scan goes on
 * without it; false: the message is HELD. */
bool trial_guest_died(struct trial *trial, const struct death *death);
/* Has this plugin, by its interned name, ended a guest over the message? */
bool trial_spares(const struct trial *trial, const char *plugin);
/* The try went well.  False: another one is needed (ALONE proves, it answers
 * nothing). */
bool trial_lived(struct trial *trial);

/* The words of a death: "ended by SIGSEGV while it looked at 2!a.zip". */
char *death_text(const struct death *death);
/* "crash", "timeout", "denied", "memory", "killed": the finding's name. */
const char *death_name(const struct death *death);

/* Adds the findings to a result. */
void trial_tell(const struct trial *trial, struct scan *scan);

/* Adds one finding `failed`; `plugin` NULL: core. */
void trial_add_failed(struct scan *scan, const char *plugin, const char *name,
                      const char *text);

#endif
