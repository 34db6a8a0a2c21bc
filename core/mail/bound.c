/* SPDX-License-Identifier: MIT */
#include "mail/bound.h"

#include "mail/field.h"
#include "mail/tree.h"

#include <string.h>

enum {
    /* Up to here a copy costs less than the parsing of addresses it saves. */
    MASK_ALWAYS_BYTES = 64 * 1024,
    /* GMime finds no boundary that does not fit its buffer; RFC 5322 lines end
     * at 998. */
    MAX_BOUNDARY_BYTES = 998,
    /* Parameters of one field beyond these count as fields: each costs GMime as
     * much. */
    FREE_PARAMETERS = 32
};

/* An open multipart: its boundary with the dashes in front. */
struct edge {
    char *line;
    size_t n;
};

/* Bytes to be changed in the copy. */
struct mask {
    size_t at;
    size_t n;
    int byte;
};

struct pass {
    const uint8_t *p;
    size_t n;
    const struct limits *limits;
    unsigned depth;
    struct bound *out;
    GArray *edges;       /* struct edge, innermost last */
    GArray *masks;       /* struct mask */
    bool is_mask_needed; /* else the copy only saves time */
};

static void edge_clear(void *p)
{
    struct edge *edge = p;
    g_free(edge->line);
}

/* Ends what GMime may see at `at`. */
static void stop(struct pass *pass, size_t at, const char *name)
{
    pass->out->parse_n = at;
    pass->out->reached = name;
}

/* Writes `n` times `byte` from `at` on; not `is_needed`: it only saves time. */
static void mask(struct pass *pass, struct mask m, bool is_needed)
{
    g_array_append_val(pass->masks, m);
    pass->is_mask_needed |= is_needed;
}

/* Deepest group nesting of an address field: a colon outside of quotes, comments
 * and domain literals opens one, a semicolon closes it. */
static uint64_t group_depth(const struct field *field)
{
    uint64_t depth = 0;
    uint64_t deepest = 0;
    char until = '\0';
    for (uint32_t i = 0; i < field->value_n; i++) {
        char c = field->value[i];
        if (c == '\\')
            i++;
        else if (until != '\0')
            until = c == until ? '\0' : until;
        else if (c == '"')
            until = '"';
        else if (c == '(')
            until = ')';
        else if (c == '[')
            until = ']';
        else if (c == ':')
            deepest = MAX(deepest, ++depth);
        else if (c == ';' && depth > 0)
            depth--;
    }
    return deepest;
}

/* A field of the mail itself that GMime need not see. */
static void mask_field(struct pass *pass, const struct field *field)
{
    static const char *const addresses[] = {"from", "to",     "cc",
                                            "bcc",  "sender", "reply-to"};
    uint64_t most = pass->limits->max_group_nesting;
    bool is_deep = false;
    /* Few bytes cannot nest deep: most fields are not looked at. */
    for (size_t i = 0; field->value_n > most && i < G_N_ELEMENTS(addresses);
         i++)
        is_deep |= field_is(field, addresses[i]) && group_depth(field) > most;
    pass->out->is_group_deep |= is_deep;
    size_t colon = (size_t)((const uint8_t *)field->value - pass->p) - 1;
    mask(pass, (struct mask){colon, 1, ' '}, is_deep);
}

/* Skips blanks, folds and comments (RFC 5322 3.2.2). */
static uint32_t skip_cfws(const char *p, uint32_t n, uint32_t i)
{
    unsigned depth = 0;
    for (; i < n; i++) {
        if (p[i] == '\\' && depth > 0)
            i++;
        else if (p[i] == '(')
            depth++;
        else if (p[i] == ')' && depth > 0)
            depth--;
        else if (depth == 0 && !g_ascii_isspace(p[i]))
            break;
    }
    return MIN(i, n);
}

/* Is `word` at value[i]? */
static bool is_word(const struct field *field, uint32_t i, const char *word)
{
    size_t n = strlen(word);
    return i + n <= field->value_n &&
           g_ascii_strncasecmp(field->value + i, word, n) == 0;
}

/* Makes nested mails leaves. */
static void mask_type(struct pass *pass, const struct field *field)
{
    uint32_t i = skip_cfws(field->value, field->value_n, 0);
    size_t at = (size_t)((const uint8_t *)field->value - pass->p);
    if (is_word(field, i, "message"))
        mask(pass, (struct mask){at + i, 1, '_'}, true);
    if (!is_word(field, i, "multipart"))
        return;
    i = skip_cfws(field->value, field->value_n, i + 9);
    if (i == field->value_n || field->value[i] != '/')
        return;
    i = skip_cfws(field->value, field->value_n, i + 1);
    if (is_word(field, i, "digest"))
        mask(pass, (struct mask){at + i, 1, '_'}, true);
}

