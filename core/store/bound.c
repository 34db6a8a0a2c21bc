/* SPDX-License-Identifier: MIT */
#include "store/bound.h"

#include "mail/field.h"

#include <glib.h>

#include <sodium.h>
#include <string.h>

/* A final '*' matches the rest. */
static const char *const changing[] = {
    "received",
    "return-path",
    "delivered-to",
    "x-original-to",
    "authentication-results",
    "x-assay-*",
    "from",
    "sender",
    "reply-to",
    "to",
    "cc",
    "bcc",
    "resent-*",
    "errors-to",
    "date",
    "message-id",
    "x-spam-*",
};

static bool is_changing(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(changing); i++) {
        size_t n = strlen(changing[i]);
        bool is_start = changing[i][n - 1] == '*';
        if (is_start ? strncmp(name, changing[i], n - 1) == 0
                     : strcmp(name, changing[i]) == 0)
            return true;
    }
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void put(crypto_hash_sha256_state *to, const void *p, size_t n)
{
    crypto_hash_sha256_update(to, p, n);
}

static void put_field(crypto_hash_sha256_state *to, const struct field *field)
{
    g_autofree char *name = g_ascii_strdown(field->name, (gssize)field->name_n);
    g_strstrip(name);
    if (is_changing(name))
        return;
    g_autoptr(GString) value = g_string_sized_new(field->value_n);
    for (uint32_t i = 0; i < field->value_n; i++) {
        if (!is_blank(field->value[i]))
            g_string_append_c(value, field->value[i]);
        else if (value->len > 0 && value->str[value->len - 1] != ' ')
            g_string_append_c(value, ' ');
    }
    if (value->len > 0 && value->str[value->len - 1] == ' ')
        g_string_truncate(value, value->len - 1);
    put(to, name, strlen(name));
    put(to, ":", 1);
    put(to, value->str, value->len);
    put(to, "\r\n", 2);
}

/* Lines of the body; empty ones count when another follows. */
static void put_body(crypto_hash_sha256_state *to, const uint8_t *p, size_t n)
{
    size_t empty = 0;
    for (size_t at = 0; at < n;) {
        const uint8_t *end = memchr(p + at, '\n', n - at);
        size_t next = end != NULL ? (size_t)(end - p) + 1 : n;
        size_t line = (end != NULL ? next - 1 : n) - at;
        if (line > 0 && p[at + line - 1] == '\r')
            line--;
        if (line == 0) {
            empty++;
        } else {
            for (; empty > 0; empty--)
                put(to, "\r\n", 2);
            put(to, p + at, line);
            put(to, "\r\n", 2);
        }
        at = next;
    }
}

void bound_digest(const uint8_t *p, size_t n, uint8_t out[DIGEST_SIZE])
{
    crypto_hash_sha256_state state;
    struct field_reader reader = {.p = p, .n = n};
    struct field field;
    enum field_line line;
    crypto_hash_sha256_init(&state);
    reader.at = field_skip_from_line(p, n);
    while ((line = field_next(&reader, &field)) != FIELD_LINE_END &&
           line != FIELD_LINE_EOF)
        if (line == FIELD_LINE_FIELD)
            put_field(&state, &field);
    put(&state, "\r\n", 2);
    put_body(&state, p + reader.at, n - reader.at);
    crypto_hash_sha256_final(&state, out);
}
