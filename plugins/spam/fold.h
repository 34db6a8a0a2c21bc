/* SPDX-License-Identifier: MIT */
/*
 * Which characters count as the same one in a text, and what a word is made of.
 * Case by libc's Unicode tables (the locale C.UTF-8, opened beside the process's
 * own, which is not touched).
 */
#ifndef SPAM_FOLD_H
#define SPAM_FOLD_H

#include <locale.h>
#include <stdbool.h>
#include <stdint.h>

/* (locale_t)0 where libc has no C.UTF-8.  Ends with freelocale. */
locale_t fold_open(void);

uint32_t fold_case(locale_t locale, uint32_t c);

/* Letters, marks and digits of scripts that put blanks between words. */
bool fold_is_word(locale_t locale, uint32_t c);
bool fold_is_blank(uint32_t c);
/* Zero width and control characters, blanks not among them. */
bool fold_is_invisible(uint32_t c);

#endif
