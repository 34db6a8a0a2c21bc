/* SPDX-License-Identifier: MIT */
#include "mail/edge.h"

#include <string.h>

static void edge_clear(void *p)
{
    struct edge *edge = p;
    g_free(edge->line);
}

GArray *edge_array_new(void)
{
    GArray *edges = g_array_new(FALSE, FALSE, sizeof(struct edge));
    g_array_set_clear_func(edges, edge_clear);
    return edges;
}

enum {
    /* How far before a line the boundary that it may be is looked for. */
    SEARCH_BYTES = 256 * 1024
};

static bool is_blank(const uint8_t *p, size_t n)
{
    size_t i = 0;
    while (i < n && g_ascii_isspace(p[i]))
        i++;
    return i == n;
}

static bool match_one(const struct edge *edge, const uint8_t *line, size_t n,
                      struct edge_match *out)
{
    if (n < edge->n || memcmp(line, edge->line, edge->n) != 0)
        return false;
    const uint8_t *rest = line + edge->n;
    size_t rest_n = n - edge->n;
    out->is_match = true;
    out->is_end = rest_n >= 2 && memcmp(rest, "--", 2) == 0;
    out->is_near =
        out->is_end ? !is_blank(rest + 2, rest_n - 2) : !is_blank(rest, rest_n);
    return true;
}

/* What stands before the boundary where a Content-Type names it. */
static bool is_before_value(uint8_t c)
{
    return c == '"' || c == '=' || c == '\'' || c == ' ' || c == '\t';
}

/* Is this longer line the boundary of a multipart further in, that is, does the
 * mail name it before? */
static bool is_other_boundary(const uint8_t *p, size_t at, size_t n)
{
    const uint8_t *name = p + at + 2;
    n -= 2;
    while (n > 0 && g_ascii_isspace(name[n - 1]))
        n--;
    if (n > 2 && memcmp(name + n - 2, "--", 2) == 0)
        n -= 2;
    size_t from = at > SEARCH_BYTES ? at - SEARCH_BYTES : 0;
    const uint8_t *found;
    while ((found = memmem(p + from, at - from, name, n)) != NULL) {
        if (found > p && is_before_value(found[-1]))
            return true;
        from = (size_t)(found - p) + 1;
    }
    return false;
}

struct edge_match edge_find(const GArray *edges, const uint8_t *p, size_t at,
                            size_t end, unsigned *near_left)
{
    const uint8_t *line = p + at;
    size_t n = end - at;
    struct edge_match best = {0};
    if (n < 2 || line[0] != '-' || line[1] != '-')
        return best;
    for (unsigned i = edges->len; i-- > 0;) {
        const struct edge *edge = &g_array_index(edges, struct edge, i);
        struct edge_match match = {.index = i};
        if (!match_one(edge, line, n, &match))
            continue;
        if (!match.is_near)
            return match;
        if (!best.is_match)
            best = match;
    }
    if (!best.is_match)
        return best;
    if (*near_left == 0)
        return (struct edge_match){.is_near = true};
    --*near_left;
    if (is_other_boundary(p, at, n))
        return (struct edge_match){0};
    return best;
}
