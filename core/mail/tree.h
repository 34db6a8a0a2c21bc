/* SPDX-License-Identifier: MIT */
/*
 * One mail's MIME structure, by GMime: where its entities begin and end.
 *
 * GMime's objects live only while this runs; what is left are offsets, so that
 * content can be shared with the raw bytes and nested mails can be parsed one by
 * one.  Only this file runs GMime's parser.
 */
#ifndef MAIL_TREE_H
#define MAIL_TREE_H

#include "mail/object.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The entity that a span lies in: the mail itself. */
#define TREE_MAIL UINT32_MAX

/* One entity, by offsets of the bytes that were given. */
struct span {
    uint32_t parent; /* index of the multipart around it, or TREE_MAIL */
    size_t head;     /* its first header field; SIZE_MAX: it has none, or they
                        are the mail's own */
    size_t body;     /* its content, still encoded; multipart: 0, 0 */
    size_t end;
    bool is_multipart;
    bool has_boundary; /* multipart: it names one */
    bool is_closed;    /* multipart: its final boundary line was there */
    uint32_t children; /* multipart: entities directly in it */
    char *face;        /* multipart without children: what stands there
                          instead, or NULL.  Owned */
};

/*
 * Parses p[from..n), which begin with a header field and are within bounds
 * (mail/bound.h): an array of struct span, in order, parents first; yours.  Empty
 * where GMime finds no mail.
 */
GArray *tree_parse(const uint8_t *p, size_t from, size_t n);

/* The boundary line ("--" and the boundary) that GMime reads out of a Content-Type
 * value; a new string, or NULL. */
char *tree_boundary(const char *value, size_t n);

/* p[0..n), unfolded, with its RFC 2047 words decoded, valid UTF-8; a new string. */
char *tree_decode_words(const char *p, size_t n);

/* Adds what GMime takes for parameter `name` of the field. */
void tree_add_names(struct object *object, const struct field *field,
                    const char *name);

#endif
