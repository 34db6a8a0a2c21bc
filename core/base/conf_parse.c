/* SPDX-License-Identifier: MIT */
#include "base/conf.h"
#include "base/conf_lex.h"
#include "base/error.h"
#include "base/escape.h"

#include <stdarg.h>
#include <string.h>

enum {
    SHOWN_MAX_BYTES = 60, /* of a wrong text, in messages */
    NAME_MAX_BYTES = 64
};

/* One reading of one text.  Lives on the stack of conf_parse. */
struct parser {
    struct conf *conf;
    struct conf_section *section; /* open section, or NULL */
    struct conf_entry *entry;     /* a value that may go on, or NULL */
    GString *raw;                 /* the open entry's value so far */
    GHashTable *sections;         /* "kind name" -> struct conf_section */
    GHashTable *keys;             /* of the open section -> struct conf_entry */
    unsigned line;
    GError **error;
};

/* Sets the error "path:line: ..." and returns false. */
static G_GNUC_PRINTF(2, 3) bool refuse(struct parser *parser,
                                       const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(parser->error, BASE_ERROR, BASE_ERROR_CONF, "%s:%u: %s",
                parser->conf->path, parser->line, text);
    return false;
}

static char *shown(const char *p, const char *end)
{
    return escape_dup(p, (size_t)(end - p), SHOWN_MAX_BYTES);
}

/* Nothing more will be added to the open value. */
static void close_entry(struct parser *parser)
{
    if (parser->entry == NULL)
        return;
    parser->entry->raw = g_strndup(parser->raw->str, parser->raw->len);
    parser->entry->value = conf_lex_unquote(parser->entry->raw);
    parser->entry = NULL;
    g_string_truncate(parser->raw, 0);
}

static bool add_to_value(struct parser *parser, const char *p, const char *end)
{
    const char *wrong = conf_lex_append(parser->raw, p, end);
    return wrong == NULL ||
           refuse(parser, "[%s] %s: %s", parser->section->label,
                  parser->entry->key, wrong);
}

static bool is_name(const char *p, size_t n)
{
    if (n == 0 || n > NAME_MAX_BYTES)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!g_ascii_isalnum(p[i]) && strchr("_.-", p[i]) == NULL)
            return false;
    return true;
}

/* Opens section `kind` (kind_n bytes of it) `name`; "" is no name. */
static bool add_section(struct parser *parser, const char *kind, size_t kind_n,
                        const char *name)
{
    struct conf_section *section = g_new0(struct conf_section, 1);
    section->kind = g_strndup(kind, kind_n);
    section->name = *name == '\0' ? NULL : g_strdup(name);
    section->line = parser->line;
    section->entries = g_ptr_array_new();
    g_autofree char *full = section->name == NULL
                                ? g_strdup(section->kind)
                                : g_strconcat(section->kind, " ", name, NULL);
    bool is_plugin =
        section->name != NULL && strcmp(section->kind, "plugin") == 0;
    section->label = g_strdup(is_plugin ? name : full);
    g_ptr_array_add(parser->conf->sections, section);
    const struct conf_section *old =
        g_hash_table_lookup(parser->sections, full);
    if (old != NULL)
        return refuse(parser,
                      "section [%s] is already on line %u: join the two", full,
                      old->line);
    g_hash_table_insert(parser->sections, g_steal_pointer(&full), section);
    g_hash_table_remove_all(parser->keys);
    parser->section = section;
    return true;
}

/* "[kind]" or "[kind name]", then nothing but a comment. */
static bool read_section(struct parser *parser, const char *p, const char *end)
{
    close_entry(parser);
    const char *close = memchr(p, ']', (size_t)(end - p));
    const char *after = close == NULL ? end : conf_lex_blanks(close + 1, end);
    g_autofree char *text = shown(p, end);
    if (close == NULL || (after < end && (*after != '#' || after == close + 1)))
        return refuse(parser,
                      "\"%s\" is not a section: write [kind] or "
                      "[kind name] on a line of its own",
                      text);
    g_autofree char *inner = g_strndup(p + 1, (size_t)(close - p - 1));
    g_strstrip(inner);
    size_t kind_n = strcspn(inner, " \t");
    const char *name = inner + kind_n + strspn(inner + kind_n, " \t");
    if (!is_name(inner, kind_n) ||
        (*name != '\0' && !is_name(name, strlen(name))))
        return refuse(parser,
                      "\"%s\": a section has a kind and at most one name, of "
                      "letters, digits, \"_\", \".\" and \"-\"",
                      text);
    return add_section(parser, inner, kind_n, name);
}

