/* SPDX-License-Identifier: MIT */
/*
 * Standard output that knows when nobody reads any more.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

/* Writes all of it; false with errno: EPIPE where the reader has gone. */
bool output_write(const char *p, size_t n);

#endif
