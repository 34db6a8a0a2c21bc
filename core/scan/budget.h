/* SPDX-License-Identifier: MIT */
/*
 * The bounds of one message, counted by the host at the moment something is
 * written, never believed from what a container tells.
 *
 * One budget covers the whole message, not one archive.  A bound that is reached is
 * told once, as `partial` by "core" with the bound's name.
 */
#ifndef SCAN_BUDGET_H
#define SCAN_BUDGET_H

#include "base/limits.h"

#include <stdbool.h>
#include <stdint.h>

struct scan;
struct task;
struct object;

/* struct scan_state.bounds_told and struct draft.reached have a bit 1 << one of these
 * for each. */
enum bound {
    BOUND_DEPTH,
    BOUND_OBJECTS,
    BOUND_BYTES,
    BOUND_OBJECT_BYTES,
    BOUND_RATIO,
    BOUND_TIME,
    BOUND_FINDINGS,
    BOUND_COUNT,
};

/* A ratio is judged only above so many unpacked bytes: small office files and logs
 * pack very well, and do no harm. */
#define BUDGET_RATIO_FROM ((uint64_t)1 << 20)

/* May the task begin one more child?  OK, or LIMIT with the bound noted. */
int32_t budget_child(struct task *task);
/* How many of `n` more bytes the child, which has `size` already, may take; they are
 * charged.  Less than n: a bound is noted. */
uint64_t budget_take(struct task *task, uint64_t size, uint64_t n);
/* Bytes that core itself has unpacked (a mail inside an archive). */
void budget_charge(struct scan *scan, uint64_t n, struct object *object);
/* Makes a finding of each bound in `reached` (bits) that has none yet. */
void budget_tell(struct scan *scan, unsigned reached, struct object *object);
/* Had the deadline passed when the last handle() returned? */
bool budget_is_late(const struct scan *scan);

#endif
