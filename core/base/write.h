/* SPDX-License-Identifier: MIT */
/*
 * Writing all of it.
 */
#ifndef BASE_WRITE_H
#define BASE_WRITE_H

#include <stdbool.h>
#include <stddef.h>

/* However often write(2) has to be called.  False with errno: it cannot be written, and
 * a part of it may have been. */
bool write_all(int fd, const void *p, size_t n);

#endif
