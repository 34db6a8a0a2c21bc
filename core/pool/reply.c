/* SPDX-License-Identifier: MIT */
#include "pool/reply.h"

#include "base/error.h"
#include "base/escape.h"
#include "mail/message.h"
#include "pool/result.h"

#include <string.h>

/* --- writing --------------------------------------------------------------------- */

static void pack_scan(const struct scan *scan, bool with_digests,
                      struct packer *to)
{
    const GPtrArray *objects = scan->message->objects;
    for (unsigned i = 0; with_digests && i < objects->len; i++)
        object_digest(objects->pdata[i]);
    hollow_pack(scan->message, scan->plan, to);
    result_pack(scan, to);
}

void reply_pack(const struct scan *scan, bool with_digests, struct packer *to)
{
    pack_u8(to, REPLY_DONE);
    pack_scan(scan, with_digests, to);
}

static void pack_gbytes(GBytes *bytes, struct packer *to)
{
    size_t n = 0;
    const void *p = g_bytes_get_data(bytes, &n);
    pack_bytes(to, p, n);
}

void reply_pack_stage(const struct scan *scan, bool with_digests,
                      struct packer *to)
{
    bool has_journal =
        scan->journal != NULL &&
        g_bytes_get_size(scan->journal) <= REPLY_STAGE_JOURNAL_MAX;
    pack_u8(to, REPLY_STAGE);
    pack_scan(scan, with_digests, to);
    pack_bool(to, has_journal);
    if (has_journal)
        pack_gbytes(scan->journal, to);
}

void reply_pack_suspended(GBytes *journal, GBytes *wishes, struct packer *to)
{
    pack_u8(to, REPLY_SUSPENDED);
    pack_gbytes(journal, to);
    pack_gbytes(wishes, to);
}

void reply_pack_refused(const char *why, struct packer *to)
{
    pack_u8(to, REPLY_REFUSED);
    pack_bytes(to, why, MIN(strlen(why), (size_t)REPLY_WHY_MAX));
}

/* --- reading --------------------------------------------------------------------- */

static bool unpack_done(struct unpacker *from,
                        const struct reply_context *context, struct reply *out,
                        GError **error)
{
    return hollow_unpack(from, context, &out->message, error) &&
           result_unpack(from, context, out->message, &out->scan, error);
}

static GBytes *unpack_gbytes(struct unpacker *from, size_t max)
{
    const uint8_t *p;
    size_t n;
    unpack_bytes(from, &p, &n, max);
    return g_bytes_new(p, n);
}

static void unpack_refused(struct unpacker *from, struct reply *out)
{
    const uint8_t *p;
    size_t n;
    unpack_bytes(from, &p, &n, REPLY_WHY_MAX);
    out->why = escape_clean_dup((const char *)p, n, REPLY_WHY_MAX);
}

static bool unpack_stage(struct unpacker *from,
                         const struct reply_context *context, struct reply *out,
                         GError **error)
{
    if (!unpack_done(from, context, out, error))
        return false;
    if (unpack_bool(from))
        out->journal = unpack_gbytes(from, REPLY_STAGE_JOURNAL_MAX);
    return true;
}

/* What is over is what was asked for, no more and no less. */
static bool fits(enum reply_kind kind, const struct reply_context *context)
{
    return kind != (context->until == 0 ? REPLY_STAGE : REPLY_DONE);
}

static bool unpack_kind(struct unpacker *from,
                        const struct reply_context *context, struct reply *out,
                        GError **error)
{
    if (!fits(out->kind, context)) {
        g_set_error_literal(error, BASE_ERROR, BASE_ERROR_PEER,
                            "it is over behind another stage");
        return false;
    }
    switch (out->kind) {
    case REPLY_DONE:
        return unpack_done(from, context, out, error);
    case REPLY_STAGE:
        return unpack_stage(from, context, out, error);
    case REPLY_SUSPENDED:
        out->journal = unpack_gbytes(from, REPLY_JOURNAL_MAX);
        out->wishes = unpack_gbytes(from, REPLY_WISHES_MAX);
        return true;
    case REPLY_REFUSED:
        unpack_refused(from, out);
        return true;
    case REPLY_NONE:
    default:
        g_set_error(error, BASE_ERROR, BASE_ERROR_PEER, "kind %u is unknown",
                    (unsigned)out->kind);
        return false;
    }
}

bool reply_unpack(struct unpacker *from, const struct reply_context *context,
                  struct reply *out, GError **error)
{
    struct reply reply = {.kind = (enum reply_kind)unpack_u8(from)};
    bool is_good = unpack_kind(from, context, &reply, error);
    if (is_good && !unpack_end(from)) {
        g_set_error_literal(error, BASE_ERROR, BASE_ERROR_PEER,
                            "its end is not where it should be");
        is_good = false;
    }
    if (!is_good) {
        g_prefix_error(error, "a worker's reply cannot be true: ");
        reply_clear(&reply);
        return false;
    }
    *out = reply;
    return true;
}

void reply_clear(struct reply *reply)
{
    scan_free(reply->scan);
    message_free(reply->message);
    if (reply->journal != NULL)
        g_bytes_unref(reply->journal);
    if (reply->wishes != NULL)
        g_bytes_unref(reply->wishes);
    g_free(reply->why);
    *reply = (struct reply){0};
}
