/* SPDX-License-Identifier: MIT */
/*
 * What became of a held message: the file ID.state beside it, rewritten whole at each
 * step and on the disk before the step is taken.  It is what counts; the index only
 * repeats it.  A message without the file is held.
 *
 *     HELD ──► RELEASING ──► RELEASED     the mail server has taken it for everybody
 *      ▲           │──► REFUSED           it has not, for somebody: its answer is here
 *      └───────────┴──► UNKNOWN           we died, or the server fell silent, between
 *                                         the message's end and the answer
 */
#ifndef STORE_STATE_H
#define STORE_STATE_H

#include "store/place.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* Of a message; the numbers are in files.  From LOST on only the index has them. */
enum state_now {
    STATE_HELD = 0,
    STATE_RELEASING = 1,
    STATE_UNKNOWN = 2,
    STATE_RELEASED = 3,
    STATE_REFUSED = 4,
    STATE_LOST = 5,    /* the index knows it, its file is gone */
    STATE_DELETING = 6 /* its file is about to go */
};

/* Of one recipient. */
enum state_rcpt_now {
    STATE_RCPT_HELD = 0,
    STATE_RCPT_ACCEPTED = 1,
    STATE_RCPT_REFUSED = 2,
    STATE_RCPT_UNKNOWN = 3
};

/* One recipient, in the order of struct kept's.  Owned by its state. */
struct state_rcpt {
    enum state_rcpt_now now;
    char *answer; /* the mail server's, clean text; NULL: none */
};

/* What was done, when, and who did it. */
struct state_step {
    int64_t time_s;
    uint32_t uid;
    bool is_anyway; /* although a scan says that it is still bad */
    bool is_again;  /* although it was, or may have been, delivered */
    enum state_now now;
    char *text; /* clean; may be "" */
};

enum {
    STATE_STEPS_MAX = 1000 /* older ones are dropped */
};

/* Owned by whoever read it; zeroed memory is valid: held, nothing was done. */
struct state {
    enum state_now now;
    bool is_committing; /* RELEASING: from here on the server may have it */
    GPtrArray *rcpts;   /* struct state_rcpt */
    GPtrArray *steps;   /* struct state_step, oldest first */
};

/* For a message of so many recipients; HELD where there is no file.  False: it cannot
 * be read, or is damaged. */
bool state_read(const struct place *place, const char *id, unsigned rcpt_n,
                struct state *out, GError **error);
/* On the disk when it returns. [locked] */
bool state_write(struct place *place, const char *id, const struct state *state,
                 GError **error);
void state_clear(struct state *state);

/* Appends a copy of a step, and sets `now`. */
void state_add_step(struct state *state, const struct state_step *step);
/* The last step's text, lent; "" where nothing was done. */
const char *state_answer(const struct state *state);

/* All of it is unknown, and why: a damaged file. */
void state_set_unknown(struct state *state, unsigned rcpt_n, const char *why);
/* RELEASING, and nobody is at it: what is known then.  False: it was not. */
bool state_recover(struct state *state, int64_t now_s);

/* "held", "releasing", ... */
const char *state_name(enum state_now now);
/* True with the state of that name. */
bool state_by_name(const char *name, enum state_now *out);
/* "held", "accepted", "refused", "unknown" */
const char *state_rcpt_name(enum state_rcpt_now now);

/* For fuzzing: the bytes of such a file. */
bool state_unpack(const void *p, size_t n, unsigned rcpt_n, struct state *out);

#endif
