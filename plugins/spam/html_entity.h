/* SPDX-License-Identifier: MIT */
/*
 * Character references of HTML: numbers, and the names that mail uses.
 */
#ifndef SPAM_HTML_ENTITY_H
#define SPAM_HTML_ENTITY_H

#include <stdint.h>

/* The character that the reference at `*at` (a '&') stands for, or '&' itself where
 * it is none; `*at` moves behind it. */
uint32_t html_entity(const char **at, const char *end);

#endif
