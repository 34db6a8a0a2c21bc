/* SPDX-License-Identifier: MIT */
/*
 * The ABI's bits in words.
 */
#ifndef CLI_PLUGINS_WORDS_H
#define CLI_PLUGINS_WORDS_H

#include <stdint.h>

/* One bit of a set and its name. */
struct word {
    uint64_t bit;
    const char *name;
};

/* NULL-name-terminated tables. */
extern const struct word words_stages[]; /* ASSAY_STAGE_BIT */
extern const struct word words_flags[];  /* ASSAY_FLAG_* */

#endif
