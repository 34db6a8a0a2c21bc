/* SPDX-License-Identifier: MIT */
/*
 * Kills workers of a pool at random, and now and then a zygote, and remembers when: for
 * a class that has lost its zygote there is a time without workers.
 */
#ifndef TORTURE_KILLER_H
#define TORTURE_KILLER_H

#include "pool/pool.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* Owned by the torture. */
struct killer {
    const struct pool *pool;
    GRand *random;
    uint64_t next_ns;        /* when it kills again */
    uint64_t next_zygote_ns; /* when it kills a zygote again */
    uint64_t kills;
    uint64_t zygotes;
    uint64_t home_killed_ns; /* the last kill in "main"; 0: none */
    GArray *gaps;            /* struct killer_gap */
};

/* A class without a zygote. */
struct killer_gap {
    const char *class_name; /* interned */
    pid_t pid;              /* of the zygote that was killed */
    uint64_t from_ns;
    uint64_t to_ns; /* UINT64_MAX: it has no workers yet */
};

void killer_init(struct killer *killer, const struct pool *pool, GRand *random);
void killer_clear(struct killer *killer);

/* Does what is due.  `oldest_ns` is when the oldest unanswered message was handed in:
 * in "main" it kills only where that is younger than its last kill there, so that no
 * message loses two workers to it. */
void killer_look(struct killer *killer, uint64_t oldest_ns, uint64_t now_ns);

/* Was the class without a zygote at any time since `from_ns`? */
bool killer_was_gap(const struct killer *killer, const char *class_name,
                    uint64_t from_ns);

#endif
