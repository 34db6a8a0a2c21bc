/* SPDX-License-Identifier: MIT */
#include "store/exemption.h"

#include "mail/field.h"
#include "store/bound.h"
#include "store/inside.h"
#include "store/query.h"

#include <jansson.h>
#include <sodium.h>
#include <string.h>

enum {
    TOKEN_SIZE = 32,
    TOKEN_HEX_SIZE = 2 * TOKEN_SIZE + 1,
    VALID_S = 24 * 3600,
    FIELDS_MAX = 8, /* of that name; more are not looked at */
    HEADER_MAX = 256 * 1024
};

#define FIELD_NAME "X-Assay-Release"

static void hash_hex(const char *token, char out[DIGEST_HEX_SIZE])
{
    uint8_t digest[DIGEST_SIZE];
    digest_sha256(token, strlen(token), digest);
    digest_hex(digest, out);
}

static void bound_hex(GBytes *raw, char out[DIGEST_HEX_SIZE])
{
    uint8_t digest[DIGEST_SIZE];
    size_t n = 0;
    const uint8_t *p = g_bytes_get_data(raw, &n);
    bound_digest(p, n, digest);
    digest_hex(digest, out);
}

static bool drop_older(struct quarantine *q, const char *id, GError **error)
{
    struct query query;
    query_begin(&query, q->index.db, "DELETE FROM exemption WHERE id = ?");
    query_text(&query, id);
    query_step(&query);
    return query_end(&query, error);
}

bool exemption_grant(struct quarantine *q, const struct exemption_grant *grant,
                     char **field, GError **error)
{
    uint8_t random[TOKEN_SIZE];
    char token[TOKEN_HEX_SIZE];
    char hash[DIGEST_HEX_SIZE];
    char bound[DIGEST_HEX_SIZE];
    struct query query;
    if (!drop_older(q, grant->id, error))
        return false;
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(token, sizeof token, random, sizeof random);
    hash_hex(token, hash);
    bound_hex(grant->raw, bound);
    query_begin(&query, q->index.db,
                "INSERT INTO exemption(hash, id, bound, kind, findings, "
                "is_anyway, made_s, used_s) VALUES(?,?,?,?,?,?,?,0)");
    query_text(&query, hash);
    query_text(&query, grant->id);
    query_text(&query, bound);
    query_int(&query, grant->kind);
    query_text(&query, grant->findings);
    query_int(&query, grant->is_anyway);
    query_int(&query, grant->now_s);
    query_step(&query);
    if (!query_end(&query, error))
        return false;
    *field = g_strdup_printf(FIELD_NAME ": 1; id=%s; token=%s\r\n", grant->id,
                             token);
    return true;
}

bool exemption_was_taken(struct quarantine *q, const char *id, bool *was_taken,
                         GError **error)
{
    struct query query;
    query_begin(&query, q->index.db,
                "SELECT 1 FROM exemption WHERE id = ? AND used_s > 0");
    query_text(&query, id);
    *was_taken = query_step(&query);
    return query_end(&query, error);
}

/* --- taking ----------------------------------------------------------------------- */

/* What stands in one field. */
struct claim {
    char id[KEPT_ID_SIZE];
    char token[TOKEN_HEX_SIZE];
};

static bool take_hex(const char **at, const char *before, char *to, size_t size)
{
    size_t n = strlen(before);
    if (strncmp(*at, before, n) != 0 ||
        strspn(*at + n, "0123456789abcdef") < size - 1)
        return false;
    memcpy(to, *at + n, size - 1);
    to[size - 1] = '\0';
    *at += n + size - 1;
    return true;
}

static bool read_claim(const struct field *field, struct claim *out)
{
    g_autoptr(GString) value = g_string_new(NULL);
    for (uint32_t i = 0; i < field->value_n && value->len < 256; i++)
        if (!g_ascii_isspace(field->value[i]))
            g_string_append_c(value, field->value[i]);
    const char *at = value->str;
    return take_hex(&at, "1;id=", out->id, sizeof out->id) &&
           take_hex(&at, ";token=", out->token, sizeof out->token) &&
           *at == '\0';
}

static bool is_of(const GPtrArray *held, const char *rcpt)
{
    for (unsigned i = 0; i < held->len; i++)
        if (g_ascii_strcasecmp(held->pdata[i], rcpt) == 0)
            return true;
    return false;
}

static bool are_held(struct quarantine *q, const char *id,
                     const struct quarantine_asked *asked, bool *are,
                     GError **error)
{
    struct row row = {0};
    bool is_known = false;
    if (!index_find(&q->index, id, &is_known, &row, error))
        return false;
    *are = is_known && asked->rcpt_n > 0;
    for (size_t i = 0; *are && i < asked->rcpt_n; i++)
        *are = is_of(row.kept.session->rcpts, asked->rcpts[i]);
    row_clear(&row);
    return true;
}

/* An exemption that was found. */
struct found {
    char *hash; /* NULL: none */
    struct quarantine_exemption exemption;
};

