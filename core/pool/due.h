/* SPDX-License-Identifier: MIT */
/*
 * Due times: which of many comes next, without a walk over all of them.
 *
 * A binary heap.  Entries are embedded in what is due and know their place in it, so
 * that one can be taken out whenever its owner goes: putting and dropping cost the
 * logarithm of how many there are, a look at the first nothing.
 *
 *     first ─► items[0]           each entry is due no sooner than the one above it:
 *              ├─ items[1]        items[(i - 1) / 2]
 *              │  ├─ items[3]
 *              │  └─ items[4]
 *              └─ items[2]
 */
#ifndef POOL_DUE_H
#define POOL_DUE_H

#include <glib.h>

#include <stdint.h>

/* One time.  Embedded in its owner; zeroed memory is in no heap. */
struct due {
    uint64_t at_ns;
    void *owner;    /* set before it is put */
    unsigned place; /* in its heap, from 1; 0: in none */
};

/* Owned by whoever waits.  Entries must outlive it or be dropped before they end. */
struct due_heap {
    GPtrArray *items; /* struct due */
};

void due_init(struct due_heap *heap);
/* What is still in it is in none from now on. */
void due_clear(struct due_heap *heap);

/* It is due at that time; one that is in this heap already is moved. */
void due_put(struct due_heap *heap, struct due *due, uint64_t at_ns);
/* Takes it out; nothing where it is in none. */
void due_drop(struct due_heap *heap, struct due *due);
/* The next one, NULL: none.  Of equal ones any. */
const struct due *due_first(const struct due_heap *heap);
/* Owner of the next one that is due at `now_ns`, taken out; NULL: none is. */
void *due_take(struct due_heap *heap, uint64_t now_ns);

#endif
