/* SPDX-License-Identifier: MIT */
/*
 * A message without its content, as bytes and back.
 *
 * The tree of objects with all that is known about them is what verdict, views and
 * stamps need; the content stays where it was scanned.  An object that came this way
 * is hollow (mail/object.h): it has a size, but no bytes, no fields and no text.
 *
 * The bytes are hostile.  Ids, depths and numbers of children are not in them: they
 * follow from the order and the parents, so they cannot be wrong.
 */
#ifndef POOL_HOLLOW_H
#define POOL_HOLLOW_H

#include "base/pack.h"
#include "scan/scan.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/*
 * What was asked: a reply has to fit it.  Owned by the front, lent to what is made
 * from the reply, which it must outlive.
 */
struct reply_context {
    /* Of this message: without what was left out. */
    const struct scan_plan *plan;
    const struct session *session;
    uint64_t raw_size;  /* of the raw message */
    int64_t now_s;      /* as asked for; 0: the worker's clock */
    bool needs_digests; /* was asked for: every object has its digest */
    uint32_t until;     /* as asked for: the last stage; 0: the whole scan */
    /* To a guest (pool/lend.h): its plan does not tell who made an object, and its
     * raw message may be of any size. */
    bool is_lent;
};

/* All of the message's objects; nothing of it is changed. */
void hollow_pack(const struct message *message, const struct scan_plan *plan,
                 struct packer *to);

/* False with what is wrong; on success `*out` is yours (message_free), and the
 * unpacker stands behind the message. */
bool hollow_unpack(struct unpacker *from, const struct reply_context *context,
                   struct message **out, GError **error);

/* One object alone, and back: it becomes the next of `message`.  Returns NULL, or what
 * is wrong with it as one sentence without a subject. */
void hollow_pack_object(const struct object *object,
                        const struct scan_plan *plan, struct packer *to);
const char *hollow_unpack_object(struct unpacker *from,
                                 const struct reply_context *context,
                                 struct message *message);
/* A message without objects, with room for some; yours (message_free). */
struct message *hollow_message_new(const struct session *session,
                                   uint32_t objects);

/* How a scanner is named in bytes: its place in the plan + 1; HOLLOW_CORE: core, or
 * nobody.  Names are interned, so only pointers are compared. */
#define HOLLOW_CORE    UINT32_C(0)
#define HOLLOW_UNKNOWN UINT32_MAX
uint32_t hollow_scanner(const struct scan_plan *plan, const char *name);

#endif
