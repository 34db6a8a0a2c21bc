/* SPDX-License-Identifier: MIT */
/*
 * What the programs share that set the front against workers that have been taken over:
 * chance, mails, their arguments, and what no believed answer may hold.
 */
#ifndef TESTS_HOSTILE_H
#define TESTS_HOSTILE_H

#include "scan/scan.h"

#include <stdint.h>

#define MS_NS UINT64_C(1000000)

enum {
    HOSTILE_MAILS = 4
};

extern const char *const hostile_mails[HOSTILE_MAILS];

/* PROGRAM SECONDS [SEED]: says the seed, so that a run can be had again.  It is never
 * zero. */
void hostile_args(int argc, char **argv, uint64_t *seconds, uint64_t *seed);
/* Below n; `*seed` goes on. */
uint64_t hostile_chance(uint64_t *seed, uint64_t n);
_Noreturn void hostile_die(const char *why);

/* Dies where a finding could not be one of this scan. */
void hostile_check(const struct scan *scan);

#endif