/* "key = value" at the start of a line. */
static bool read_setting(struct parser *parser, const char *p, const char *end)
{
    close_entry(parser);
    const char *sign = memchr(p, '=', (size_t)(end - p));
    g_autofree char *text = shown(p, end);
    if (sign == NULL)
        return refuse(parser,
                      "\"%s\" is neither \"key = value\" nor \"[section]\"",
                      text);
    g_autofree char *key = g_strndup(p, (size_t)(sign - p));
    g_strchomp(key);
    if (!is_name(key, strlen(key)))
        return refuse(parser,
                      "\"%s\": what stands before \"=\" is not a name of "
                      "letters, digits and \"_\"",
                      text);
    if (parser->section == NULL)
        return refuse(parser,
                      "%s stands before the first section: put it below one, "
                      "such as [limits]",
                      key);
    const struct conf_entry *old = g_hash_table_lookup(parser->keys, key);
    if (old != NULL)
        return refuse(parser, "[%s] %s: already set on line %u",
                      parser->section->label, key, old->line);
    struct conf_entry *entry = g_new0(struct conf_entry, 1);
    entry->key = g_steal_pointer(&key);
    entry->line = parser->line;
    g_ptr_array_add(parser->section->entries, entry);
    g_hash_table_insert(parser->keys, entry->key, entry);
    parser->entry = entry;
    return add_to_value(parser, sign + 1, end);
}

/* Would this text, if it were not indented, be a setting or a section? */
static bool looks_like_setting(const char *p, const char *end)
{
    const char *q = p;
    while (q < end && (g_ascii_islower(*q) || g_ascii_isdigit(*q) || *q == '_'))
        q++;
    const char *sign = conf_lex_blanks(q, end);
    return *p == '[' || (q > p && sign < end && *sign == '=');
}

static bool read_indented(struct parser *parser, const char *p, const char *end)
{
    if (parser->entry == NULL) {
        g_autofree char *text = shown(p, end);
        return refuse(parser,
                      "\"%s\" is indented, which continues the value above, "
                      "and there is none: a setting starts in column 1",
                      text);
    }
    const GString *raw = parser->raw;
    bool is_list = raw->len > 0 && raw->str[raw->len - 1] == ',';
    if (!is_list && looks_like_setting(p, end)) {
        g_autofree char *text = shown(p, end);
        return refuse(parser,
                      "\"%s\" is indented, which continues %s: a setting "
                      "starts in column 1, a value that looks like one is "
                      "put in quotes",
                      text, parser->entry->key);
    }
    return add_to_value(parser, p, end);
}

static bool read_line(struct parser *parser, const char *p, const char *end)
{
    if (end > p && end[-1] == '\r')
        end--;
    const char *bad = NULL;
    if (!g_utf8_validate_len(p, (size_t)(end - p), &bad))
        return refuse(parser, "byte %zu is %s: the file must be UTF-8 text",
                      (size_t)(bad - p) + 1,
                      *bad == '\0' ? "NUL" : "not UTF-8");
    const char *first = conf_lex_blanks(p, end);
    if (first == end) {
        close_entry(parser);
        return true;
    }
    if (*first == '#')
        return true;
    if (first > p)
        return read_indented(parser, first, end);
    return *p == '[' ? read_section(parser, p, end)
                     : read_setting(parser, p, end);
}

static bool read_lines(struct parser *parser, const char *p, const char *end)
{
    static const char mark[] = "\xef\xbb\xbf"; /* some editors' first bytes */
    if (end - p >= 3 && memcmp(p, mark, 3) == 0)
        p += 3;
    while (p < end) {
        const char *line_end = memchr(p, '\n', (size_t)(end - p));
        if (line_end == NULL)
            line_end = end;
        parser->line++;
        if (!read_line(parser, p, line_end))
            return false;
        p = line_end < end ? line_end + 1 : end;
    }
    return true;
}

/* NOLINTNEXTLINE(readability-function-size): text, where from, and two ways out */
bool conf_parse(const char *text, size_t n, const char *path, const char *dir,
                struct conf **out, GError **error)
{
    struct conf *conf = g_new0(struct conf, 1);
    conf->path = g_strdup(path);
    conf->text = g_strndup(text, n);
    conf->dir = g_canonicalize_filename(dir, NULL);
    conf->sections = g_ptr_array_new();
    struct parser parser = {
        .conf = conf,
        .raw = g_string_new(NULL),
        .sections =
            g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .keys = g_hash_table_new(g_str_hash, g_str_equal),
        .error = error,
    };
    bool is_read = read_lines(&parser, text, text + n);
    close_entry(&parser);
    g_string_free(parser.raw, TRUE);
    g_hash_table_unref(parser.sections);
    g_hash_table_unref(parser.keys);
    if (is_read)
        *out = conf;
    else
        conf_free(conf);
    return is_read;
}
