/* SPDX-License-Identifier: MIT */
/*
 * The pieces of mail/detect.c.  Each answers a type, or NULL: not this.
 */
#ifndef MAIL_DETECT_PART_H
#define MAIL_DETECT_PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Signatures.  `is_text`: weak ones, that text may begin with by chance, do not
 * count. */
const char *detect_table(const uint8_t *p, size_t n, bool is_text);
/* Signatures at other fixed places, and formats known by a checksum. */
const char *detect_place(const uint8_t *p, size_t n);
/* ISO media files (ISO 14496-12) by their brand; "video/mp4" at least. */
const char *detect_ftyp(const uint8_t *p, size_t n);

/* Without NUL, and nearly without control characters that text does not have, in
 * the first 16 KiB. */
bool detect_is_plain(const uint8_t *p, size_t n);
/* UTF-16 or UTF-32 text, by its mark or by its look. */
bool detect_is_wide(const uint8_t *p, size_t n);
/* What plain text is, "text/plain" at least. */
const char *detect_text(const uint8_t *p, size_t n);
/* The same for UTF-16 and UTF-32. */
const char *detect_wide(const uint8_t *p, size_t n);

/* A header block of a mail, or of an mbox. */
const char *detect_mail(const uint8_t *p, size_t n);

const char *detect_zip(const uint8_t *p, size_t n);
/* A zip whose beginning is something else: by its end record. */
bool detect_is_zip_tail(const uint8_t *p, size_t n);
const char *detect_ole(const uint8_t *p, size_t n);
const char *detect_mz(const uint8_t *p, size_t n);
const char *detect_elf(const uint8_t *p, size_t n);
const char *detect_cafebabe(const uint8_t *p, size_t n);

/* libmagic; "application/octet-stream" at least. */
const char *detect_magic(const uint8_t *p, size_t n);

/* Little-endian numbers; 0 where they do not fit into n bytes. */
static inline uint32_t detect_u16(const uint8_t *p, size_t n, size_t at)
{
    return n >= 2 && at <= n - 2 ? (uint32_t)p[at] | (uint32_t)p[at + 1] << 8
                                 : 0;
}

static inline uint32_t detect_u32(const uint8_t *p, size_t n, size_t at)
{
    return n >= 4 && at <= n - 4
               ? detect_u16(p, n, at) | detect_u16(p, n, at + 2) << 16
               : 0;
}

#endif