/* Both are compared in constant time, whatever comes out. */
static bool is_ours(const struct query *query, const char *want_hash,
                    const char *want_bound)
{
    g_autofree char *hash = query_text_at(query, 0);
    g_autofree char *bound = query_text_at(query, 1);
    size_t n = DIGEST_HEX_SIZE - 1;
    if (hash == NULL || bound == NULL || strlen(hash) != n ||
        strlen(bound) != n)
        return false;
    int differs = sodium_memcmp(hash, want_hash, n);
    return (differs | sodium_memcmp(bound, want_bound, n)) == 0;
}

/* All tokens of that message are looked at. */
static bool find_token(struct quarantine *q, const struct claim *claim,
                       const struct quarantine_asked *asked,
                       struct found *found, GError **error)
{
    struct query query;
    char hash[DIGEST_HEX_SIZE];
    char bound[DIGEST_HEX_SIZE];
    hash_hex(claim->token, hash);
    bound_hex(asked->raw, bound);
    query_begin(&query, q->index.db,
                "SELECT hash, bound, kind, findings, is_anyway FROM exemption "
                "WHERE id = ? AND used_s = 0 AND made_s > ?");
    query_text(&query, claim->id);
    query_int(&query, asked->now_s - VALID_S);
    while (query_step(&query)) {
        if (!is_ours(&query, hash, bound) || found->hash != NULL)
            continue;
        found->hash = query_text_at(&query, 0);
        found->exemption = (struct quarantine_exemption){
            .id = g_strdup(claim->id),
            .kind = (uint32_t)query_int_at(&query, 2),
            .findings = query_text_at(&query, 3),
            .is_anyway = query_int_at(&query, 4) != 0,
        };
    }
    return query_end(&query, error);
}

/* Only one who asks gets it. */
static bool use_token(struct quarantine *q, const char *hash, int64_t now_s,
                      bool *is_used, GError **error)
{
    struct query query;
    query_begin(&query, q->index.db,
                "UPDATE exemption SET used_s = ? WHERE hash = ? AND "
                "used_s = 0");
    query_int(&query, MAX(now_s, 1));
    query_text(&query, hash);
    query_step(&query);
    if (!query_end(&query, error))
        return false;
    *is_used = sqlite3_changes(q->index.db) == 1;
    return true;
}

static bool take(struct quarantine *q, const struct claim *claim,
                 const struct quarantine_asked *asked,
                 struct quarantine_exemption *out, GError **error)
{
    struct found found = {0};
    bool are = false;
    bool is_used = false;
    bool is_good = are_held(q, claim->id, asked, &are, error) &&
                   (!are || find_token(q, claim, asked, &found, error));
    if (is_good && found.hash != NULL)
        is_good = use_token(q, found.hash, asked->now_s, &is_used, error);
    g_free(found.hash);
    if (is_good && is_used)
        *out = found.exemption;
    else
        quarantine_exemption_clear(&found.exemption);
    return is_good && is_used;
}

static unsigned read_claims(GBytes *raw, struct claim claims[FIELDS_MAX])
{
    size_t n = 0;
    const uint8_t *p = g_bytes_get_data(raw, &n);
    struct field_reader reader = {.p = p, .n = MIN(n, HEADER_MAX)};
    struct field field;
    enum field_line line;
    unsigned found = 0;
    while (found < FIELDS_MAX &&
           (line = field_next(&reader, &field)) != FIELD_LINE_END &&
           line != FIELD_LINE_EOF)
        if (line == FIELD_LINE_FIELD && field_is(&field, FIELD_NAME) &&
            read_claim(&field, &claims[found]))
            found++;
    return found;
}

bool quarantine_take_exemption(struct quarantine *q,
                               const struct quarantine_asked *asked,
                               struct quarantine_exemption *out, GError **error)
{
    struct claim claims[FIELDS_MAX];
    unsigned found = read_claims(asked->raw, claims);
    bool is_taken = false;
    GError *why = NULL;
    if (found == 0 || !inside_begin(q, error))
        return false;
    for (unsigned i = 0; i < found && !is_taken && why == NULL; i++)
        is_taken = take(q, &claims[i], asked, out, &why);
    inside_end(q);
    if (why != NULL)
        g_propagate_error(error, why);
    return is_taken;
}

void quarantine_exemption_clear(struct quarantine_exemption *exemption)
{
    g_free(exemption->id);
    g_free(exemption->findings);
    *exemption = (struct quarantine_exemption){0};
}

bool quarantine_exemption_covers(const struct quarantine_exemption *exemption,
                                 const char *plugin, const char *name)
{
    json_t *all = exemption->findings != NULL
                      ? json_loads(exemption->findings, 0, NULL)
                      : NULL;
    bool is_covered = false;
    for (size_t i = 0; i < json_array_size(all) && !is_covered; i++) {
        json_t *one = json_array_get(all, i);
        is_covered =
            g_strcmp0(json_string_value(json_object_get(one, "plugin")),
                      plugin) == 0 &&
            g_strcmp0(json_string_value(json_object_get(one, "name")), name) ==
                0;
    }
    json_decref(all);
    return is_covered;
}
