/* SPDX-License-Identifier: MIT */
/*
 * What an MTA says to a filter, from bytes (front/milter_wire.h has the formats).
 *
 * Nothing is copied and nothing allocated: what is read points into the caller's
 * bytes.  Every byte is hostile: a length is judged by its command before more is
 * waited for, so that a port probe or another protocol is known after its first bytes
 * and nobody makes us keep more than one packet.  Data behind a command that has none
 * is let pass, as libmilter does.
 */
#ifndef FRONT_MILTER_CODEC_H
#define FRONT_MILTER_CODEC_H

#include "front/milter_wire.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No packet, its length included, is larger. */
#define MILTER_PACKET_MAX ((size_t)MILTER_LENGTH_SIZE + 1 + MILTER_HEADER_MAX)

/* One packet, lent by the bytes that it was read from. */
struct milter_packet {
    enum milter_command command; /* 0: not even that is there yet */
    const uint8_t *data;
    size_t size;  /* of the data */
    size_t taken; /* bytes of the stream that it stands for */
};

enum milter_decoded {
    MILTER_DECODED_MORE,   /* not all of it is there; `command` may be known */
    MILTER_DECODED_PACKET, /* all of `out` is set */
    MILTER_DECODED_BAD,    /* not milter, with `error` */
};

/* The first packet of p[0..n). */
enum milter_decoded milter_decode(const uint8_t *p, size_t n,
                                  struct milter_packet *out, GError **error);

/* What is offered, and what is agreed on. */
struct milter_offer {
    uint32_t version;
    uint32_t actions;  /* enum milter_action */
    uint32_t protocol; /* enum milter_protocol */
};

/* Of command C.  Lent. */
struct milter_connect {
    const char *name;    /* the client's, "[192.0.2.1]" when it has none */
    char family;         /* '4', '6', 'L' (a path) or 'U' */
    uint16_t port;       /* 0: not known */
    const char *address; /* NULL: family U */
};

/* Strings of a packet that are still unread.  Lent; ends in a NUL or is empty. */
struct milter_strings {
    const uint8_t *p;
    size_t n;
};

/* Each takes a packet of its commands only.  False: it is not well made; `out` is
 * untouched. */
bool milter_read_offer(const struct milter_packet *packet,
                       struct milter_offer *out, GError **error);
bool milter_read_connect(const struct milter_packet *packet,
                         struct milter_connect *out, GError **error);
/* Of H, M and R: at least one string. */
bool milter_read_strings(const struct milter_packet *packet,
                         struct milter_strings *out, GError **error);
/* Of L: exactly two. */
bool milter_read_header(const struct milter_packet *packet, const char **name,
                        const char **value, GError **error);
/* Of D: pairs of strings, and the command that they belong to, which is any byte. */
bool milter_read_macros(const struct milter_packet *packet, uint8_t *command,
                        struct milter_strings *out, GError **error);

/* The next one, lent; NULL at the end. */
const char *milter_strings_next(struct milter_strings *strings);

#endif
