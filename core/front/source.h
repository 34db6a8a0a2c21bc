/* SPDX-License-Identifier: MIT */
/*
 * Something with a descriptor that the front's loop watches.
 */
#ifndef FRONT_SOURCE_H
#define FRONT_SOURCE_H

#include <stdint.h>

/* Embedded, as first member, in what it belongs to. */
struct source {
    int fd; /* -1: none, nothing is to be done any more */
    void (*ready)(struct source *source, uint32_t events, uint64_t now_ns);
};

#endif
