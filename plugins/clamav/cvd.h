/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Official signature archives (.cvd, .cld, .cud): 512 bytes of head, then a tar,
 * with or without gzip.  Read as a stream; nothing is unpacked to disk.
 */
#ifndef CLAMAV_CVD_H
#define CLAMAV_CVD_H

#include <stdbool.h>

/* One line of a member `*.ext`, NUL-terminated; true: no more are wanted. */
typedef bool (*cvd_line_fn)(void *context, const char *ext, const char *line);

/* Calls `on_line` for each line of the members that hold logical signatures, rules
 * about names, and phishing rules.  false where the archive cannot be read. */
bool cvd_lines(const char *path, cvd_line_fn on_line, void *context);

#endif
