/* SPDX-License-Identifier: MIT */
/*
 * What a forked worker has of its zygote and is not to keep: the environment, which may
 * hold secrets, and open descriptors.
 */
#ifndef POOL_LEFTOVERS_H
#define POOL_LEFTOVERS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Where the kernel put the environment: without `environ` getenv() finds nothing, but a
 * look at the stack would.  Plain value; zeroes: it cannot be told.
 */
struct leftovers_environment {
    char *bytes;
    size_t n;
};

/* Of this process and all that it will fork.  Reads /proc. */
void leftovers_find(struct leftovers_environment *out);
/* Empties the environment, and overwrites it; false: only emptied. */
bool leftovers_wipe(const struct leftovers_environment *found);

/* Closes all descriptors but 0, 1, 2 and those named, in any order. */
void leftovers_close(const int *keep, size_t n);

#endif
