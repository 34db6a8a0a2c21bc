/* SPDX-License-Identifier: MIT */
/*
 * The pieces that packets to an MTA are made of; for front/milter_reply.c and
 * front/milter_change.c only.
 */
#ifndef FRONT_MILTER_PUT_H
#define FRONT_MILTER_PUT_H

#include "front/milter_wire.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Opens a packet and returns where it starts, for milter_put_end. */
unsigned milter_put_begin(GByteArray *out, uint8_t command);
/* Closes one that is known to be small enough. */
void milter_put_close(GByteArray *out, unsigned start);
/* Closes it.  False: it is larger than an MTA takes, and is taken back. */
bool milter_put_end(GByteArray *out, unsigned start, GError **error);

void milter_put_u32(GByteArray *out, uint32_t value);
void milter_put_bytes(GByteArray *out, const void *p, size_t n);
void milter_put_string(GByteArray *out, const char *text);

bool milter_put_is_printable(const char *p, size_t n);
/* Returns false, with `error`: `what` is not as `wanted`. */
bool milter_put_refuse(GError **error, const char *what, const char *wanted);

#endif
