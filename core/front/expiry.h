/* SPDX-License-Identifier: MIT */
/*
 * Held mail that is older or more than [quarantine] allows is deleted: once an hour,
 * aside, a few hundred at a time so that what is to be kept does not wait for it.
 */
#ifndef FRONT_EXPIRY_H
#define FRONT_EXPIRY_H

#include <stdint.h>

struct front;

/* The next time, CLOCK_MONOTONIC; UINT64_MAX: it is at work.  Embedded in its front,
 * zeroed at first: then it is due at once. */
struct expiry {
    uint64_t at_ns;
};

/* Begins where it is due. */
void expiry_tend(struct front *front, uint64_t now_ns);

#endif
