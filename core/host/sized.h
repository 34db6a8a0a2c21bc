/* SPDX-License-Identifier: MIT */
/*
 * The ABI's growth rule in one place: a structure from the other side says its own
 * size; what both know is copied into zeroed memory, so that a shorter one reads as
 * "zero: as before" and a longer one is cut.  No size that a plugin tells is used
 * without bounds.
 */
#ifndef HOST_SIZED_H
#define HOST_SIZED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No structure of this ABI grows beyond it. */
#define SIZED_MAX 4096u

/* What each structure that a plugin fills had in ABI 1.0: less is refused. */
enum {
    SIZED_MODULE = 32,
    SIZED_PLUGIN = 184,
    SIZED_WANTS = 32,
    SIZED_OPTION = 64,
    SIZED_FINDING = 88,
    SIZED_CHILD = 104,
    SIZED_QUESTION = 32,
    SIZED_EDIT = 64,
};

/* Copies `from` into `to` (to_n bytes); false, with `to` untouched, where its
 * struct_size is not from `least` to SIZED_MAX. */
bool sized_copy(void *to, size_t to_n, const void *from, uint32_t least);

/* The same, but false also where bytes that this host does not know are not zero:
 * for requests, of which nothing may be dropped silently. */
bool sized_copy_whole(void *to, size_t to_n, const void *from, uint32_t least);

#endif
