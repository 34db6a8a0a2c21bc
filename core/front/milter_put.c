/* SPDX-License-Identifier: MIT */
#include "front/milter_put.h"

#include "base/error.h"

#include <string.h>

#define PACKET_MAX ((unsigned)MILTER_LENGTH_SIZE + 1 + MILTER_DATA_MAX)

void milter_put_u32(GByteArray *out, uint32_t value)
{
    uint8_t bytes[] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16),
                       (uint8_t)(value >> 8), (uint8_t)value};
    g_byte_array_append(out, bytes, sizeof bytes);
}

void milter_put_bytes(GByteArray *out, const void *p, size_t n)
{
    g_byte_array_append(out, p, (unsigned)n);
}

void milter_put_string(GByteArray *out, const char *text)
{
    milter_put_bytes(out, text, strlen(text) + 1);
}

unsigned milter_put_begin(GByteArray *out, uint8_t command)
{
    unsigned start = out->len;
    milter_put_u32(out, 0);
    milter_put_bytes(out, &command, 1);
    return start;
}

void milter_put_close(GByteArray *out, unsigned start)
{
    g_assert(out->len - start <= PACKET_MAX);
    uint32_t length = out->len - start - MILTER_LENGTH_SIZE;
    for (unsigned i = 0; i < MILTER_LENGTH_SIZE; i++)
        out->data[start + i] = (uint8_t)(length >> (24 - 8 * i));
}

bool milter_put_end(GByteArray *out, unsigned start, GError **error)
{
    if (out->len - start > PACKET_MAX) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT,
                    "%u bytes are more than an MTA takes in one packet",
                    out->len - start - MILTER_LENGTH_SIZE - 1);
        g_byte_array_set_size(out, start);
        return false;
    }
    milter_put_close(out, start);
    return true;
}

bool milter_put_refuse(GError **error, const char *what, const char *wanted)
{
    g_set_error(error, BASE_ERROR, BASE_ERROR_DATA, "%s: %s", what, wanted);
    return false;
}

bool milter_put_is_printable(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] < ' ' || p[i] > '~')
            return false;
    return true;
}
