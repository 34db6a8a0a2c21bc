/* SPDX-License-Identifier: MIT */
#include "base/error.h"
#include "store/sealed.h"
#include "store/sealed_head.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file being read. */
struct unseal {
    int fd;
    enum sealed_depth depth;
    const struct key *key; /* NULL: in the clear */
    struct sealed got;
    GByteArray *raw; /* NULL: not wanted */
    uint64_t left;   /* bytes of meta and raw that were not read */
    uint8_t head[SEALED_HEAD_SIZE];
    crypto_secretstream_xchacha20poly1305_state state;
    crypto_hash_sha256_state content;
    uint8_t plain[SEALED_CHUNK_SIZE];
    uint8_t cipher[SEALED_CHUNK_SIZE + SEALED_CHUNK_EXTRA];
};

static bool damaged(const char *why, GError **error)
{
    g_set_error(error, BASE_ERROR, BASE_ERROR_DATA, "damaged: %s", why);
    return false;
}

static bool read_all(int fd, void *to, size_t n, GError **error)
{
    uint8_t *p = to;
    while (n > 0) {
        ssize_t got = read(fd, p, n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                        "it cannot be read: %s", g_strerror(errno));
            return false;
        }
        if (got == 0)
            return damaged("it is cut", error);
        p += got;
        n -= (size_t)got;
    }
    return true;
}

static bool take_head(struct unseal *u, GError **error)
{
    struct stat st;
    const char *why = NULL;
    if (fstat(u->fd, &st) != 0 || !S_ISREG(st.st_mode))
        return damaged("it is no file", error);
    u->got.file_n = (uint64_t)st.st_size;
    if (u->got.file_n < SEALED_HEAD_SIZE)
        return damaged("it is cut", error);
    if (!read_all(u->fd, u->head, SEALED_HEAD_SIZE, error))
        return false;
    if (!sealed_head_take(u->head, &u->got, &why))
        return damaged(why, error);
    u->left = u->got.meta_n + u->got.raw_n;
    return true;
}

static bool begin(struct unseal *u, const struct key_ring *ring, GError **error)
{
    crypto_hash_sha256_init(&u->content);
    u->got.meta = g_byte_array_new();
    if (u->depth == SEALED_ALL)
        u->raw =
            g_byte_array_sized_new((unsigned)MIN(u->got.raw_n, G_MAXUINT / 2));
    if (u->got.raw_n > G_MAXUINT / 2)
        return damaged("no mail is so large", error);
    if (!u->got.is_encrypted)
        return true;
    u->key = key_ring_find(ring, u->got.key_id, error);
    if (u->key == NULL)
        return false;
    if (crypto_secretstream_xchacha20poly1305_init_pull(
            &u->state, u->head + SEALED_STREAM_AT, u->key->secret) != 0)
        return damaged("its key does not open it", error);
    return true;
}

/* *n bytes of what was sealed into `plain`. */
static bool take_chunk(struct unseal *u, size_t *n, GError **error)
{
    unsigned long long plain_n = 0;
    uint8_t tag = 0;
    *n = (size_t)MIN(u->left, SEALED_CHUNK_SIZE);
    u->left -= *n;
    if (u->key == NULL)
        return read_all(u->fd, u->plain, *n, error);
    if (!read_all(u->fd, u->cipher, *n + SEALED_CHUNK_EXTRA, error))
        return false;
    bool is_last = u->left == 0;
    if (crypto_secretstream_xchacha20poly1305_pull(
            &u->state, u->plain, &plain_n, &tag, u->cipher,
            *n + SEALED_CHUNK_EXTRA, u->head, SEALED_AD_SIZE) != 0 ||
        plain_n != *n ||
        is_last != (tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL))
        return damaged("it was changed, or encrypted with another key", error);
    return true;
}

/* The first meta_n bytes are what is known, the rest is the message. */
static void keep(struct unseal *u, const uint8_t *p, size_t n)
{
    size_t of_meta = (size_t)MIN(n, u->got.meta_n - u->got.meta->len);
    g_byte_array_append(u->got.meta, p, (unsigned)of_meta);
    crypto_hash_sha256_update(&u->content, p + of_meta, n - of_meta);
    if (u->raw != NULL)
        g_byte_array_append(u->raw, p + of_meta, (unsigned)(n - of_meta));
}

static bool check(struct unseal *u, GError **error)
{
    uint8_t digest[DIGEST_SIZE];
    sealed_head_check(u->head, u->got.meta, digest);
    if (memcmp(digest, u->head + SEALED_CHECK_AT, DIGEST_SIZE) != 0)
        return damaged("what it says about the message was changed", error);
    if (u->left > 0)
        return true;
    crypto_hash_sha256_final(&u->content, digest);
    if (memcmp(digest, u->got.content, DIGEST_SIZE) != 0)
        return damaged("the message was changed", error);
    return true;
}

static bool take(struct unseal *u, const struct key_ring *ring, GError **error)
{
    if (!take_head(u, error))
        return false;
    if (u->depth == SEALED_HEAD)
        return true;
    if (!begin(u, ring, error))
        return false;
    while (u->left > 0 &&
           (u->depth >= SEALED_CHECK || u->got.meta->len < u->got.meta_n)) {
        size_t n = 0;
        if (!take_chunk(u, &n, error))
            return false;
        keep(u, u->plain, n);
    }
    return check(u, error);
}

bool sealed_read(int fd, const struct key_ring *ring, enum sealed_depth depth,
                 struct sealed *out, GError **error)
{
    struct unseal *u = g_new0(struct unseal, 1);
    u->fd = fd;
    u->depth = depth;
    bool is_read = take(u, ring, error);
    GBytes *raw = u->raw != NULL ? g_byte_array_free_to_bytes(u->raw) : NULL;
    if (is_read) {
        *out = u->got;
        out->raw = raw;
    } else {
        sealed_clear(&u->got);
        if (raw != NULL)
            g_bytes_unref(raw);
    }
    sodium_memzero(u, sizeof *u);
    g_free(u);
    return is_read;
}
