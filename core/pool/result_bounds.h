/* SPDX-License-Identifier: MIT */
/*
 * Private to pool/result*.c: what both sides of the format agree on.
 *
 * The bounds are more than any honest scan needs: what a liar may cost the front in
 * memory, and in time where keys are made to collide.
 */
#ifndef POOL_RESULT_BOUNDS_H
#define POOL_RESULT_BOUNDS_H

#include "scan/scan.h"

#include <stdint.h>

enum {
    RESULT_FACTS_MAX = 8192,
    RESULT_COUNTS_MAX = 64 << 10,
    RESULT_EDITS_MAX = 8192,
    RESULT_STATUSES = 2 /* of answers */
};

/* An object by its id; this: none. */
#define RESULT_NO_OBJECT UINT32_MAX

/* So many answers: as many as there are different ones. */
uint32_t result_answers_max(const struct scan *scan);

#endif
