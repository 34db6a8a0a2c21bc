/* SPDX-License-Identifier: MIT */
#include "store/kept.h"

#include "base/pack.h"
#include "store/options.h"

#include <string.h>

enum {
    RCPTS_MAX = 100000,
    TEXT_MAX = 1024 * 1024 /* any one text but the findings */
};

void kept_clear(struct kept *kept)
{
    g_free(kept->because);
    g_free(kept->by);
    g_free(kept->name);
    g_free(kept->findings);
    g_free(kept->subject);
    g_free(kept->from);
    session_free(kept->session);
    *kept = (struct kept){0};
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort_unique(GPtrArray *rcpts)
{
    g_ptr_array_sort(rcpts, by_bytes);
    for (unsigned i = 1; i < rcpts->len;) {
        if (strcmp(rcpts->pdata[i - 1], rcpts->pdata[i]) == 0)
            g_ptr_array_remove_index(rcpts, i);
        else
            i++;
    }
}

void kept_set_id(struct kept *kept)
{
    static const char label[] = "assay quarantine id";
    uint8_t digest[DIGEST_SIZE];
    char hex[DIGEST_HEX_SIZE];
    GPtrArray *rcpts = kept->session->rcpts;
    sort_unique(rcpts);
    g_autoptr(GByteArray) all = g_byte_array_new();
    g_byte_array_append(all, (const guint8 *)label, sizeof label);
    g_byte_array_append(all, kept->content, DIGEST_SIZE);
    for (unsigned i = 0; i < rcpts->len; i++) /* NUL ends each of them */
        g_byte_array_append(all, rcpts->pdata[i],
                            (unsigned)strlen(rcpts->pdata[i]) + 1);
    digest_sha256(all->data, all->len, digest);
    digest_hex(digest, hex);
    memcpy(kept->id, hex, KEPT_ID_SIZE - 1);
    kept->id[KEPT_ID_SIZE - 1] = '\0';
}

bool kept_id_is_good(const char *id)
{
    return strlen(id) == KEPT_ID_SIZE - 1 &&
           strspn(id, "0123456789abcdef") == KEPT_ID_SIZE - 1;
}

/* --- as bytes: the order is the format of version 1, and stays ------------------- */

static void pack_session(struct packer *to, const struct session *session)
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

GByteArray *kept_pack(const struct kept *kept)
{
    struct packer to;
    GByteArray *bytes = g_byte_array_new();
    packer_grow(&to, bytes, KEPT_PACKED_MAX);
    pack_raw(&to, kept->content, DIGEST_SIZE);
    pack_u64(&to, kept->size);
    pack_i64(&to, kept->time_s);
    pack_u32(&to, kept->kind);
    pack_u32(&to, kept->action);
    pack_i32(&to, kept->scl);
    pack_u64(&to, kept->generation);
    pack_text(&to, kept->because);
    pack_text(&to, kept->by);
    pack_text(&to, kept->name);
    pack_text(&to, kept->findings);
    pack_text(&to, kept->subject);
    pack_text(&to, kept->from);
    pack_session(&to, kept->session);
    if (to.is_full)
        g_byte_array_set_size(bytes, 0);
    return bytes;
}

static uint16_t unpack_port(struct unpacker *from)
{
    uint32_t port = unpack_u32(from);
    if (port > UINT16_MAX)
        unpack_refuse(from);
    return (uint16_t)port;
}

static struct session *unpack_session(struct unpacker *from)
{
    struct session *session = session_new();
    session->client_ip = unpack_text(from, TEXT_MAX);
    session->client_name = unpack_text(from, TEXT_MAX);
    session->helo = unpack_text(from, TEXT_MAX);
    session->mail_from = unpack_text(from, TEXT_MAX);
    session->auth_user = unpack_text(from, TEXT_MAX);
    session->queue_id = unpack_text(from, TEXT_MAX);
    session->local_ip = unpack_text(from, TEXT_MAX);
    session->tls_version = unpack_text(from, TEXT_MAX);
    session->tls_cipher = unpack_text(from, TEXT_MAX);
    session->client_port = unpack_port(from);
    session->local_port = unpack_port(from);
    session->direction = unpack_u32(from);
    session->is_trusted = unpack_bool(from);
    for (uint32_t n = unpack_count(from, RCPTS_MAX, sizeof(uint32_t));
         n > 0 && !from->is_bad; n--)
        g_ptr_array_add(session->rcpts, unpack_string(from, TEXT_MAX));
    return session;
}

static void unpack_facts(struct unpacker *from, struct kept *kept)
{
    const uint8_t *content = unpack_raw(from, DIGEST_SIZE);
    if (content != NULL)
        memcpy(kept->content, content, DIGEST_SIZE);
    kept->size = unpack_u64(from);
    kept->time_s = unpack_i64(from);
    kept->kind = unpack_u32(from);
    kept->action = unpack_u32(from);
    kept->scl = unpack_i32(from);
    kept->generation = unpack_u64(from);
    kept->because = unpack_text(from, TEXT_MAX);
    kept->by = unpack_text(from, TEXT_MAX);
    kept->name = unpack_text(from, TEXT_MAX);
    kept->findings = unpack_text(from, KEPT_PACKED_MAX);
    kept->subject = unpack_text(from, TEXT_MAX);
    kept->from = unpack_text(from, TEXT_MAX);
}

bool kept_unpack(const void *p, size_t n, struct kept *out)
{
    struct unpacker from;
    struct kept kept = {0};
    unpacker_init(&from, p, n);
    unpack_facts(&from, &kept);
    kept.session = unpack_session(&from);
    if (kept.kind >= QUARANTINE_KINDS || kept.action > ASSAY_ACTION_DISCARD ||
        kept.scl < -1 || kept.scl > 9)
        unpack_refuse(&from);
    if (!unpack_end(&from)) {
        kept_clear(&kept);
        return false;
    }
    kept_set_id(&kept);
    *out = kept;
    return true;
}
