/* SPDX-License-Identifier: MIT */
#include "front/content_digest.h"

#include "mail/field.h"

#include <openssl/evp.h>
#include <string.h>

/* One digest while it is made. */
struct digesting {
    EVP_MD_CTX *context;
    GHashTable *by_field; /* "name index" -> const struct milter_edit * */
    GHashTable *counts;   /* lower-case names that are edited -> unsigned * */
    GPtrArray *inserts;   /* const struct milter_edit *, by index */
    struct milter_edit *edits; /* a copy, which the others point into */
    unsigned inserted;         /* how many of them are through */
    uint32_t left;  /* fields so far that stay, the MTA's own counted */
    GString *value; /* room for one value */
};

static void add(struct digesting *digesting, const void *p, size_t n)
{
    /* A wrong digest would give one message the stamp of another. */
    if (EVP_DigestUpdate(digesting->context, p, n) != 1)
        g_error("libcrypto cannot compute SHA-256");
}

static void add_sized(struct digesting *digesting, const char *p, size_t n)
{
    uint64_t size = GUINT64_TO_BE((uint64_t)n);
    add(digesting, &size, sizeof size);
    add(digesting, p, n);
}

static bool is_left_out(const char *name, size_t n)
{
    static const char *const names[] = {
        "received",       "return-path",
        "delivered-to",   "x-original-to",
        "envelope-to",    "received-spf",
        "dkim-signature", "authentication-results",
    };
    static const char *const prefixes[] = {"x-assay-", "arc-"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (n == strlen(names[i]) &&
            g_ascii_strncasecmp(name, names[i], n) == 0)
            return true;
    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++)
        if (n >= strlen(prefixes[i]) &&
            g_ascii_strncasecmp(name, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    return false;
}

static void add_value(struct digesting *digesting, const char *p, size_t n)
{
    GString *value = digesting->value;
    g_string_truncate(value, 0);
    for (size_t i = 0; i < n; i++)
        if (p[i] != '\n' && (p[i] != '\r' || i + 1 == n || p[i + 1] != '\n'))
            g_string_append_c(value, p[i]);
    size_t from = 0;
    size_t to = value->len;
    while (from < to && (value->str[from] == ' ' || value->str[from] == '\t'))
        from++;
    while (to > from &&
           (value->str[to - 1] == ' ' || value->str[to - 1] == '\t'))
        to--;
    add_sized(digesting, value->str + from, to - from);
}

static void add_field(struct digesting *digesting, const char *name,
                      size_t name_n, const char *value, size_t value_n)
{
    if (is_left_out(name, name_n))
        return;
    g_autofree char *lower = g_ascii_strdown(name, (gssize)name_n);
    add(digesting, "f", 1);
    add_sized(digesting, lower, name_n);
    add_value(digesting, value, value_n);
}

static void add_edit(struct digesting *digesting,
                     const struct milter_edit *edit)
{
    add_field(digesting, edit->name, strlen(edit->name), edit->value,
              strlen(edit->value));
}

/* Those that come before the field which is the next to stay. */
static void add_inserts(struct digesting *digesting, uint32_t before)
{
    while (digesting->inserted < digesting->inserts->len) {
        const struct milter_edit *edit =
            digesting->inserts->pdata[digesting->inserted];
        if (edit->index > before)
            return;
        add_edit(digesting, edit);
        digesting->inserted++;
    }
}

/* The edit of that occurrence, counted now; NULL: none. */
static const struct milter_edit *edit_of(struct digesting *digesting,
                                         const struct field *field)
{
    if (g_hash_table_size(digesting->counts) == 0 || field->name_n > 1000)
        return NULL;
    g_autofree char *lower =
        g_ascii_strdown(field->name, (gssize)field->name_n);
    unsigned *count = g_hash_table_lookup(digesting->counts, lower);
    if (count == NULL)
        return NULL;
    g_autofree char *key = g_strdup_printf("%s %u", lower, ++*count);
    return g_hash_table_lookup(digesting->by_field, key);
}

static void take_field(struct digesting *digesting, const struct field *field)
{
    const struct milter_edit *edit = edit_of(digesting, field);
    if (edit != NULL && edit->kind == MILTER_EDIT_DELETE_HEADER)
        return;
    add_inserts(digesting, digesting->left);
    digesting->left++;
    if (edit != NULL)
        add_edit(digesting, edit);
    else
        add_field(digesting, field->name, field->name_n, field->value,
                  field->value_n);
}

static int by_index(const void *a, const void *b)
{
    const struct milter_edit *x = *(const struct milter_edit *const *)a;
    const struct milter_edit *y = *(const struct milter_edit *const *)b;
    if (x->index != y->index)
        return x->index < y->index ? -1 : 1;
    return x < y ? -1 : x > y; /* of one array: in the list's order */
}

static void sort_edits(struct digesting *digesting,
                       const struct milter_edit *edits, size_t n)
{
    digesting->edits = g_memdup2(edits, n * sizeof *edits);
    for (size_t i = 0; i < n; i++) {
        struct milter_edit *edit = &digesting->edits[i];
        if (edit->kind == MILTER_EDIT_INSERT_HEADER)
            g_ptr_array_add(digesting->inserts, edit);
        if (edit->kind != MILTER_EDIT_CHANGE_HEADER &&
            edit->kind != MILTER_EDIT_DELETE_HEADER)
            continue;
        char *lower = g_ascii_strdown(edit->name, -1);
        g_hash_table_insert(digesting->by_field,
                            g_strdup_printf("%s %u", lower, edit->index), edit);
        g_hash_table_replace(digesting->counts, lower, g_new0(unsigned, 1));
    }
    g_ptr_array_sort(digesting->inserts, by_index);
}

static void add_message(struct digesting *digesting, GBytes *raw,
                        const struct milter_edit *edits, size_t n)
{
    size_t size = 0;
    const uint8_t *p = g_bytes_get_data(raw, &size);
    struct field_reader reader = {.p = p, .n = size};
    struct field field;
    enum field_line line = FIELD_LINE_JUNK;
    while (line != FIELD_LINE_END && line != FIELD_LINE_EOF) {
        line = field_next(&reader, &field);
        if (line == FIELD_LINE_FIELD)
            take_field(digesting, &field);
        if (line != FIELD_LINE_JUNK)
            continue;
        add(digesting, "j", 1);
        add_sized(digesting, (const char *)p + reader.start,
                  reader.at - reader.start);
    }
    add_inserts(digesting, UINT32_MAX);
    for (size_t i = 0; i < n; i++)
        if (edits[i].kind == MILTER_EDIT_ADD_HEADER)
            add_edit(digesting, &edits[i]);
    add(digesting, "b", 1);
    if (reader.at < size) /* else p may be NULL */
        add(digesting, p + reader.at, size - reader.at);
}

void content_digest(GBytes *raw, const struct milter_edit *edits, size_t n,
                    uint8_t out[DIGEST_SIZE])
{
    struct digesting digesting = {
        .context = EVP_MD_CTX_new(),
        .by_field =
            g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .counts =
            g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
        .inserts = g_ptr_array_new(),
        .left = 1,
        .value = g_string_new(NULL),
    };
    unsigned size = 0;
    if (EVP_DigestInit_ex2(digesting.context, EVP_sha256(), NULL) != 1)
        g_error("libcrypto cannot compute SHA-256");
    sort_edits(&digesting, edits, n);
    add_message(&digesting, raw, edits, n);
    if (EVP_DigestFinal_ex(digesting.context, out, &size) != 1 ||
        size != DIGEST_SIZE)
        g_error("libcrypto cannot compute SHA-256");
    EVP_MD_CTX_free(digesting.context);
    g_hash_table_unref(digesting.by_field);
    g_hash_table_unref(digesting.counts);
    g_ptr_array_unref(digesting.inserts);
    g_string_free(digesting.value, TRUE);
    g_free(digesting.edits);
}
