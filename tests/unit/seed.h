/* SPDX-License-Identifier: MIT */
/*
 * Where fuzzers start from: with ASSAY_SEEDS=FOLDER in the environment, tests leave
 * there what their honest sides have said, for tests/fuzz/seeds.
 */
#ifndef TESTS_SEED_H
#define TESTS_SEED_H

#include <stddef.h>

/* FOLDER/NAME; a name that is there already gets other bytes. */
void seed_keep(const char *name, const void *p, size_t n);

#endif
