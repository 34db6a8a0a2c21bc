/* SPDX-License-Identifier: MIT */
/*
 * One name pattern, in the syntax of Antigen's and Forefront's file filters:
 *
 *     [<in>|<out>] NAME [ = | > | < | >= | <=  NUMBER KB|MB|GB ]
 *
 *     *.mp3>5MB     <out>salaries*.xls*     <in>*.exe     invoice??.pdf
 *
 * `*` is any run of characters, `?` is one, `*.*` is every name (as in DOS).  Case
 * and forms are folded as in names (fold.h).  A pattern with a slash is matched
 * against the whole path inside an archive, any other against the last part of it.
 * Sizes count 1,024: 1 KB is 1,024 bytes.  Source: technet bb914091, dd639372.
 */
#ifndef ATTACHMENT_PATTERN_H
#define ATTACHMENT_PATTERN_H

#include "name.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PATTERN_MAX = 512 /* bytes */
};

enum pattern_op {
    PATTERN_ANY_SIZE,
    PATTERN_EQUAL,
    PATTERN_GREATER,
    PATTERN_LESS,
    PATTERN_AT_LEAST,
    PATTERN_AT_MOST
};

/*
 * Compiled; plain values, `text` is owned.  pattern_clear.
 */
struct pattern {
    char *text; /* folded UTF-8 */
    size_t n;
    bool has_path;
    uint32_t direction; /* ASSAY_DIRECTION_*, 0: both */
    enum pattern_op op;
    uint64_t size; /* bytes */
};

/* Why `p` is no pattern, in words; NULL: compiled into `out`. */
const char *pattern_compile(locale_t locale, const char *p, size_t n,
                            struct pattern *out);
void pattern_clear(struct pattern *pattern);

/* "*.ext" and nothing else: its extension, else NULL. */
const char *pattern_is_ext(const struct pattern *pattern);

/* direction 0 is not known: then only patterns for both match. */
bool pattern_matches(const struct pattern *pattern, const struct name *name,
                     uint64_t size, uint32_t direction);

#endif
