/* SPDX-License-Identifier: MIT */
/*
 * Which characters count as the same one in a file name.
 *
 * Case is folded by libc's Unicode tables (the locale C.UTF-8, opened beside the
 * process's own, which is not touched).  Beyond case only that is folded which
 * software really turns into ASCII on the way to a disk:
 *
 *   letters and digits that Unicode's compatibility forms (NFKC) make ASCII:
 *   full-width, mathematical, circled, raised;
 *   the dots that NFKC or IDNA (RFC 3490 3.1) make a full stop: U+2024, U+FE52,
 *   U+FF0E, U+3002, U+FF61.  U+00B7 and other lookalikes are not among them: no
 *   program makes them a dot, and U+00B7 is a letter of Catalan words.
 */
#ifndef ATTACHMENT_FOLD_H
#define ATTACHMENT_FOLD_H

#include <locale.h>
#include <stdbool.h>
#include <stdint.h>

/* (locale_t)0 where libc has no C.UTF-8.  Ends with freelocale. */
locale_t fold_open(void);

/* Case only.  Idempotent. */
uint32_t fold_case(locale_t locale, uint32_t c);

/* The ASCII character that `c` is a form of, in the case it stands in; else `c`. */
uint32_t fold_form(uint32_t c);

/* Not seen: zero width, bidi controls, controls, variation selectors, tags. */
bool fold_is_invisible(uint32_t c);
/* Changes the order in which what follows is shown: embeddings, overrides,
 * isolates; `is_override` for those that no honest name needs. */
bool fold_is_bidi(uint32_t c, bool *is_override);
/* Blank: seen as empty space. */
bool fold_is_blank(uint32_t c);

#endif
