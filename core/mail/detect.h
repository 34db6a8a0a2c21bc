/* SPDX-License-Identifier: MIT */
/*
 * What a content is, by the content itself.
 *
 * Signatures at the head first (a table, nanoseconds); then, only for what is
 * neither known nor plain text, libmagic with its text tests off (they cost 0.6 ms
 * a part).  So renaming a file never changes its detected type.
 *
 *   detect.c        the order of the questions
 *   detect_table.c  signatures at the head
 *   detect_place.c  signatures elsewhere
 *   detect_text.c   plain text, and what it is: HTML, scripts, armour
 *   detect_mail.c   ... or a mail
 *   detect_zip.c    zip: office documents, programs, books
 *   detect_ole.c    compound files: office documents, installers, saved mail
 *   detect_code.c   executables
 *   detect_magic.c  libmagic
 */
#ifndef MAIL_DETECT_H
#define MAIL_DETECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A media type such as "application/zip", "text/plain", "application/x-dosexec",
 * "message/rfc822", "application/octet-stream", "inode/x-empty".  Static or
 * interned: never freed.
 */
const char *detect_type(const uint8_t *p, size_t n);

/* Is content of that detected type readable text, whatever it is called? */
bool detect_is_text(const char *type);

/* Loads libmagic's database now: before a fork that wants to share it, or a sandbox
 * that takes the file away.  Otherwise it is loaded when first needed. */
void detect_start(void);

#endif