static bool has_word(const struct field *field, const char *word)
{
    for (uint32_t i = 0; i < field->value_n; i++)
        if ((field->value[i] | 0x20) == word[0] && is_word(field, i, word))
            return true;
    return false;
}

/* A Content-Type: masked, and its boundary opened.  False: the pass ends. */
static bool take_type(struct pass *pass, const struct field *field,
                      size_t entity)
{
    mask_type(pass, field);
    if (entity == pass->out->from && has_word(field, "multipart"))
        pass->out->is_flat = false;
    if (pass->out->is_flat || !has_word(field, "boundary"))
        return true;
    struct edge edge;
    edge.line = tree_boundary(field->value, field->value_n);
    if (edge.line == NULL)
        return true;
    edge.n = strlen(edge.line);
    if (edge.n <= MAX_BOUNDARY_BYTES &&
        pass->depth + pass->edges->len < pass->limits->max_mime_depth) {
        g_array_append_val(pass->edges, edge);
        return true;
    }
    bool is_long = edge.n > MAX_BOUNDARY_BYTES;
    g_free(edge.line);
    if (is_long)
        pass->out->reached = "header_bytes"; /* no part of it will be found */
    else
        stop(pass, entity, "mime_depth");
    return is_long;
}

/* Counts one field and its parameters.  False: the pass ends. */
static bool take_field(struct pass *pass, const struct field *field,
                       size_t start, size_t entity)
{
    struct bound *out = pass->out;
    uint64_t cost = 1;
    bool is_content = field->name_n > 8 &&
                      g_ascii_strncasecmp(field->name, "Content-", 8) == 0;
    if (is_content) {
        uint64_t params = 0;
        for (uint32_t i = 0; i < field->value_n; i++)
            params += field->value[i] == ';';
        cost += params > FREE_PARAMETERS ? params - FREE_PARAMETERS : 0;
    }
    if (out->fields + cost > pass->limits->max_header_fields) {
        stop(pass, start, "header_fields");
        return false;
    }
    out->fields += cost;
    if (is_content) {
        out->parse_from = MIN(out->parse_from, start);
        return !field_is(field, "Content-Type") ||
               take_type(pass, field, entity);
    }
    if (entity == out->from)
        mask_field(pass, field);
    return true;
}

static void mask_nuls(struct pass *pass, size_t from, size_t to)
{
    const uint8_t *nul;
    while ((nul = memchr(pass->p + from, '\0', to - from)) != NULL) {
        from = (size_t)(nul - pass->p) + 1;
        mask(pass, (struct mask){from - 1, 1, ' '}, true);
    }
}

/* What a line is to a boundary. */
enum match {
    MATCH_NONE,
    MATCH_NEAR, /* begins with it: RFC 2046 5.1.1 takes that for enough */
    MATCH_OPEN,
    MATCH_NEAR_END,
    MATCH_END
};

static enum match match_edge(const struct edge *edge, const uint8_t *line,
                             size_t n)
{
    if (n < edge->n || memcmp(line, edge->line, edge->n) != 0)
        return MATCH_NONE;
    if (n == edge->n)
        return MATCH_OPEN;
    bool is_end = n >= edge->n + 2 && memcmp(line + edge->n, "--", 2) == 0;
    if (is_end)
        return n == edge->n + 2 ? MATCH_END : MATCH_NEAR_END;
    return MATCH_NEAR;
}

/* Is the line at `at` a boundary?  Closes what it closes; true: it opens an
 * entity.  A near one is made an exact one for GMime. */
static bool take_boundary(struct pass *pass, size_t at)
{
    const uint8_t *line = pass->p + at;
    const uint8_t *eol = memchr(line, '\n', pass->n - at);
    size_t n = eol == NULL ? pass->n - at : (size_t)(eol - line);
    while (n > 0 && g_ascii_isspace(line[n - 1]))
        n--;
    enum match best = MATCH_NONE;
    unsigned of = 0;
    for (unsigned i = pass->edges->len; i-- > 0;) {
        const struct edge *edge = &g_array_index(pass->edges, struct edge, i);
        enum match match = match_edge(edge, line, n);
        bool is_exact = match == MATCH_OPEN || match == MATCH_END;
        if (!is_exact && (match == MATCH_NONE || best != MATCH_NONE))
            continue;
        best = match;
        of = i;
        if (is_exact)
            break;
    }
    if (best == MATCH_NONE)
        return false;
    bool is_end = best == MATCH_END || best == MATCH_NEAR_END;
    if (best == MATCH_NEAR || best == MATCH_NEAR_END) {
        size_t keep =
            g_array_index(pass->edges, struct edge, of).n + (is_end ? 2 : 0);
        pass->out->is_boundary_near = true;
        mask(pass, (struct mask){at + keep, n - keep, ' '}, true);
    }
    g_array_set_size(pass->edges, is_end ? of : of + 1);
    return !is_end;
}

