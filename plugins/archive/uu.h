/* SPDX-License-Identifier: MIT */
/*
 * uuencode and its base64 sister in running text (POSIX uuencode, "begin 644 name"
 * and "begin-base64 644 name").  Mail clients show every such block as an
 * attachment, wherever in the text it stands.
 */
#ifndef ARCHIVE_UU_H
#define ARCHIVE_UU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One block. */
struct uu_block {
    const uint8_t *name; /* as it stands, may be any bytes */
    size_t name_n;
    size_t begin; /* of the "begin" line */
    size_t body;  /* of the first line after it */
    size_t after; /* where the text goes on; set by uu_decode */
    bool is_base64;
};

/* How a block ended. */
enum uu_end {
    UU_DONE = 1,      /* by its end mark */
    UU_TRUNCATED = 2, /* by the end of the text */
    UU_DAMAGED = 3,   /* by a line that is none of its lines */
    UU_STOPPED = 4    /* by `take` */
};

/* Takes decoded bytes; false stops. */
typedef bool (*uu_take_fn)(void *self, const uint8_t *p, size_t n);

/*
 * The first block whose "begin" line stands at `from` or later and whose first
 * body line can be one: prose that begins with "begin" is none.  Text without the
 * word costs one memmem.
 */
bool uu_find(const uint8_t *p, size_t n, size_t from, struct uu_block *out);

/* Decodes it, in pieces of some KiB. */
enum uu_end uu_decode(const uint8_t *p, size_t n, struct uu_block *block,
                      uu_take_fn take, void *self);

#endif
