/* SPDX-License-Identifier: MIT */
/*
 * What the front asks a worker, as bytes in its tray and back.
 *
 *     head, scanners to leave out, session, journal, answers, raw message
 *
 * The raw message stands last and aligned: the worker scans it where it lies, without
 * a copy.  The worker trusts the front; it checks bounds all the same, because an
 * error can tell what is wrong and a crash cannot.
 */
#ifndef POOL_REQUEST_H
#define POOL_REQUEST_H

#include "base/pack.h"
#include "mail/session.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A flag a bit. */
enum {
    REQUEST_MAY_SUSPEND = 1 << 0,   /* it may answer SUSPENDED */
    REQUEST_BULK = 1 << 1,          /* nobody waits for this one alone */
    REQUEST_NEEDS_DIGESTS = 1 << 2, /* the reply tells every object's digest */
    REQUEST_FLAGS = (1 << 3) - 1,
    REQUEST_UNTIL_SHIFT = 8 /* above them stands the last stage */
};

/*
 * One request.  Plain values; everything in it is lent: when packed by the front,
 * when unpacked by the request's bytes and the reader.
 */
struct request {
    uint32_t flags;
    uint32_t until;       /* the last stage, up to RCPT; 0: the whole scan */
    int64_t now_s;        /* the scan's time; 0: the worker's clock */
    uint64_t deadline_ns; /* CLOCK_MONOTONIC; 0: only the limits' own */
    const struct session *session;
    const uint32_t *left_out; /* places in the plan, rising */
    uint32_t left_out_n;
    const uint8_t *journal; /* scan/journal.h; NULL: it begins */
    size_t journal_n;
    const uint8_t *answers; /* to the wishes of the journal */
    size_t answers_n;
    const uint8_t *raw; /* never NULL when unpacked */
    size_t raw_n;
};

/* The session alone, and back: yours (session_free), NULL when it is not well made or
 * something is left. */
void request_pack_session(const struct session *session, struct packer *to);
struct session *request_unpack_session(struct unpacker *from);

/* Whole, raw bytes included.  Where `to` is full it does not fit the tray. */
void request_pack(const struct request *request, struct packer *to);

/*
 * The worker's memory between two requests: a session that comes again (a whole folder
 * has one) is recognised by its bytes and not built again.  Zeroed memory is valid.
 * Owned by the worker.
 */
struct request_reader {
    struct session *session;
    GByteArray *bytes;  /* the session's, as it came */
    uint32_t *left_out; /* of the last request */
};

/* False with what is wrong.  `*out` is good until the next call and lends from the
 * bytes behind `from`, which nobody changes meanwhile. */
bool request_unpack(struct request_reader *reader, struct unpacker *from,
                    uint32_t scanner_n, struct request *out, GError **error);
void request_reader_clear(struct request_reader *reader);

#endif
