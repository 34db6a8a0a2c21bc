/* SPDX-License-Identifier: MIT */
#include "front/milter_codec.h"

#include "base/error.h"

#include <string.h>

static uint32_t u32_at(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 |
           p[3];
}

/* Most data of it; 0: there is no such command. */
static size_t data_max(uint8_t command)
{
    switch (command) {
    case MILTER_ABORT:
    case MILTER_BODY:
    case MILTER_CONNECT:
    case MILTER_MACROS:
    case MILTER_END:
    case MILTER_HELO:
    case MILTER_QUIT_NC:
    case MILTER_MAIL:
    case MILTER_EOH:
    case MILTER_NEGOTIATE:
    case MILTER_QUIT:
    case MILTER_RCPT:
    case MILTER_DATA:
    case MILTER_UNKNOWN:
        return MILTER_DATA_MAX;
    case MILTER_HEADER:
        return MILTER_HEADER_MAX;
    default:
        return 0;
    }
}

static bool bad(GError **error, const struct milter_packet *packet,
                const char *why)
{
    g_set_error(error, BASE_ERROR, BASE_ERROR_PEER, "milter command %c: %s",
                (int)packet->command, why);
    return false;
}

enum milter_decoded milter_decode(const uint8_t *p, size_t n,
                                  struct milter_packet *out, GError **error)
{
    *out = (struct milter_packet){0};
    if (n < MILTER_LENGTH_SIZE)
        return MILTER_DECODED_MORE;
    size_t length = u32_at(p);
    if (length == 0 || length > (size_t)1 + MILTER_HEADER_MAX) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_PEER,
                    "not the milter protocol: a packet of %zu bytes", length);
        return MILTER_DECODED_BAD;
    }
    if (n == MILTER_LENGTH_SIZE)
        return MILTER_DECODED_MORE;
    uint8_t command = p[MILTER_LENGTH_SIZE];
    size_t max = data_max(command);
    if (max == 0) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_PEER,
                    "not the milter protocol: command 0x%02x", command);
        return MILTER_DECODED_BAD;
    }
    out->command = (enum milter_command)command;
    if (length - 1 > max) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_PEER,
                    "milter command %c: %zu bytes of data, %zu at most",
                    command, length - 1, max);
        return MILTER_DECODED_BAD;
    }
    if (n - MILTER_LENGTH_SIZE < length)
        return MILTER_DECODED_MORE;
    out->data = p + MILTER_LENGTH_SIZE + 1;
    out->size = length - 1;
    out->taken = MILTER_LENGTH_SIZE + length;
    return MILTER_DECODED_PACKET;
}

const char *milter_strings_next(struct milter_strings *strings)
{
    if (strings->n == 0)
        return NULL;
    const char *text = (const char *)strings->p;
    size_t size = strlen(text) + 1;
    strings->p += size;
    strings->n -= size;
    return text;
}

bool milter_read_offer(const struct milter_packet *packet,
                       struct milter_offer *out, GError **error)
{
    if (packet->size < sizeof(uint32_t) * 3)
        return bad(error, packet, "too short");
    *out = (struct milter_offer){
        .version = u32_at(packet->data),
        .actions = u32_at(packet->data + 4),
        .protocol = u32_at(packet->data + 8),
    };
    return true;
}

bool milter_read_connect(const struct milter_packet *packet,
                         struct milter_connect *out, GError **error)
{
    const uint8_t *p = packet->data;
    size_t n = packet->size;
    const uint8_t *nul = n > 0 ? memchr(p, '\0', n) : NULL;
    if (nul == NULL)
        return bad(error, packet, "the client's name does not end");
    struct milter_connect got = {.name = (const char *)p};
    n -= (size_t)(nul - p) + 1;
    p = nul + 1;
    if (n == 0)
        return bad(error, packet, "no address family");
    got.family = (char)*p;
    p++;
    n--;
    if (got.family == 'U') {
        *out = got;
        return true;
    }
    if (got.family != '4' && got.family != '6' && got.family != 'L')
        return bad(error, packet, "an address family that is none");
    if (n < sizeof got.port + 1 || p[n - 1] != '\0')
        return bad(error, packet, "the client's address does not end");
    got.port = (uint16_t)(p[0] << 8 | p[1]);
    got.address = (const char *)p + sizeof got.port;
    *out = got;
    return true;
}

bool milter_read_strings(const struct milter_packet *packet,
                         struct milter_strings *out, GError **error)
{
    if (packet->size == 0 || packet->data[packet->size - 1] != '\0')
        return bad(error, packet, "a string that does not end");
    *out = (struct milter_strings){packet->data, packet->size};
    return true;
}

bool milter_read_header(const struct milter_packet *packet, const char **name,
                        const char **value, GError **error)
{
    struct milter_strings strings;
    if (!milter_read_strings(packet, &strings, error))
        return false;
    const char *first = milter_strings_next(&strings);
    const char *second = milter_strings_next(&strings);
    if (second == NULL || strings.n != 0)
        return bad(error, packet, "a header is two strings");
    *name = first;
    *value = second;
    return true;
}

bool milter_read_macros(const struct milter_packet *packet, uint8_t *command,
                        struct milter_strings *out, GError **error)
{
    if (packet->size == 0)
        return bad(error, packet, "of no command");
    struct milter_strings all = {packet->data + 1, packet->size - 1};
    if (all.n > 0 && all.p[all.n - 1] != '\0')
        return bad(error, packet, "a string that does not end");
    struct milter_strings left = all;
    while (milter_strings_next(&left) != NULL)
        if (milter_strings_next(&left) == NULL)
            return bad(error, packet, "a name without a value");
    *command = packet->data[0];
    *out = all;
    return true;
}
