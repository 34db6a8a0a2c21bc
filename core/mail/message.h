/* SPDX-License-Identifier: MIT */
/*
 * One message: session, raw bytes, and the tree of objects in them.
 *
 * The structure comes from one bounded pass over the raw bytes (mail/tree.h), header
 * values from mail/param.h and mail/words.h; GMime undoes the transfer encodings, in
 * decode.c and nowhere else.  Content that is not encoded shares the raw bytes.  Bad
 * mail is data: whatever the bytes are, there is a message; what was odd about it is
 * a note, and the scan turns notes into findings of the plugin "core":
 *
 *   partial   a bound by its name: header_bytes header_fields group_nesting parts
 *             mime_depth objects bytes object_bytes names
 *   anomaly   what may hide content from one program and show it to another:
 *             mime.boundary_missing mime.boundary_absent mime.boundary_near
 *             mime.header_conflict mime.encoding_unknown (one that looks like a
 *             known one) mime.base64_padding mime.multipart_encoded
 *             mime.partial header.nul
 *   info      broken, but every program sees the same: header.8bit header.junk
 *             mime.boundary_unclosed mime.multipart_empty mime.base64_junk
 *             mime.external_body mime.encoding_unknown mail.empty mail.no_header
 */
#ifndef MAIL_MESSAGE_H
#define MAIL_MESSAGE_H

#include "base/limits.h"
#include "mail/object.h"
#include "mail/session.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* What core itself noticed.  Owned by its message. */
struct note {
    uint32_t kind;         /* ASSAY_KIND_INFO, ANOMALY or PARTIAL */
    uint32_t reason;       /* ASSAY_REASON_* for PARTIAL, else 0 */
    const char *name;      /* "mime.boundary_unclosed"; static */
    struct object *object; /* NULL: the message */
    const char *text;      /* one sentence; static */
};

/*
 * One message.  Owned by its caller; the session is lent and must outlive it.
 */
struct message {
    const struct session *session;
    GPtrArray *objects; /* struct object, [0] is the root; grows in a scan */
    GPtrArray *notes;   /* struct note */
    uint64_t parts;     /* MIME entities so far: limits.max_parts */
    uint64_t header_fields; /* so far: limits.max_header_fields */
    uint64_t bytes;         /* decoded by core so far: limits.max_bytes; content
                               that shares the raw bytes is free */
    uint64_t nested_bytes;  /* of nested mails parsed so far */
    /* how often it was parsed again: all its objects are others */
    uint32_t anew;
    /* Gets the content of a hollow object that somebody wants to see
     * (object_set_content, or object->bytes and data); false: it cannot.  NULL: there
     * is nothing to be had. */
    bool (*fetch)(void *self, struct object *object);
    void *fetch_self;
    size_t words_left; /* bytes of names that are still decoded by RFC 2047 */
};

/*
 * Parses `raw` (a reference is taken) into a message with its whole MIME tree.
 * Never fails: raw may be empty, huge, or no mail at all.
 *
 * Numbering as IMAP (RFC 3501 6.4.5): "1", "2", "2.1"; a nested mail's parts
 * continue below its own number.
 */
struct message *message_new(GBytes *raw, const struct session *session,
                            const struct limits *limits);
void message_free(struct message *message);

/* Appends an object below `parent` (takes ownership), sets id, depth, path. */
void message_add(struct message *message, struct object *parent,
                 struct object *object);

/* Parses an object of detected type message/rfc822 that is not expanded yet (an .eml
 * in an archive) into entities below it.  Does nothing for others, nor for parts that
 * are declared to be text. */
void message_expand(struct message *message, struct object *object,
                    const struct limits *limits);

/* Adds a note of kind INFO or ANOMALY, or PARTIAL with its reason.  Name and text are
 * static.  A name is noted once for an object and for at most 16 objects. */
void message_note(struct message *message, uint32_t kind, const char *name,
                  struct object *object, const char *text);
void message_note_partial(struct message *message, uint32_t reason,
                          const char *name, struct object *object,
                          const char *text);

#endif
