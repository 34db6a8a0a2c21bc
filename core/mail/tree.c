/* SPDX-License-Identifier: MIT */
#include "mail/tree.h"

#include "mail/edge.h"
#include "mail/value.h"

#include <string.h>

enum {
    /* Parameters of one field beyond these count as fields. */
    FREE_PARAMETERS = 32,
    /* Comparisons of lines with boundaries: real mail needs thousands. */
    MAX_COMPARISONS = 50 * 1000 * 1000,
    /* Searches for a longer boundary, see edge_find. */
    MAX_NEAR = 16
};

/* The pass; lives on the stack. */
struct pass {
    const uint8_t *p;
    size_t n; /* a bound that is reached ends the bytes here */
    const struct limits *limits;
    unsigned depth;
    struct tree *out;
    GArray *edges; /* struct edge, innermost last */
    uint32_t leaf; /* the span that is open, or TREE_MAIL: between parts */
    uint64_t comparisons;
    unsigned near_left;
};

static void stop(struct pass *pass, size_t at, const char *name)
{
    pass->n = at;
    pass->out->reached = name;
}

static struct span *span_at(const struct pass *pass, uint32_t index)
{
    return &g_array_index(pass->out->spans, struct span, index);
}

/* Deepest group nesting of an address field: a colon outside of quotes, comments
 * and domain literals opens one, a semicolon closes it. */
static uint64_t group_depth(const struct field *field)
{
    uint64_t depth = 0;
    uint64_t deepest = 0;
    unsigned until = 0;
    for (uint32_t i = 0; i < field->value_n; i++) {
        uint8_t c = (uint8_t)field->value[i];
        if (c == '\\')
            i++;
        else if (until != 0)
            until = c == until ? 0 : until;
        else if (c == '"')
            until = '"';
        else if (c == '(')
            until = ')';
        else if (c == '[')
            until = ']';
        else if (c == ':')
            depth++;
        else if (c == ';' && depth > 0)
            depth--;
        deepest = MAX(deepest, depth);
    }
    return deepest;
}

/* Few bytes cannot nest deep: most fields are not looked at. */
static bool is_group_deep(const struct pass *pass, const struct field *field)
{
    static const char *const addresses[] = {
        "from", "to", "cc", "bcc", "sender", "reply-to", "resent-to"};
    uint64_t most = pass->limits->max_group_nesting;
    for (size_t i = 0; field->value_n > most && i < G_N_ELEMENTS(addresses);
         i++)
        if (field_is(field, addresses[i]))
            return group_depth(field) > most;
    return false;
}

static bool is_content(const struct field *field)
{
    return field->name_n > 8 &&
           g_ascii_strncasecmp(field->name, "Content-", 8) == 0;
}

static uint64_t cost_of(const struct field *field)
{
    uint64_t params = 0;
    if (is_content(field))
        for (uint32_t i = 0; i < field->value_n; i++)
            params += field->value[i] == ';';
    return 1 + (params > FREE_PARAMETERS ? params - FREE_PARAMETERS : 0);
}

static bool take_field(struct pass *pass, const struct field *field,
                       size_t start, GArray *fields)
{
    struct tree *out = pass->out;
    uint64_t cost = cost_of(field);
    if (out->header_fields + cost > pass->limits->max_header_fields) {
        stop(pass, start, "header_fields");
        return false;
    }
    out->header_fields += cost;
    out->is_group_deep |= is_group_deep(pass, field);
    g_array_append_vals(fields, field, 1);
    return true;
}

/* Is there a word, case ignored, in a value? */
static bool has_word(const struct field *field, const char *word)
{
    size_t n = strlen(word);
    for (uint32_t i = 0; i + n <= field->value_n; i++)
        if ((field->value[i] | 0x20) == word[0] &&
            g_ascii_strncasecmp(field->value + i, word, n) == 0)
            return true;
    return false;
}

/* The boundary line that the fields of one entity name. */
static char *boundary_of(const GArray *fields, bool *is_multipart)
{
    const struct field *type = field_find(fields, "Content-Type", 0);
    *is_multipart = false;
    if (type == NULL || !has_word(type, "multipart"))
        return NULL;
    return value_boundary(type->value, type->value_n, is_multipart);
}

