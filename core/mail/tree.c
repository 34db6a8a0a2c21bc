/* SPDX-License-Identifier: MIT */
#include "mail/tree.h"

#include "mail/edge.h"
#include "mail/head.h"

#include <string.h>

enum {
    /* Comparisons of lines with boundaries: real mail needs thousands. */
    MAX_COMPARISONS = 50 * 1000 * 1000
};

/* The pass; lives on the stack. */
struct pass {
    struct head_source source; /* a bound that is reached ends its bytes */
    struct edges edges;
    unsigned depth; /* MIME levels around the mail */
    uint32_t leaf;  /* the span that is open, or TREE_MAIL: between parts */
    struct tree *out;
};

static void stop(struct pass *pass, size_t at, const char *name)
{
    pass->source.n = at;
    pass->out->reached = name;
}

static struct span *span_at(const struct pass *pass, uint32_t index)
{
    return &g_array_index(pass->out->spans, struct span, index);
}

/* Opens the multipart that span `index` is, if it is one.  False: too deep. */
static bool open_span(struct pass *pass, uint32_t index, const GArray *fields,
                      size_t entity)
{
    struct span *span = span_at(pass, index);
    GString *line = head_boundary(fields, &span->is_multipart);
    span->has_boundary = line != NULL;
    pass->leaf = line == NULL ? index : TREE_MAIL;
    if (line == NULL)
        return true;
    if (pass->depth + pass->edges.open->len >=
        pass->source.limits->max_mime_depth) {
        g_string_free(line, TRUE);
        stop(pass, entity, "mime_depth");
        return false;
    }
    edge_push(&pass->edges, line, index);
    return true;
}

/* Offset before the line end that belongs to the boundary line at `at`. */
static size_t before_line(const struct pass *pass, size_t from, size_t at)
{
    if (at > from && pass->source.p[at - 1] == '\n')
        at--;
    if (at > from && pass->source.p[at - 1] == '\r')
        at--;
    return at;
}

/* Ends what is open at the boundary line at `line`. */
static void close_at(struct pass *pass, size_t line)
{
    if (pass->leaf != TREE_MAIL) {
        struct span *leaf = span_at(pass, pass->leaf);
        leaf->end = before_line(pass, leaf->body, line);
        pass->leaf = TREE_MAIL;
    }
    const GArray *open = pass->edges.open;
    for (unsigned i = open->len; i-- > 0;) {
        struct span *span =
            span_at(pass, g_array_index(open, struct edge, i).span);
        if (span->end == 0)
            span->end = before_line(pass, span->body, line);
    }
}

/* Reads a header block.  False: a bound was reached in it. */
static bool read_head(struct pass *pass, size_t at, bool is_mail,
                      struct head *head)
{
    head_read(&pass->source, at, is_mail, head);
    pass->out->is_group_deep |= head->is_group_deep;
    if (head->reached != NULL)
        stop(pass, head->end, head->reached);
    return head->reached == NULL;
}

/* A boundary behind a boundary, or nothing at all: no entity. */
static bool is_nothing(struct pass *pass, const struct head *head, size_t at)
{
    if (head->end != at)
        return false;
    const struct head_source *source = &pass->source;
    return at == source->n ||
           (source->n - at >= 2 && memcmp(source->p + at, "--", 2) == 0 &&
            edge_find(&pass->edges, source->p, at, source->n).is_match);
}

/* A new entity in the multipart `parent`: its boundary line is at `line`, its header
 * at *at, which moves behind that. */
static void take_part(struct pass *pass, uint32_t parent, size_t line,
                      size_t *at)
{
    struct tree *out = pass->out;
    if (out->parts >= pass->source.limits->max_parts) {
        stop(pass, line, "parts");
        return;
    }
    struct head head;
    if (!read_head(pass, *at, false, &head) || is_nothing(pass, &head, *at)) {
        g_array_unref(head.fields);
        return;
    }
    *at = head.end;
    struct span span = {.parent = parent,
                        .body = head.end,
                        .fields = head.fields,
                        .block = head.block};
    uint32_t index = out->spans->len;
    g_array_append_val(out->spans, span);
    if (!open_span(pass, index, head.fields, line)) {
        g_array_set_size(out->spans, index);
        return;
    }
    out->parts++;
    span_at(pass, parent)->children++;
}

