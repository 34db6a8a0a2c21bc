/* SPDX-License-Identifier: MIT */
/*
 * Many byte strings looked for in one pass: the automaton of Aho and Corasick,
 * "Efficient string matching" (1975).
 *
 * Grown string by string, then built, then read-only.  A step takes constant time
 * on average, whatever the number of strings.
 */
#ifndef SPAM_AUTOMATON_H
#define SPAM_AUTOMATON_H

#include <stdbool.h>
#include <stdint.h>

enum {
    AUTOMATON_NONE = 0,
    AUTOMATON_ROOT = 1
};

struct automaton;

typedef void (*automaton_fn)(void *user, uint32_t id);

/* NULL: no memory. */
struct automaton *automaton_new(void);
void automaton_free(struct automaton *automaton);

/* One byte more of a string that has come to `from`; NONE: no memory. */
uint32_t automaton_grow(struct automaton *automaton, uint32_t from,
                        uint8_t byte);
/* String `id` ends in that state; several may.  False: no memory. */
bool automaton_end(struct automaton *automaton, uint32_t state, uint32_t id);
/* When all strings are in.  False: no memory. */
bool automaton_build(struct automaton *automaton);

/* The state after one more byte of a text; start with ROOT. */
uint32_t automaton_step(const struct automaton *automaton, uint32_t state,
                        uint8_t byte);
/* Does any string end here? */
bool automaton_is_end(const struct automaton *automaton, uint32_t state);
/* All strings that end here, longest first. */
void automaton_ids(const struct automaton *automaton, uint32_t state,
                   automaton_fn found, void *user);

#endif
