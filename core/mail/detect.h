/* SPDX-License-Identifier: MIT */
/*
 * What a content is, by the content itself.
 *
 * Signatures at the head first (a table, nanoseconds); then, only for what is
 * neither known nor plain text, libmagic with its text tests off (they cost 0.6 ms
 * a part).  So renaming a file never changes its detected type.
 */
#ifndef MAIL_DETECT_H
#define MAIL_DETECT_H

#include <stddef.h>
#include <stdint.h>

/*
 * A media type such as "application/zip", "text/plain", "application/x-dosexec",
 * "message/rfc822", "application/octet-stream", "inode/x-empty".  Static or
 * interned: never freed.
 */
const char *detect_type(const uint8_t *p, size_t n);

#endif
