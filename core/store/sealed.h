/* SPDX-License-Identifier: MIT */
/*
 * The file of one held message: who may read it, and whether it is whole.
 *
 *     offset  bytes
 *          0      8  "ASSAYQ1\n"
 *          8      4  version, 1
 *         12      4  cipher: 0 none, 1 XChaCha20-Poly1305 in chunks
 *         16      8  id of the key; zeroes: none
 *         24      8  n, bytes of what is known about the message (store/kept.h)
 *         32      8  m, bytes of the message
 *         40     32  SHA-256 of the message
 *         72     24  header of libsodium's secretstream; zeroes: none
 *         96     32  SHA-256 of bytes 0 to 95 and of what is known
 *        128         n + m bytes; encrypted: in chunks of 64 KiB, each 17 bytes longer
 *                    on the disk, the last with the tag FINAL
 *
 * Numbers are little endian.  Bytes 0 to 71 are associated data of every chunk: a
 * header cannot be exchanged, chunks cannot be moved, and a file that was cut is known
 * to be.  Without a key the two digests find what the disk has spoilt.  Reading and
 * writing take memory for a chunk, beside what they hand out.
 */
#ifndef STORE_SEALED_H
#define STORE_SEALED_H

#include "base/digest.h"
#include "store/key.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SEALED_HEAD_SIZE = 128,
    SEALED_CHUNK_SIZE = 64 * 1024,
    SEALED_CHUNK_EXTRA = 17
};

/* How much of a file is read. */
enum sealed_depth {
    SEALED_HEAD, /* the header: nothing is authenticated */
    SEALED_META, /* what is known about the message */
    SEALED_CHECK, /* every byte is looked at; the message is not kept in memory */
    SEALED_ALL    /* the message too */
};

/* What was read.  Yours: sealed_clear(); zeroed memory is valid and empty. */
struct sealed {
    bool is_encrypted;
    uint8_t key_id[KEY_ID_SIZE];
    /* SHA-256 of the message, as the header says. */
    uint8_t content[DIGEST_SIZE];
    uint64_t meta_n;
    uint64_t raw_n;
    uint64_t file_n;  /* bytes of the file */
    GByteArray *meta; /* from SEALED_META on */
    GBytes *raw;      /* SEALED_ALL */
};

/* What is to be written.  Lent. */
struct sealed_source {
    const struct key *key; /* NULL: in the clear */
    const GByteArray *meta;
    GBytes *raw;
    const uint8_t *content; /* SHA-256 of raw */
};

/* Writes to an empty file; errno tells why where it fails. */
bool sealed_write(int fd, const struct sealed_source *source);

/* Reads from offset 0 on.  False: the file is damaged (BASE_ERROR_DATA), there is no
 * such key (BASE_ERROR_CONF), or it cannot be read (BASE_ERROR_IO); `out` is untouched.
 * Nothing is handed out that was not authenticated, or whose digest is wrong. */
bool sealed_read(int fd, const struct key_ring *ring, enum sealed_depth depth,
                 struct sealed *out, GError **error);
void sealed_clear(struct sealed *sealed);

#endif
