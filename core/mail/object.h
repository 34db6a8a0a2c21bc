/* SPDX-License-Identifier: MIT */
/*
 * Objects: everything that is scanned, as one tree.
 *
 * The root is the message; below it MIME entities, nested messages, archive
 * members, texts made from documents.  Content is decoded once, contiguous and
 * immutable, and shared by all plugins.
 */
#ifndef MAIL_OBJECT_H
#define MAIL_OBJECT_H

#include "base/digest.h"

#include <assay/plugin.h>

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* Objects that exist in every reading have all bits set. */
#define OBJECT_ALL_READINGS UINT64_MAX

/* One header field, as it stood and where.  The bytes are lent by the object. */
struct field {
    const char *name; /* without the colon; not terminated */
    uint32_t name_n;
    uint32_t value_n;
    const char *value; /* raw: folds, no final line end; not terminated */
};

/* One name an object was given. */
struct object_name {
    char *text; /* UTF-8, decoded (RFC 2047, RFC 2231), no NUL */
    char *raw;  /* as it stood, may hold any byte */
    size_t raw_n;
};

/*
 * One object.  Owned by its message's array, freed with it; pointers to it stay
 * valid as long as the message.  Never changes once its scan has begun on it,
 * except for the lazily made digest and text.
 */
struct object {
    struct object *parent; /* NULL: the root */
    uint32_t id;           /* index in message->objects */
    uint32_t kind;         /* ASSAY_OBJECT_MESSAGE ... */
    uint64_t flags;        /* ASSAY_OBJECT_* bits */
    uint32_t depth;        /* all levels above it; the root is 0 */
    uint32_t unpack_depth; /* those that are not MIME: limits.max_depth */
    const uint8_t *data;   /* never NULL */
    size_t size;
    GBytes *bytes;       /* owns data, or a reference to what owns it; NULL: the
                            object is hollow, its content is in another process:
                            `size` is that content's, `data` is empty */
    char *type_declared; /* lower case, without parameters; NULL: none.  Set by
                            object_set_type: hostile text is never interned */
    const char *type_detected; /* mail/detect.h; static, interned or part of
                                  a hollow object; not NULL */
    char *charset;
    char *disposition;
    char *encoding;
    char *content_id;
    char *method;
    char *path;        /* "" for the root; "2.1!invoice.zip!a.exe", UTF-8 */
    GPtrArray *names;  /* struct object_name; NULL: none */
    bool is_name_cut;  /* it has more, longer or more deeply encoded names than
                          were read: one of them may end in .exe */
    GArray *fields;    /* struct field; NULL: not a MIME entity or message */
    uint64_t readings; /* bit per reading it exists in */
    uint64_t packed_size;
    uint64_t told_size;
    int64_t mtime;
    const char *origin;   /* instance that made it; NULL: core.  Interned */
    uint32_t child_count; /* direct children so far */
    bool is_expanded;     /* a mail whose entities are already in the tree */
    bool has_digest;
    uint8_t digest[DIGEST_SIZE];
    char *text; /* mail/text.h */
    size_t text_n;
};

/* A new object with that content (a reference is taken), not yet in a message.
 * type_detected is filled in from the content.  NULL: that comes later. */
struct object *object_new(uint32_t kind, GBytes *bytes);
/* The content of an object that was made without (a reference is taken). */
void object_set_content(struct object *object, GBytes *bytes);
void object_free(struct object *object);

/* Adds a name if it is not there yet; at most 16 of at most 4096 bytes are kept, and
 * is_name_cut tells that there was more.  `charset` (NULL: guess) is of the raw bytes;
 * MIME callers give decoded UTF-8 in `text` (NULL: decode raw here). */
void object_add_name(struct object *object, const char *raw, size_t raw_n,
                     const char *charset, const char *text);
/* Adds a name that was decoded elsewhere by these rules: UTF-8, taken, not empty. */
void object_add_decoded(struct object *object, const char *raw, size_t raw_n,
                        char *text);
/* Sets type_declared from p[0..n): lower case, parameters and blanks dropped; at
 * most 127 bytes are kept, an empty one is none. */
void object_set_type(struct object *object, const char *p, size_t n);
/* The first name, or NULL. */
const char *object_name(const struct object *object);
/* SHA-256 of the content, computed when first asked for.  NULL: the object is hollow
 * and came without. */
const uint8_t *object_digest(struct object *object);

#endif
