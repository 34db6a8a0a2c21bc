/* SPDX-License-Identifier: MIT */
/*
 * An answer on its way from worker to parent: what the summary counts, and the text
 * that is to be printed.
 *
 * The worker is not trusted: a plugin that has gone astray may write into the pipe.
 * A record that cannot be true ends its worker.
 */
#ifndef CLI_RECORD_H
#define CLI_RECORD_H

#include "cli/answer.h"
#include "cli/view.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

#define RECORD_MAGIC UINT32_C(0x31524541)

/* What stands before the text in the pipe. */
struct record {
    uint32_t magic;
    uint32_t kind;   /* the verdict's */
    uint32_t action; /* the verdict's */
    uint32_t is_trouble;
    uint64_t index; /* of the item */
    uint64_t bytes; /* of the raw message */
    uint64_t text_n;
};

/* Fills a record and appends its text to `text`. */
void record_make(struct record *out, uint64_t index, const struct view *view,
                 const struct answer *answer, GString *text);
/* Appends a record and its text. */
void record_append(GString *to, uint64_t index, const struct view *view,
                   const struct answer *answer);

/* Takes one whole record from p[0..n): its length in `*used`, 0 where it is not
 * complete yet.  False where it is no record. */
bool record_parse(const char *p, size_t n, struct record *out, size_t *used);

#endif
