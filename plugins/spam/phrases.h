/* SPDX-License-Identifier: MIT */
/*
 * Many phrases looked for in one pass over a text (Aho and Corasick, 1975).
 *
 * Words are whole and case does not count: text and phrases go through the same
 * folding, which writes a mark between what is part of a word and what is not.  So
 * "\1free\1 \1money\1" is found in "FREE  money!" and not in "freedom money".
 * Blanks run together, what cannot be seen is dropped.  Scripts that put no blanks
 * between words (Han, Kana, Thai) count as no words: a phrase is found anywhere.
 *
 * Built once, read-only after that; a search allocates nothing and takes time in
 * proportion to the text and the matches, not to the number of phrases.
 */
#ifndef SPAM_PHRASES_H
#define SPAM_PHRASES_H

#include <locale.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct phrases;

/* Found phrase `id`; the same one may be found many times. */
typedef void (*phrases_fn)(void *user, uint32_t id);

/* One search, going on from piece to piece.  Plain memory. */
struct phrases_search {
    const struct phrases *phrases;
    phrases_fn found;
    void *user;
    uint32_t state; /* private */
    bool in_word;
    bool after_blank;
};

/* `locale` is lent.  NULL: no memory. */
struct phrases *phrases_new(locale_t locale);
void phrases_free(struct phrases *phrases);

/* Adds a phrase; several may have the same text.  False: no memory, or nothing is
 * left of it after folding. */
bool phrases_add(struct phrases *phrases, const char *p, size_t n, uint32_t id);
/* After the last phrases_add, before the first search. */
bool phrases_build(struct phrases *phrases);

/* Begin, any number of pieces of UTF-8 (each of whole characters), end. */
void phrases_begin(struct phrases_search *search, const struct phrases *phrases,
                   phrases_fn found, void *user);
void phrases_feed(struct phrases_search *search, const char *p, size_t n);
void phrases_end(struct phrases_search *search);

#endif
