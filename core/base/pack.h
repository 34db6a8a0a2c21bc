/* SPDX-License-Identifier: MIT */
/*
 * Values as bytes and back: what processes hand each other through shared memory.
 *
 * The writer trusts itself and is bounded by its room; the reader trusts nothing.
 * Both are sticky: after the first value that does not fit (is_full) or is not well
 * made (is_bad) all further calls do nothing and read zero, so that a whole record
 * is written or read without a check at each step and judged once at its end.
 *
 * Format: little endian, no padding, nothing that tells types.
 *     u8 bool u32 u64 i32 i64   their bytes; a bool is 0 or 1
 *     bytes                     u32 length, then as many bytes
 *     text                      as bytes, without NUL; length UINT32_MAX is NULL,
 *                               which is not ""
 *     count                     u32, followed by so many items
 *
 * Used by one thread at a time.
 */
#ifndef BASE_PACK_H
#define BASE_PACK_H

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* unpack_text, unpack_bytes: as long as what is left. */
#define UNPACK_ANY SIZE_MAX

/*
 * A writer.  Embedded; nothing to clear.  Lends where it writes to.
 */
struct packer {
    GByteArray *array; /* it grows; NULL: fixed room */
    uint8_t *room;     /* fixed room */
    size_t start;      /* of what this packer wrote in `array` */
    size_t n;          /* bytes written so far */
    size_t max;        /* n never becomes more */
    bool is_full;      /* something did not fit: what is there is not whole */
};

/* Appends to `array`, at most `max` bytes.  The array may not be changed by others
 * while the packer is in use. */
void packer_grow(struct packer *packer, GByteArray *array, size_t max);
/* Writes to room[0..capacity]. */
void packer_fixed(struct packer *packer, void *room, size_t capacity);

void pack_u8(struct packer *packer, uint8_t value);
void pack_bool(struct packer *packer, bool value);
void pack_u32(struct packer *packer, uint32_t value);
void pack_u64(struct packer *packer, uint64_t value);
void pack_i32(struct packer *packer, int32_t value);
void pack_i64(struct packer *packer, int64_t value);
/* Length and bytes; p may be NULL where n is 0. */
void pack_bytes(struct packer *packer, const void *p, size_t n);
/* NUL-terminated, or NULL. */
void pack_text(struct packer *packer, const char *text);
/* The bytes alone. */
void pack_raw(struct packer *packer, const void *p, size_t n);
/* Zero bytes until packer->n is a multiple of 8. */
void pack_align(struct packer *packer);
/* Room for `n` bytes (zeroed) that the caller fills before the next call; NULL: full.
 */
uint8_t *pack_space(struct packer *packer, size_t n);
/* Writes over the u32 at `at`, a value of packer->n from before: a count that was
 * not known then. */
void pack_u32_at(struct packer *packer, size_t at, uint32_t value);
/* Takes back all from `n` on, a value of packer->n from before; what did not fit
 * since is forgotten too. */
void pack_cut(struct packer *packer, size_t n);

/*
 * A reader.  Embedded; nothing to clear.
 *
 * Reads bytes that nobody can change any more: what lies in memory that a hostile
 * process can write is copied out first.  Pointers it gives are lent by those
 * bytes.  Needs no alignment.
 */
struct unpacker {
    const uint8_t *p;
    size_t n;  /* bytes in all */
    size_t at; /* bytes read so far; <= n */
    /* Not well made: everything that has been read is to be dropped. */
    bool is_bad;
};

void unpacker_init(struct unpacker *unpacker, const void *p, size_t n);

uint8_t unpack_u8(struct unpacker *unpacker);
/* Anything but 0 and 1 is bad. */
bool unpack_bool(struct unpacker *unpacker);
uint32_t unpack_u32(struct unpacker *unpacker);
uint64_t unpack_u64(struct unpacker *unpacker);
int32_t unpack_i32(struct unpacker *unpacker);
int64_t unpack_i64(struct unpacker *unpacker);
/* Lent; more than `max` bytes are bad.  When bad, `*n` is 0 and `*p` is not NULL. */
void unpack_bytes(struct unpacker *unpacker, const uint8_t **p, size_t *n,
                  size_t max);
/* Yours (g_free).  NULL: it is NULL, or bad: longer than `max` bytes or with a NUL
 * inside.  Not checked for UTF-8. */
char *unpack_text(struct unpacker *unpacker, size_t max);
/* As unpack_text, but NULL is bad too, and then gives "": never returns NULL. */
char *unpack_string(struct unpacker *unpacker, size_t max);
/* Lent; NULL when bad. */
const uint8_t *unpack_raw(struct unpacker *unpacker, size_t n);
/* A count of at most `max` items of which each takes at least `min_item_size`
 * (>= 1) bytes.  One that cannot fit what is left is bad and reads 0: no memory is
 * ever taken on a liar's word. */
uint32_t unpack_count(struct unpacker *unpacker, uint32_t max,
                      size_t min_item_size);
/* Skips what pack_align wrote; anything but zeroes is bad. */
void unpack_align(struct unpacker *unpacker);
/* Bytes not yet read; 0 when bad. */
size_t unpack_left(const struct unpacker *unpacker);
/* The caller found that a value does not make sense. */
void unpack_refuse(struct unpacker *unpacker);
/* Well made, and nothing is left? */
bool unpack_end(struct unpacker *unpacker);

#endif