/* The line at `line` begins with two dashes, *at is behind it. */
static void take_dashes(struct pass *pass, size_t line, size_t *at)
{
    struct edges *edges = &pass->edges;
    struct edge_match match =
        edge_find(edges, pass->source.p, line, pass->source.n);
    if (edges->comparisons > MAX_COMPARISONS) {
        stop(pass, line, "parts");
        return;
    }
    if (!match.is_match)
        return;
    pass->out->is_boundary_near |= match.is_near;
    close_at(pass, line);
    uint32_t parent = g_array_index(edges->open, struct edge, match.index).span;
    edge_cut(edges, match.index + (match.is_end ? 0 : 1));
    if (match.is_end)
        span_at(pass, parent)->is_closed = true;
    else
        take_part(pass, parent, line, at);
}

/* The next line from `at`, which begins one, on that begins with two dashes; false:
 * none.  *next is behind that line. */
static bool next_dashes(const struct pass *pass, size_t at, size_t *line,
                        size_t *next)
{
    const uint8_t *p = pass->source.p;
    size_t n = pass->source.n;
    while (at < n && n - at >= 2) { /* a bound may have ended it before `at` */
        const uint8_t *eol = memchr(p + at, '\n', n - at);
        *line = at;
        *next = eol == NULL ? n : (size_t)(eol - p) + 1;
        if (p[at] == '-' && p[at + 1] == '-')
            return true;
        at = *next;
    }
    return false;
}

static void take_body(struct pass *pass, size_t at)
{
    struct tree *out = pass->out;
    struct span mail = {.parent = TREE_MAIL, .body = at};
    g_array_append_val(out->spans, mail);
    if (open_span(pass, 0, out->fields, at)) {
        size_t line = 0;
        while (pass->edges.open->len > 0 && next_dashes(pass, at, &line, &at))
            take_dashes(pass, line, &at);
    }
    /* What is open now ends with the mail. */
    for (unsigned i = 0; i < out->spans->len; i++) {
        struct span *span = span_at(pass, i);
        if (span->end == 0)
            span->end = MAX(pass->source.n, span->body);
    }
}

static void span_clear(void *p)
{
    struct span *span = p;
    g_clear_pointer(&span->fields, g_array_unref);
}

static void take_mail(struct pass *pass)
{
    size_t at = head_first_field(&pass->source);
    if (at == pass->source.n)
        return;
    struct head head;
    bool goes_on = read_head(pass, at, true, &head);
    g_array_unref(pass->out->fields);
    pass->out->fields = head.fields;
    pass->out->block = head.block;
    pass->out->block.junk +=
        at > field_skip_from_line(pass->source.p, pass->source.n);
    if (goes_on)
        take_body(pass, head.end);
}

void tree_read(const uint8_t *p, size_t n, const struct limits *limits,
               unsigned depth, struct tree *out)
{
    *out = (struct tree){
        .fields = g_array_new(FALSE, FALSE, sizeof(struct field)),
        .spans = g_array_new(FALSE, FALSE, sizeof(struct span)),
    };
    g_array_set_clear_func(out->spans, span_clear);
    struct pass pass = {
        .source = {.p = p,
                   .n = n,
                   .limits = limits,
                   .fields_left = limits->max_header_fields},
        .depth = depth,
        .leaf = TREE_MAIL,
        .out = out,
    };
    edges_init(&pass.edges);
    pass.source.edges = &pass.edges;
    take_mail(&pass);
    out->is_boundary_near |= pass.edges.is_near_missed;
    out->header_fields = limits->max_header_fields - pass.source.fields_left;
    edges_clear(&pass.edges);
}

void tree_clear(struct tree *tree)
{
    g_clear_pointer(&tree->fields, g_array_unref);
    g_clear_pointer(&tree->spans, g_array_unref);
}
