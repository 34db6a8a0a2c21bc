/* SPDX-License-Identifier: MIT */
#include "front/milter_change.h"

#include "front/milter_put.h"

#include <string.h>

static bool is_field_name(const char *name)
{
    if (*name == '\0')
        return false;
    for (; *name != '\0'; name++)
        if (*name <= ' ' || *name > '~' || *name == ':')
            return false;
    return true;
}

/* Unfolded and folded text with no line that could be a header of its own. */
static bool put_value(GByteArray *out, const char *value)
{
    milter_put_bytes(out, " ", 1);
    for (const char *p = value; *p != '\0'; p++) {
        if (p[0] == '\r' && p[1] != '\n')
            return false;
        if (p[0] == '\n' && p[1] != ' ' && p[1] != '\t')
            return false;
        if (*p != '\r')
            milter_put_bytes(out, p, 1);
    }
    milter_put_bytes(out, "", 1);
    return true;
}

static bool finish_header(GByteArray *out, unsigned start, const char *name,
                          const char *value, GError **error)
{
    bool is_good = is_field_name(name);
    if (!is_good)
        milter_put_refuse(error, "header name",
                          "printable ASCII without blank and colon");
    if (is_good) {
        milter_put_string(out, name);
        is_good = put_value(out, value);
        if (!is_good)
            milter_put_refuse(error, "header value",
                              "a line end comes before a blank");
    }
    if (!is_good) {
        g_byte_array_set_size(out, start);
        return false;
    }
    return milter_put_end(out, start, error);
}

bool milter_put_add_header(GByteArray *out, const char *name, const char *value,
                           GError **error)
{
    unsigned start = milter_put_begin(out, MILTER_ADD_HEADER);
    return finish_header(out, start, name, value, error);
}

bool milter_put_insert_header(GByteArray *out, uint32_t index, const char *name,
                              const char *value, GError **error)
{
    if (index >= INT32_MAX)
        return milter_put_refuse(error, "header index", "0 to 2147483646");
    unsigned start = milter_put_begin(out, MILTER_INSERT_HEADER);
    milter_put_u32(out, index);
    return finish_header(out, start, name, value, error);
}

bool milter_put_change_header(GByteArray *out, uint32_t index, const char *name,
                              const char *value, GError **error)
{
    if (index < 1 || index > INT32_MAX)
        return milter_put_refuse(error, "header index", "1 to 2147483647");
    unsigned start = milter_put_begin(out, MILTER_CHANGE_HEADER);
    milter_put_u32(out, index);
    return finish_header(out, start, name, value, error);
}

bool milter_put_delete_header(GByteArray *out, uint32_t index, const char *name,
                              GError **error)
{
    if (index < 1 || index > INT32_MAX)
        return milter_put_refuse(error, "header index", "1 to 2147483647");
    if (!is_field_name(name))
        return milter_put_refuse(error, "header name",
                                 "printable ASCII without blank and colon");
    unsigned start = milter_put_begin(out, MILTER_CHANGE_HEADER);
    milter_put_u32(out, index);
    milter_put_string(out, name);
    milter_put_string(out, "");
    return milter_put_end(out, start, error);
}

/* UTF-8 may be in it (RFC 6531), controls may not. */
static bool is_address(const char *text)
{
    for (; *text != '\0'; text++)
        if ((uint8_t)*text < ' ' || *text == 0x7f)
            return false;
    return true;
}

static bool put_address(GByteArray *out, enum milter_response response,
                        const char *address, const char *args, GError **error)
{
    if (!is_address(address) || (args != NULL && !is_address(args)))
        return milter_put_refuse(error, "address", "no control characters");
    unsigned start = milter_put_begin(out, (uint8_t)response);
    milter_put_bytes(out, "<", 1);
    milter_put_bytes(out, address, strlen(address));
    milter_put_string(out, ">");
    if (args != NULL)
        milter_put_string(out, args);
    return milter_put_end(out, start, error);
}

bool milter_put_add_rcpt(GByteArray *out, const char *address, const char *args,
                         GError **error)
{
    return put_address(out,
                       args != NULL ? MILTER_ADD_RCPT_ARGS : MILTER_ADD_RCPT,
                       address, args, error);
}

bool milter_put_delete_rcpt(GByteArray *out, const char *address,
                            GError **error)
{
    return put_address(out, MILTER_DELETE_RCPT, address, NULL, error);
}

bool milter_put_change_from(GByteArray *out, const char *address,
                            const char *args, GError **error)
{
    return put_address(out, MILTER_CHANGE_FROM, address, args, error);
}

void milter_put_body(GByteArray *out, const uint8_t *p, size_t n)
{
    static const uint8_t empty_line[] = {'\r', '\n'};
    if (n == 0) {
        p = empty_line;
        n = sizeof empty_line;
    }
    while (n > 0) {
        size_t part = MIN(n, (size_t)MILTER_DATA_MAX);
        unsigned start = milter_put_begin(out, MILTER_REPLACE_BODY);
        milter_put_bytes(out, p, part);
        milter_put_close(out, start);
        p += part;
        n -= part;
    }
}

bool milter_put_quarantine(GByteArray *out, const char *reason, GError **error)
{
    if (*reason == '\0' || !milter_put_is_printable(reason, strlen(reason)))
        return milter_put_refuse(error, "quarantine",
                                 "a reason of printable ASCII");
    unsigned start = milter_put_begin(out, MILTER_QUARANTINE);
    milter_put_string(out, reason);
    return milter_put_end(out, start, error);
}
