/* SPDX-License-Identifier: MIT */
/*
 * Regular files, opened so that nothing can block, and read with bounds.
 */
#ifndef MAILBOX_FILE_H
#define MAILBOX_FILE_H

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* NULL for a regular file, else what it is and what to do instead; static. */
const char *file_problem(mode_t mode);

/* Opens a regular file for reading: -1 with `error` otherwise.  Neither blocks nor
 * touches the access time where that is allowed. */
int file_open(const char *path, bool follow_links, uint64_t *size,
              GError **error);

/* Reads up to `n` bytes at `offset`; what was got, -1 with errno. */
ssize_t file_read(int fd, void *to, size_t n, uint64_t offset);

#endif
