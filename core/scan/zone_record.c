/* SPDX-License-Identifier: MIT */
/*
 * One JSON value of a zone as a DNS record.
 */
#include "base/error.h"
#include "base/escape.h"
#include "scan/zone_name.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    TTL_S = 300,
    SHOWN_MAX_BYTES = 60
};

bool zone_refuse(const struct zone_reader *reader, const json_t *value,
                 const char *what)
{
    g_autofree char *name =
        escape_dup(reader->name, strlen(reader->name), SHOWN_MAX_BYTES);
    g_autofree char *type =
        reader->type == NULL
            ? g_strdup("")
            : escape_dup(reader->type, strlen(reader->type), SHOWN_MAX_BYTES);
    char *dump = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    g_autofree char *shown =
        escape_dup(dump, dump != NULL ? strlen(dump) : 0, SHOWN_MAX_BYTES);
    free(dump);
    g_set_error(reader->error, BASE_ERROR, BASE_ERROR_DATA,
                "\"%s\": %s%s%s is not %s", name, type,
                type[0] != '\0' ? " " : "", shown, what);
    return false;
}

static void add(struct zone_type *type, uint32_t preference, const char *data,
                size_t n)
{
    struct wish_record record = {.type = type->type,
                                 .ttl_s = TTL_S,
                                 .preference = preference,
                                 .data = data,
                                 .data_n = n};
    g_ptr_array_add(type->records, wish_record_dup(&record));
}

static bool add_address(struct zone_type *type,
                        const struct zone_reader *reader, const json_t *value)
{
    bool is_v4 = type->type == RR_A;
    const char *text = json_string_value(value);
    char bytes[16];
    if (text == NULL || inet_pton(is_v4 ? AF_INET : AF_INET6, text, bytes) != 1)
        return zone_refuse(reader, value,
                           is_v4 ? "an address such as \"192.0.2.1\""
                                 : "an address such as \"2001:db8::1\"");
    add(type, 0, bytes, is_v4 ? 4 : 16);
    return true;
}

static void add_host(struct zone_type *type, uint32_t preference,
                     const char *host)
{
    size_t n = strlen(host);
    add(type, preference, host, n > 0 && host[n - 1] == '.' ? n - 1 : n);
}

/* 10 or "10". */
static bool read_preference(const json_t *value, uint32_t *out)
{
    json_int_t number = json_integer_value(value);
    const char *text = json_string_value(value);
    if (text != NULL) {
        char *end;
        errno = 0;
        number = strtoll(text, &end, 10);
        if (end == text || *end != '\0' || errno != 0)
            return false;
    } else if (!json_is_integer(value)) {
        return false;
    }
    if (number < 0 || number > UINT16_MAX)
        return false;
    *out = (uint32_t)number;
    return true;
}

static bool add_mx(struct zone_type *type, const struct zone_reader *reader,
                   const json_t *value)
{
    uint32_t preference;
    const char *host = json_string_value(json_array_get(value, 1));
    if (json_array_size(value) != 2 || host == NULL ||
        !read_preference(json_array_get(value, 0), &preference))
        return zone_refuse(reader, value,
                           "an MX such as [10, \"mx.example.org\"]");
    add_host(type, preference, host);
    return true;
}

/* A string, or a list of strings that are joined (RFC 7208 3.3). */
static bool add_text(struct zone_type *type, const struct zone_reader *reader,
                     const json_t *value)
{
    g_autoptr(GString) text = g_string_new(json_string_value(value));
    size_t i;
    const json_t *piece;
    bool is_text = json_is_string(value) || json_array_size(value) > 0;
    json_array_foreach(value, i, piece)
    {
        is_text = is_text && json_is_string(piece);
        g_string_append(text,
                        json_is_string(piece) ? json_string_value(piece) : "");
    }
    if (!is_text)
        return zone_refuse(reader, value,
                           "a text, or a list of strings that are one text");
    add(type, 0, text->str, text->len);
    return true;
}

bool zone_record_add(struct zone_type *type, const struct zone_reader *reader,
                     const json_t *value)
{
    switch (type->type) {
    case RR_A:
    case RR_AAAA:
        return add_address(type, reader, value);
    case RR_MX:
        return add_mx(type, reader, value);
    case RR_SPF:
    case RR_TXT:
        return add_text(type, reader, value);
    default:
        if (!json_is_string(value))
            return zone_refuse(reader, value, "a name");
        add_host(type, 0, json_string_value(value));
        return true;
    }
}
