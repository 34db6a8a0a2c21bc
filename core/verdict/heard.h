/* SPDX-License-Identifier: MIT */
/*
 * What each malware engine has said near each object: about it, about what is inside
 * it and about what it is inside of.
 *
 * Findings and answers come from workers that plugins may have taken over, as many as
 * the limits allow.  So they are gone through once, for all questions: the price is
 * findings + answers + engines x objects, whoever said how much about what.
 */
#ifndef VERDICT_HEARD_H
#define VERDICT_HEARD_H

#include "scan/scan.h"
#include "verdict/policy.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bits. */
enum heard_said {
    HEARD_MALWARE = 1, /* of enough confidence to count */
    HEARD_FAILED = 2,
    HEARD_FOUND = 4,    /* anything at all */
    HEARD_ANSWERED = 8, /* that it looked and found nothing */
};

/* One malware engine and what it said.  Plain value; zeroed memory said nothing. */
struct heard_engine {
    const char *name; /* interned */
    uint32_t weight;
    bool has_veto;
    uint8_t everywhere; /* bits about the message as a whole */
    uint8_t anywhere;   /* bits about anything */
};

/* Owned by its verdict; lends names from the plan. */
struct heard {
    struct heard_engine *engines; /* in the plan's order */
    size_t engine_n;
    size_t object_n;
    uint8_t *
        near; /* bits of engine e about object o at [e * object_n + o]; NULL: not
                      asked for yet */
};

/* The engines of the scan's plan; what they have said comes with heard_listen. */
void heard_init(struct heard *heard, const struct policy *policy,
                const struct scan *scan);
void heard_clear(struct heard *heard);

/* Index of the engine of that interned name; engine_n: no engine has it. */
size_t heard_engine(const struct heard *heard, const char *name);

/* Goes through all that was said, the first time. */
void heard_listen(struct heard *heard, const struct policy *policy,
                  const struct scan *scan);
/* Bits of that engine near `object`, NULL: near anything.  After heard_listen. */
uint8_t heard_near(const struct heard *heard, size_t engine,
                   const struct object *object);

#endif
