/* SPDX-License-Identifier: MIT */
#include "mail/edge.h"

#include <string.h>

enum {
    /* How far before a line the boundary that it may be is looked for, and how often:
     * mail that needs it at all has a handful of such lines. */
    SEARCH_BYTES = 256 * 1024,
    MAX_SEARCHES = 16
};

static void edge_clear(void *p)
{
    struct edge *edge = p;
    g_string_free(edge->line, TRUE);
}

void edges_init(struct edges *edges)
{
    *edges = (struct edges){
        .open = g_array_new(FALSE, FALSE, sizeof(struct edge)),
        .near_left = MAX_SEARCHES,
    };
    g_array_set_clear_func(edges->open, edge_clear);
}

void edges_clear(struct edges *edges)
{
    g_clear_pointer(&edges->open, g_array_unref);
}

void edge_push(struct edges *edges, GString *line, uint32_t span)
{
    struct edge edge = {line, span};
    g_array_append_val(edges->open, edge);
}

void edge_cut(struct edges *edges, unsigned index)
{
    g_array_set_size(edges->open, index);
}

static bool is_blank(const uint8_t *p, size_t n)
{
    size_t i = 0;
    while (i < n && g_ascii_isspace(p[i]))
        i++;
    return i == n;
}

static bool match_one(const GString *edge, const uint8_t *line, size_t n,
                      struct edge_match *out)
{
    if (n < edge->len || memcmp(line, edge->str, edge->len) != 0)
        return false;
    const uint8_t *rest = line + edge->len;
    size_t rest_n = n - edge->len;
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

struct edge_match edge_find(struct edges *edges, const uint8_t *p, size_t at,
                            size_t n)
{
    const uint8_t *line = p + at;
    const uint8_t *eol = memchr(line, '\n', n - at);
    size_t line_n = eol == NULL ? n - at : (size_t)(eol - line);
    struct edge_match best = {0};
    edges->comparisons += edges->open->len;
    for (unsigned i = edges->open->len; i-- > 0;) {
        const struct edge *edge = &g_array_index(edges->open, struct edge, i);
        struct edge_match match = {.index = i};
        if (!match_one(edge->line, line, line_n, &match))
            continue;
        if (!match.is_near)
            return match;
        if (!best.is_match)
            best = match;
    }
    if (!best.is_match)
        return best;
    edges->is_near_missed |= edges->near_left == 0;
    if (edges->near_left == 0 || is_other_boundary(p, at, line_n))
        best.is_match = false;
    if (edges->near_left > 0)
        edges->near_left--;
    return best;
}