static size_t skip_line(const struct pass *pass, size_t at)
{
    const uint8_t *eol = memchr(pass->p + at, '\n', pass->n - at);
    return eol == NULL ? pass->n : (size_t)(eol - pass->p) + 1;
}

static bool is_dashes(const struct pass *pass, size_t at)
{
    return pass->n - at >= 2 && memcmp(pass->p + at, "--", 2) == 0;
}

/* A boundary line ends a header block: one of an open multipart, or of the one
 * that this block begins. */
static bool is_boundary(struct pass *pass, size_t at, const char *own)
{
    size_t n = own == NULL ? 0 : strlen(own);
    return is_dashes(pass, at) &&
           (edge_find(pass->edges, pass->p, at, skip_line(pass, at),
                      &pass->near_left)
                .is_match ||
            (n > 0 && n <= pass->n - at && memcmp(pass->p + at, own, n) == 0));
}

/*
 * One header block from *at on; *at moves behind it.  False where a bound ended it.
 * Lines that are no field are skipped, but for a part's first: such a part has no
 * header.
 */
static bool take_block(struct pass *pass, size_t *at, bool is_mail,
                       GArray *fields, struct field_block *block)
{
    size_t most = pass->limits->max_header_bytes;
    size_t n = most < pass->n - *at ? *at + most : pass->n;
    struct field_reader reader = {.p = pass->p, .n = n, .at = *at};
    struct field field;
    g_autofree char *own = NULL;
    bool is_own_known = false;
    for (;;) {
        enum field_line line = field_next(&reader, &field);
        if (line == FIELD_LINE_END || (line == FIELD_LINE_EOF && n == pass->n))
            break;
        if (reader.at == n && n < pass->n) {
            stop(pass, reader.start, "header_bytes");
            return false;
        }
        if (!is_own_known && is_dashes(pass, reader.start)) {
            bool is_multipart;
            own = boundary_of(fields, &is_multipart);
            is_own_known = true;
        }
        bool is_bare = line == FIELD_LINE_JUNK && !is_mail && fields->len == 0;
        if (is_bare || is_boundary(pass, reader.start, own)) {
            reader.at = reader.start;
            break;
        }
        if (line == FIELD_LINE_JUNK)
            block->junk++;
        else if (!take_field(pass, &field, reader.start, fields))
            return false;
    }
    field_examine(pass->p, *at, reader.at, fields, block);
    *at = reader.at;
    return true;
}

/* Offset of the first header field, or n where the first block has none. */
static size_t first_field(const struct pass *pass)
{
    size_t most = pass->limits->max_header_bytes;
    size_t n = MIN(most, pass->n);
    struct field_reader reader = {
        .p = pass->p, .n = n, .at = field_skip_from_line(pass->p, n)};
    struct field field;
    enum field_line line;
    do
        line = field_next(&reader, &field);
    while (line == FIELD_LINE_JUNK);
    return line == FIELD_LINE_FIELD ? reader.start : pass->n;
}

/* Opens the multipart that span `index` is, if it is one.  False: too deep. */
static bool open_edge(struct pass *pass, uint32_t index, const GArray *fields,
                      size_t entity)
{
    struct span *span = span_at(pass, index);
    struct edge edge = {.span = index};
    edge.line = boundary_of(fields, &span->is_multipart);
    span->has_boundary = edge.line != NULL;
    pass->leaf = edge.line == NULL ? index : TREE_MAIL;
    if (edge.line == NULL)
        return true;
    if (pass->depth + pass->edges->len >= pass->limits->max_mime_depth) {
        g_free(edge.line);
        stop(pass, entity, "mime_depth");
        return false;
    }
    edge.n = strlen(edge.line);
    g_array_append_val(pass->edges, edge);
    return true;
}

/* Offset before the line end that belongs to the boundary line at `at`. */
static size_t before_line(const struct pass *pass, size_t from, size_t at)
{
    if (at > from && pass->p[at - 1] == '\n')
        at--;
    if (at > from && pass->p[at - 1] == '\r')
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
    for (unsigned i = pass->edges->len; i-- > 0;) {
        const struct edge *edge = &g_array_index(pass->edges, struct edge, i);
        struct span *span = span_at(pass, edge->span);
        if (span->end == 0)
            span->end = before_line(pass, span->body, line);
    }
}

