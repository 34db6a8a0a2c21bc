/* SPDX-License-Identifier: MIT */
/*
 * Private to the tape: the parts that it is made of, in their order.
 */
#ifndef SCAN_TAPE_PARTS_H
#define SCAN_TAPE_PARTS_H

/* Bits of the u32 behind the answer. */
enum {
    TAPE_WISHES = 1 << 0,
    TAPE_CHILDREN = 1 << 1,
    TAPE_HAS_CONTENT =
        1 << 2, /* the children are there, not only their number */
    TAPE_FINDINGS = 1 << 3,
    TAPE_ANSWERS = 1 << 4,
    TAPE_FACTS = 1 << 5,
    TAPE_COUNTS = 1 << 6,
    TAPE_EDITS = 1 << 7,
    TAPE_SEEN = 1 << 8,
    TAPE_BROKEN = 1 << 9,
    TAPE_BOUNDS = 1 << 10,
    TAPE_ANSWERED = 1 << 11, /* it said something about the task's own object */
    TAPE_ALL = (1 << 12) - 1
};

/* How an object is named. */
enum {
    TAPE_NO_OBJECT = 0,
    TAPE_OWN_OBJECT = 1,
    TAPE_CHILD = 2, /* + 2 * its place */
    TAPE_OTHER = 3  /* + 2 * its id */
};

#endif
