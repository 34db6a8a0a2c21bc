/* SPDX-License-Identifier: MIT */
/*
 * The one place where bytes from outside become text for people, logs or JSON.
 *
 * After escaping there is no control character, no invalid UTF-8, no line or
 * paragraph separator and no bidirectional override in the result: a file name can
 * neither forge a log line nor paint on a terminal.
 */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include <glib.h>

#include <stddef.h>

/*
 * Appends p[0..n) for a terminal: control characters, bidi controls (U+061C,
 * U+200E..F, U+202A..E, U+2066..9), U+2028/9 and invalid bytes as \xHH or
 * \u{HHHH}, a backslash doubled.  At most `max` bytes are appended (0: no limit);
 * what is cut ends in "...".
 */
void escape_text(GString *to, const char *p, size_t n, size_t max);

/* The same as a new string, yours. */
char *escape_dup(const char *p, size_t n, size_t max);

/* p[0..n) as valid UTF-8, invalid bytes replaced by U+FFFD, NUL by U+2400; a new
 * string, yours.  Nothing else is changed: for JSON, which escapes by itself. */
char *escape_utf8_dup(const char *p, size_t n);

/*
 * p[0..n) as core keeps a plugin's text, a new string, yours: as escape_text has it,
 * but a backslash stays one, and cut at `max` bytes, not inside of a character.  Text
 * that is clean and short enough already comes back as it was.
 */
char *escape_clean_dup(const char *p, size_t n, size_t max);

#endif
