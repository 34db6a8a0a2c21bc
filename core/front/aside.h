/* SPDX-License-Identifier: MIT */
/*
 * Work that waits for a disk, done aside: in one thread, one piece after the other, so
 * that the loop goes on meanwhile.
 *
 * A piece of work owns all that it looks at: nothing of it is looked at by the loop
 * until it is done.
 */
#ifndef FRONT_ASIDE_H
#define FRONT_ASIDE_H

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>

struct aside;

/* One piece.  Both are called with `self`, each once. */
struct aside_work {
    void (*work)(void *self); /* in the thread */
    void (*done)(void *self); /* in the loop, from aside_take */
    void *self;
};

bool aside_open(struct aside **out, GError **error);
/* Finishes what it has, says so, and ends; NULL is fine. */
void aside_free(struct aside *aside);

void aside_do(struct aside *aside, const struct aside_work *work);
/* Readable when something is done. */
int aside_fd(const struct aside *aside);
/* Tells of what is done. */
void aside_take(struct aside *aside);
/* Pieces that are not taken yet. */
size_t aside_open_work(const struct aside *aside);

#endif
