/* SPDX-License-Identifier: MIT */
#include "pool/request.h"

#include "base/error.h"

#include <assay/plugin.h>

#include <string.h>

enum {
    RCPT_MIN_SIZE = 4,
    INDEX_SIZE = 4
};

/* --- writing --------------------------------------------------------------------- */

void request_pack_session(const struct session *session, struct packer *to)
{
    pack_text(to, session->client_ip);
    pack_text(to, session->client_name);
    pack_text(to, session->helo);
    pack_text(to, session->mail_from);
    pack_text(to, session->auth_user);
    pack_text(to, session->queue_id);
    pack_text(to, session->local_ip);
    pack_text(to, session->tls_version);
    pack_text(to, session->tls_cipher);
    pack_u32(to, session->client_port);
    pack_u32(to, session->local_port);
    pack_u32(to, session->direction);
    pack_bool(to, session->is_trusted);
    pack_u32(to, session->rcpts->len);
    for (unsigned i = 0; i < session->rcpts->len; i++)
        pack_text(to, session->rcpts->pdata[i]);
}

void request_pack(const struct request *request, struct packer *to)
{
    pack_u32(to, request->flags | request->until << REQUEST_UNTIL_SHIFT);
    pack_i64(to, request->now_s);
    pack_u64(to, request->deadline_ns);
    pack_u32(to, request->left_out_n);
    for (uint32_t i = 0; i < request->left_out_n; i++)
        pack_u32(to, request->left_out[i]);
    size_t size_at = to->n;
    pack_u32(to, 0);
    size_t session_at = to->n;
    request_pack_session(request->session, to);
    pack_u32_at(to, size_at, (uint32_t)(to->n - session_at));
    pack_bool(to, request->journal != NULL);
    pack_bytes(to, request->journal, request->journal_n);
    pack_bytes(to, request->answers, request->answers_n);
    pack_u64(to, request->raw_n);
    pack_align(to);
    pack_raw(to, request->raw, request->raw_n);
}

/* --- reading --------------------------------------------------------------------- */

/* A port, or bad. */
static uint16_t unpack_port(struct unpacker *from)
{
    uint32_t port = unpack_u32(from);
    if (port > UINT16_MAX)
        unpack_refuse(from);
    return (uint16_t)port;
}

struct session *request_unpack_session(struct unpacker *from)
{
    struct session *session = session_new();
    session->client_ip = unpack_text(from, UNPACK_ANY);
    session->client_name = unpack_text(from, UNPACK_ANY);
    session->helo = unpack_text(from, UNPACK_ANY);
    session->mail_from = unpack_text(from, UNPACK_ANY);
    session->auth_user = unpack_text(from, UNPACK_ANY);
    session->queue_id = unpack_text(from, UNPACK_ANY);
    session->local_ip = unpack_text(from, UNPACK_ANY);
    session->tls_version = unpack_text(from, UNPACK_ANY);
    session->tls_cipher = unpack_text(from, UNPACK_ANY);
    session->client_port = unpack_port(from);
    session->local_port = unpack_port(from);
    session->direction = unpack_u32(from);
    session->is_trusted = unpack_bool(from);
    uint32_t n = unpack_count(from, INT32_MAX, RCPT_MIN_SIZE);
    for (uint32_t i = 0; i < n && !from->is_bad; i++)
        g_ptr_array_add(session->rcpts, unpack_string(from, UNPACK_ANY));
    if (session->direction != ASSAY_DIRECTION_IN &&
        session->direction != ASSAY_DIRECTION_OUT)
        unpack_refuse(from);
    if (unpack_end(from))
        return session;
    session_free(session);
    return NULL;
}

static bool is_known(const struct request_reader *reader, const uint8_t *p,
                     size_t n)
{
    return reader->session != NULL && reader->bytes->len == n &&
           memcmp(reader->bytes->data, p, n) == 0;
}

/* NULL: it is not well made; the last one is kept. */
static const struct session *read_session(struct request_reader *reader,
                                          struct unpacker *from)
{
    const uint8_t *p;
    size_t n;
    unpack_bytes(from, &p, &n, INT32_MAX);
    if (from->is_bad || is_known(reader, p, n))
        return reader->session;
    struct unpacker inner;
    unpacker_init(&inner, p, n);
    struct session *session = request_unpack_session(&inner);
    if (session == NULL) {
        unpack_refuse(from);
        return NULL;
    }
    session_free(reader->session);
    reader->session = session;
    if (reader->bytes == NULL)
        reader->bytes = g_byte_array_new();
    g_byte_array_set_size(reader->bytes, 0);
    g_byte_array_append(reader->bytes, p, (unsigned)n);
    return session;
}

/* Rising, and all of them in the plan. */
static void read_left_out(struct request_reader *reader, struct unpacker *from,
                          uint32_t scanner_n, struct request *out)
{
    out->left_out_n = unpack_count(from, scanner_n, INDEX_SIZE);
    if (out->left_out_n == 0)
        return;
    g_free(reader->left_out);
    reader->left_out = g_new(uint32_t, out->left_out_n);
    for (uint32_t i = 0; i < out->left_out_n; i++) {
        uint32_t index = unpack_u32(from);
        if (index >= scanner_n || (i > 0 && index <= reader->left_out[i - 1]))
            unpack_refuse(from);
        reader->left_out[i] = index;
    }
    out->left_out = reader->left_out;
}

bool request_unpack(struct request_reader *reader, struct unpacker *from,
                    uint32_t scanner_n, struct request *out, GError **error)
{
    uint32_t head = unpack_u32(from);
    struct request request = {
        .flags = head & ((UINT32_C(1) << REQUEST_UNTIL_SHIFT) - 1),
        .until = head >> REQUEST_UNTIL_SHIFT,
    };
    request.now_s = unpack_i64(from);
    request.deadline_ns = unpack_u64(from);
    read_left_out(reader, from, scanner_n, &request);
    request.session = read_session(reader, from);
    bool has_journal = unpack_bool(from);
    const uint8_t *journal;
    unpack_bytes(from, &journal, &request.journal_n, UNPACK_ANY);
    unpack_bytes(from, &request.answers, &request.answers_n, UNPACK_ANY);
    request.journal = has_journal ? journal : NULL;
    uint64_t raw_n = unpack_u64(from);
    unpack_align(from);
    if ((request.flags & ~(uint32_t)REQUEST_FLAGS) != 0 ||
        request.until > ASSAY_STAGE_RCPT ||
        (!has_journal && request.journal_n > 0) || raw_n != unpack_left(from))
        unpack_refuse(from);
    request.raw_n = (size_t)raw_n;
    request.raw = unpack_raw(from, request.raw_n);
    if (!unpack_end(from)) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_PEER,
                    "a request of %zu bytes is not well made at byte %zu",
                    from->n, from->at);
        return false;
    }
    *out = request;
    return true;
}

void request_reader_clear(struct request_reader *reader)
{
    session_free(reader->session);
    if (reader->bytes != NULL)
        g_byte_array_unref(reader->bytes);
    g_free(reader->left_out);
    *reader = (struct request_reader){0};
}
