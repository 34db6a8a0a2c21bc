/* SPDX-License-Identifier: MIT */
/*
 * HTML as a reader sees it: its visible text, and what was done to hide some.
 *
 * No tree and no styles sheets: tags, their attributes, comments, entities, and a
 * count of what lies inside an element that hides its content.  Never fails; any
 * text is HTML.  Streams through a fixed buffer, allocates nothing.
 */
#ifndef SPAM_HTML_H
#define SPAM_HTML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A piece of visible text: UTF-8, whole characters. */
typedef void (*html_text_fn)(void *user, const char *p, size_t n);

/* What was counted. */
struct html_facts {
    uint64_t visible; /* characters that are seen, without blanks */
    uint64_t hidden;  /* ... and that are not */
    uint32_t images;
    uint32_t forms;
    uint32_t scripts;
    uint32_t split_words; /* words with a comment or an unknown tag inside */
    uint32_t big_fonts;   /* <font size=5> and larger */
};

void html_read(const char *p, size_t n, html_text_fn text, void *user,
               struct html_facts *facts);

#endif
