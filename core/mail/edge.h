/* SPDX-License-Identifier: MIT */
/*
 * Edges: the boundaries that are open at one place of a mail, innermost last.
 */
#ifndef MAIL_EDGE_H
#define MAIL_EDGE_H

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An open multipart: its boundary with the two dashes. */
struct edge {
    char *line; /* owned */
    size_t n;
    uint32_t span; /* the multipart */
};

/* What a line is to the open boundaries. */
struct edge_match {
    unsigned index; /* of the edge; only where is_match */
    bool is_match;
    bool is_end;  /* the final boundary */
    bool is_near; /* the line goes on after it, or may be one that does */
};

GArray *edge_array_new(void);

/* The line p[at..end), its line end included.  `near_left` is counted down by each
 * search whether a near line is the boundary of another multipart; at 0 a near line
 * is no match. */
struct edge_match edge_find(const GArray *edges, const uint8_t *p, size_t at,
                            size_t end, unsigned *near_left);

#endif
