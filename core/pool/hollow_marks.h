/* SPDX-License-Identifier: MIT */
/*
 * Private to pool/hollow*.c: how an object's bytes tell what they hold.
 */
#ifndef POOL_HOLLOW_MARKS_H
#define POOL_HOLLOW_MARKS_H

/* The byte that tells what else is there. */
enum {
    HAS_NUMBERS = 1 << 0, /* readings, packed and told size, time */
    HAS_DIGEST = 1 << 1,
    IS_NAME_CUT = 1 << 2,
    IS_EXPANDED = 1 << 3,
    ALL_MARKS = (1 << 4) - 1
};

/* Bytes of the smallest object. */
enum {
    HOLLOW_MIN_SIZE = 58
};

#endif
