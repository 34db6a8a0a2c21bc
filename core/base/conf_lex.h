/* SPDX-License-Identifier: MIT */
/*
 * The value side of the configuration language: blanks, quotes, comments, commas.
 */
#ifndef BASE_CONF_LEX_H
#define BASE_CONF_LEX_H

#include <glib.h>

/* The first byte of p..end that is neither blank nor tab. */
const char *conf_lex_blanks(const char *p, const char *end);

/* Appends one line's part of a value to `raw`, without comment and outer blanks,
 * joined by a blank.  NULL, or what is wrong (static text). */
const char *conf_lex_append(GString *raw, const char *p, const char *end);

/* A raw value as one text: without its quotes where they enclose all of it. */
char *conf_lex_unquote(const char *raw);

#endif
