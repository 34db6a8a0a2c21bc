/* SPDX-License-Identifier: MIT */
#include "store/sealed.h"

#include "base/write.h"
#include "store/sealed_head.h"

#include <sodium.h>
#include <string.h>

_Static_assert(SEALED_CHUNK_EXTRA ==
                   crypto_secretstream_xchacha20poly1305_ABYTES,
               "as libsodium has it");
_Static_assert(SEALED_STREAM_SIZE ==
                   crypto_secretstream_xchacha20poly1305_HEADERBYTES,
               "as libsodium has it");
_Static_assert((int)KEY_SIZE == crypto_secretstream_xchacha20poly1305_KEYBYTES,
               "as libsodium has it");

/* A file being written. */
struct seal {
    int fd;
    const struct sealed_source *source;
    uint64_t left; /* bytes of meta and raw */
    size_t n;      /* bytes in `plain` */
    uint8_t head[SEALED_HEAD_SIZE];
    crypto_secretstream_xchacha20poly1305_state state;
    uint8_t plain[SEALED_CHUNK_SIZE];
    uint8_t cipher[SEALED_CHUNK_SIZE + SEALED_CHUNK_EXTRA];
};

static bool put_head(struct seal *seal)
{
    const struct sealed_source *source = seal->source;
    struct sealed head = {
        .is_encrypted = source->key != NULL,
        .meta_n = source->meta->len,
        .raw_n = g_bytes_get_size(source->raw),
    };
    memcpy(head.content, source->content, DIGEST_SIZE);
    if (source->key != NULL)
        memcpy(head.key_id, source->key->id, KEY_ID_SIZE);
    seal->left = head.meta_n + head.raw_n;
    sealed_head_put(&head, seal->head);
    if (source->key != NULL)
        crypto_secretstream_xchacha20poly1305_init_push(
            &seal->state, seal->head + SEALED_STREAM_AT, source->key->secret);
    sealed_head_check(seal->head, source->meta, seal->head + SEALED_CHECK_AT);
    return write_all(seal->fd, seal->head, SEALED_HEAD_SIZE);
}

static bool put_chunk(struct seal *seal)
{
    unsigned long long n = 0;
    uint8_t tag =
        seal->left == 0 ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0;
    size_t plain_n = seal->n;
    seal->n = 0;
    if (seal->source->key == NULL)
        return write_all(seal->fd, seal->plain, plain_n);
    crypto_secretstream_xchacha20poly1305_push(&seal->state, seal->cipher, &n,
                                               seal->plain, plain_n, seal->head,
                                               SEALED_AD_SIZE, tag);
    return write_all(seal->fd, seal->cipher, (size_t)n);
}

static bool put(struct seal *seal, const uint8_t *p, size_t n)
{
    while (n > 0) {
        size_t take = MIN(n, sizeof seal->plain - seal->n);
        memcpy(seal->plain + seal->n, p, take);
        seal->n += take;
        seal->left -= take;
        p += take;
        n -= take;
        if ((seal->n == sizeof seal->plain || seal->left == 0) &&
            !put_chunk(seal))
            return false;
    }
    return true;
}

bool sealed_write(int fd, const struct sealed_source *source)
{
    size_t n = 0;
    const uint8_t *p = g_bytes_get_data(source->raw, &n);
    struct seal *seal = g_new0(struct seal, 1);
    seal->fd = fd;
    seal->source = source;
    bool is_written = put_head(seal) &&
                      put(seal, source->meta->data, source->meta->len) &&
                      put(seal, p, n);
    sodium_memzero(seal, sizeof *seal);
    g_free(seal);
    return is_written;
}

void sealed_clear(struct sealed *sealed)
{
    g_clear_pointer(&sealed->meta, g_byte_array_unref);
    g_clear_pointer(&sealed->raw, g_bytes_unref);
    *sealed = (struct sealed){0};
}
