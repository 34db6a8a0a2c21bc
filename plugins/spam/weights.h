/* SPDX-License-Identifier: MIT */
/*
 * Custom weights: the site's own words for and against spam, as the Intelligent
 * Message Filter had them (TechNet Magazine, October 2006).
 *
 * Two formats are read, told apart by the first bytes:
 *
 *   UTF-8 text, one entry a line, # starts a comment line:
 *
 *       subject +3  "make money fast"
 *       body    -2  "quarterly report"
 *       both    MAX "lose weight"
 *       both    MIN "our product's name"
 *
 *     Inside the quotes \" is a quote and \\ a backslash.
 *
 *   MSExchange.UceContentFilter.xml as it is, in UTF-16 or UTF-8:
 *
 *       <CustomWeightEntries xmlns="http://schemas.microsoft.com/2005/CustomWeight">
 *         <CustomWeightEntry Type="BODY" Change="MIN" Text="..."/>
 *
 * The changes of all entries that are found add up, each entry once; words are
 * whole, case does not count.  Against IMF, which leaves it open: where MIN and MAX
 * are both found MIN wins, since a good mail lost costs more than a spam seen.
 */
#ifndef SPAM_WEIGHTS_H
#define SPAM_WEIGHTS_H

#include "phrases.h"

#include <locale.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    WEIGHTS_MAX = 8192,     /* entries */
    WEIGHTS_CHARS = 1000,   /* of one text */
    WEIGHTS_FILE = 8 << 20, /* bytes of one file */
    WEIGHTS_SHOWN = 6,      /* entries that an explanation names */
    WEIGHTS_ERROR = 512,    /* room for an error text */
    WEIGHTS_POINTS = 9      /* the largest change */
};

enum weight_where {
    WEIGHT_SUBJECT = 1,
    WEIGHT_BODY = 2,
    WEIGHT_BOTH = 3
};

enum weight_change {
    WEIGHT_POINTS,
    WEIGHT_MIN,
    WEIGHT_MAX
};

/* One entry.  Owned by its weights. */
struct weight {
    enum weight_where where;
    enum weight_change change;
    int points;
    char *text; /* owned */
    uint32_t line;
};

/* Zeroed memory with a locale is valid and empty. */
struct weights {
    locale_t locale; /* lent */
    struct weight *list;
    size_t n;
    struct phrases *phrases; /* NULL: no entries */
    uint64_t hash;           /* of all entries: their version */
};

/* What was found in one message.  Plain memory, about 1 KiB. */
struct weights_sum {
    const struct weights *weights;
    struct phrases_search search;
    enum weight_where where; /* being looked at */
    int points;
    bool has_min;
    bool has_max;
    uint32_t found;
    uint32_t shown[WEIGHTS_SHOWN]; /* indices of the first ones */
    uint8_t seen[WEIGHTS_MAX / 8];
};

/* Adds an entry.  False with `err` (WEIGHTS_ERROR bytes) set. */
bool weights_add(struct weights *weights, const struct weight *weight,
                 const char *text, size_t n, char *err);
/* Adds all entries of a file; `err` names file, line and what would be right. */
bool weights_read(struct weights *weights, const char *path, char *err);
/* IMF's XML, from memory (weights_xml.c). */
bool weights_read_xml(struct weights *weights, const char *p, size_t n,
                      char *err);
/* "SUBJECT", "+3", "MIN"; false: it is none of what is allowed. */
bool weight_parse_where(const char *p, size_t n, enum weight_where *out);
bool weight_parse_change(const char *p, size_t n, struct weight *out);
/* After the last file. */
bool weights_build(struct weights *weights, char *err);
void weights_clear(struct weights *weights);

/* begin, then for each piece of subject or body: piece_begin, feed, piece_end. */
void weights_begin(struct weights_sum *sum, const struct weights *weights);
void weights_piece_begin(struct weights_sum *sum, enum weight_where where);
void weights_feed(struct weights_sum *sum, const char *p, size_t n);
void weights_piece_end(struct weights_sum *sum);

/* "subject +3 "make money fast" (line 3), ..." */
void weights_explain(const struct weights_sum *sum, char *out, size_t size);

#endif