/* One header block from `at`, of the entity that begins (with its boundary line)
 * at `entity`.  False: the pass ends. */
static bool take_block(struct pass *pass, size_t *at, size_t entity)
{
    size_t most = pass->limits->max_header_bytes;
    size_t n = most < pass->n - *at ? *at + (size_t)most : pass->n;
    struct field_reader reader = {.p = pass->p, .n = n, .at = *at};
    struct field field;
    enum field_line line;
    while ((line = field_next(&reader, &field)) != FIELD_LINE_END) {
        if (line == FIELD_LINE_EOF || (reader.at == n && n < pass->n)) {
            if (n < pass->n)
                stop(pass, reader.start > *at ? reader.start : n,
                     "header_bytes");
            mask_nuls(pass, *at, pass->out->parse_n);
            return false;
        }
        if (line == FIELD_LINE_DASHES) {
            reader.at = reader.start; /* an entity without a body */
            break;
        }
        if (line == FIELD_LINE_FIELD &&
            !take_field(pass, &field, reader.start, entity)) {
            mask_nuls(pass, *at, pass->out->parse_n);
            return false;
        }
    }
    mask_nuls(pass, *at, reader.at);
    *at = reader.at;
    return true;
}

/* Offset of the next line from `at` on that begins with two dashes. */
static size_t next_dashes(const struct pass *pass, size_t at)
{
    if (pass->n - at >= 2 && memcmp(pass->p + at, "--", 2) == 0 &&
        (at == 0 || pass->p[at - 1] == '\n'))
        return at;
    const uint8_t *found = memmem(pass->p + at, pass->n - at, "\n--", 3);
    return found == NULL ? pass->n : (size_t)(found - pass->p) + 1;
}

static size_t skip_line(const struct pass *pass, size_t at)
{
    const uint8_t *eol = memchr(pass->p + at, '\n', pass->n - at);
    return eol == NULL ? pass->n : (size_t)(eol - pass->p) + 1;
}

/* Offset of the first header field, or n where the first block has none. */
static size_t first_field(const uint8_t *p, size_t n)
{
    struct field_reader reader = {
        .p = p, .n = n, .at = field_skip_from_line(p, n)};
    struct field field;
    enum field_line line;
    do
        line = field_next(&reader, &field);
    while (line == FIELD_LINE_JUNK || line == FIELD_LINE_DASHES);
    return line == FIELD_LINE_FIELD ? reader.start : n;
}

static void take_all(struct pass *pass)
{
    size_t at = pass->out->from;
    if (!take_block(pass, &at, at)) {
        pass->out->body = pass->out->parse_n;
        return;
    }
    pass->out->body = at;
    while (pass->edges->len > 0 && at < pass->n) {
        size_t line = next_dashes(pass, at);
        if (line == pass->n)
            return;
        at = skip_line(pass, line);
        if (!take_boundary(pass, line))
            continue;
        if (pass->out->parts >= pass->limits->max_parts) {
            stop(pass, line, "parts");
            return;
        }
        pass->out->parts++;
        if (!take_block(pass, &at, line))
            return;
    }
}

static void make_tamed(struct pass *pass)
{
    struct bound *out = pass->out;
    if (pass->masks->len == 0 || out->is_flat ||
        (!pass->is_mask_needed && out->parse_n > MASK_ALWAYS_BYTES))
        return;
    uint8_t *copy = g_memdup2(pass->p, out->parse_n);
    for (unsigned i = 0; i < pass->masks->len; i++) {
        const struct mask *m = &g_array_index(pass->masks, struct mask, i);
        if (m->at < out->parse_n)
            memset(copy + m->at, m->byte, MIN(m->n, out->parse_n - m->at));
    }
    out->tamed = g_bytes_new_take(copy, out->parse_n);
}

void bound_message(const uint8_t *p, size_t n, const struct limits *limits,
                   unsigned depth, struct bound *out)
{
    size_t from = first_field(p, n);
    *out = (struct bound){.from = from,
                          .body = from,
                          .parse_from = n,
                          .parse_n = n,
                          .is_flat = true};
    if (out->from == n)
        return;
    struct pass pass = {
        .p = p,
        .n = n,
        .limits = limits,
        .depth = depth,
        .out = out,
        .edges = g_array_new(FALSE, FALSE, sizeof(struct edge)),
        .masks = g_array_sized_new(FALSE, FALSE, sizeof(struct mask), 16),
    };
    g_array_set_clear_func(pass.edges, edge_clear);
    take_all(&pass);
    make_tamed(&pass);
    g_array_unref(pass.edges);
    g_array_unref(pass.masks);
}

void bound_clear(struct bound *bound)
{
    g_clear_pointer(&bound->tamed, g_bytes_unref);
}
