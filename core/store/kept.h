/* SPDX-License-Identifier: MIT */
/*
 * All that is known about a held message beside its bytes: what the index shows, and
 * what a message's file carries, so that the index can be made again from the files.
 *
 * A message's id is made of its content and its recipients: however often the same one
 * is held, it is the same file.
 */
#ifndef STORE_KEPT_H
#define STORE_KEPT_H

#include "base/digest.h"
#include "mail/session.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    KEPT_ID_SIZE = 33, /* 32 hexadecimal digits and the final NUL */
    KEPT_PACKED_MAX = 16 * 1024 * 1024
};

/*
 * Plain data.  Owned by whoever made it; zeroed memory is valid and empty.  Strings
 * may be NULL where nothing is known.
 */
struct kept {
    char id[KEPT_ID_SIZE];
    uint8_t content[DIGEST_SIZE]; /* SHA-256 of the message's bytes */
    uint64_t size;                /* of them */
    int64_t time_s;               /* when it was held first, Unix time */
    uint32_t kind;                /* of the verdict, ASSAY_KIND_*, 0: none */
    uint32_t action;              /* what was chosen, ASSAY_ACTION_* */
    int32_t scl;
    uint64_t generation; /* of plugins and signatures; 0: not known */
    char *because;       /* the line of configuration that decided */
    char *by;            /* plugin of the finding that decided; NULL: the SCL */
    char *name;          /* that finding's name */
    char *findings;      /* a JSON array */
    char *subject;       /* decoded, UTF-8 */
    char *from;          /* the From field, decoded, UTF-8 */
    /* What SMTP knew.  Its rcpts are those for whom the message is held, sorted, each
     * once. */
    struct session *session;
};

void kept_clear(struct kept *kept);

/* The id for that content and the recipients of `session`, which are sorted and made
 * unique here. */
void kept_set_id(struct kept *kept);
/* 32 lower-case hexadecimal digits? */
bool kept_id_is_good(const char *id);

/* As bytes, yours. */
GByteArray *kept_pack(const struct kept *kept);
/* From hostile bytes; false: they are none, `out` is untouched. */
bool kept_unpack(const void *p, size_t n, struct kept *out);

#endif