/* A new entity in the multipart `parent`, whose boundary line is at `line`. */
static void take_part(struct pass *pass, uint32_t parent, size_t line,
                      size_t *at)
{
    struct tree *out = pass->out;
    if (out->parts >= pass->limits->max_parts) {
        stop(pass, line, "parts");
        return;
    }
    struct span span = {.parent = parent,
                        .fields =
                            g_array_new(FALSE, FALSE, sizeof(struct field))};
    size_t head = *at;
    bool is_whole = take_block(pass, at, false, span.fields, &span.block);
    bool is_nothing =
        *at == head && (*at == pass->n || is_boundary(pass, *at, NULL));
    if (!is_whole || is_nothing) {
        g_array_unref(span.fields);
        return;
    }
    span.body = *at;
    uint32_t index = out->spans->len;
    g_array_append_val(out->spans, span);
    if (!open_edge(pass, index, span.fields, line)) {
        g_array_set_size(out->spans, index);
        return;
    }
    out->parts++;
    span_at(pass, parent)->children++;
}

/* The line at `line` begins with two dashes, `*at` is behind it. */
static void take_dashes(struct pass *pass, size_t line, size_t *at)
{
    pass->comparisons += pass->edges->len;
    if (pass->comparisons > MAX_COMPARISONS) {
        stop(pass, line, "parts");
        return;
    }
    struct edge_match match =
        edge_find(pass->edges, pass->p, line, *at, &pass->near_left);
    pass->out->is_boundary_near |= match.is_near;
    if (!match.is_match)
        return;
    close_at(pass, line);
    uint32_t parent = g_array_index(pass->edges, struct edge, match.index).span;
    g_array_set_size(pass->edges, match.index + (match.is_end ? 0 : 1));
    if (match.is_end)
        span_at(pass, parent)->is_closed = true;
    else
        take_part(pass, parent, line, at);
}

/* Offset of the next line from `at`, which begins one, on that begins with two
 * dashes; n: none. */
static size_t next_dashes(const struct pass *pass, size_t at)
{
    while (pass->n - at >= 2) {
        if (pass->p[at] == '-' && pass->p[at + 1] == '-')
            return at;
        const uint8_t *eol = memchr(pass->p + at, '\n', pass->n - at);
        if (eol == NULL)
            break;
        at = (size_t)(eol - pass->p) + 1;
    }
    return pass->n;
}

static void take_body(struct pass *pass, size_t at)
{
    struct span mail = {.parent = TREE_MAIL, .body = at};
    g_array_append_val(pass->out->spans, mail);
    if (!open_edge(pass, 0, pass->out->fields, at))
        return;
    while (pass->edges->len > 0 && at < pass->n) {
        size_t line = next_dashes(pass, at);
        if (line >= pass->n)
            break;
        at = skip_line(pass, line);
        take_dashes(pass, line, &at);
    }
    /* What is open now ends with the mail. */
    for (unsigned i = 0; i < pass->out->spans->len; i++) {
        struct span *span = span_at(pass, i);
        if (span->end == 0)
            span->end = MAX(pass->n, span->body);
    }
}

static void span_clear(void *p)
{
    struct span *span = p;
    g_clear_pointer(&span->fields, g_array_unref);
}

void tree_read(const uint8_t *p, size_t n, const struct limits *limits,
               unsigned depth, struct tree *out)
{
    *out = (struct tree){
        .fields = g_array_sized_new(FALSE, FALSE, sizeof(struct field), 32),
        .spans = g_array_new(FALSE, FALSE, sizeof(struct span)),
    };
    g_array_set_clear_func(out->spans, span_clear);
    struct pass pass = {.p = p,
                        .n = n,
                        .limits = limits,
                        .depth = depth,
                        .out = out,
                        .leaf = TREE_MAIL,
                        .near_left = MAX_NEAR};
    size_t at = first_field(&pass);
    if (at == n)
        return;
    pass.edges = edge_array_new();
    if (take_block(&pass, &at, true, out->fields, &out->block))
        take_body(&pass, at);
    g_array_unref(pass.edges);
}

void tree_clear(struct tree *tree)
{
    g_clear_pointer(&tree->fields, g_array_unref);
    g_clear_pointer(&tree->spans, g_array_unref);
}
