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

/* An open multipart. */
struct edge {
    GString *line; /* its boundary with the two dashes; owned */
    uint32_t span; /* the multipart */
};

/* All that are open.  Embedded: edges_init, edges_clear. */
struct edges {
    GArray *open;         /* struct edge */
    uint64_t comparisons; /* of lines with boundaries so far */
    unsigned near_left; /* how often a longer boundary is still searched for */
    /* It was not any more: a near line may be a boundary. */
    bool is_near_missed;
};

/* What a line is to the open boundaries. */
struct edge_match {
    unsigned index; /* of the edge; only where is_match */
    bool is_match;
    bool is_end;  /* the final boundary */
    bool is_near; /* the line goes on after it; only where is_match */
};

void edges_init(struct edges *edges);
void edges_clear(struct edges *edges);

/* Opens one (takes ownership of `line`); closes all from `index` on. */
void edge_push(struct edges *edges, GString *line, uint32_t span);
void edge_cut(struct edges *edges, unsigned index);

/* The line at `at` of the mail p[0..n). */
struct edge_match edge_find(struct edges *edges, const uint8_t *p, size_t at,
                            size_t n);

#endif
