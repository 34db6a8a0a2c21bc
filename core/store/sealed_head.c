/* SPDX-License-Identifier: MIT */
#include "store/sealed_head.h"

#include "base/pack.h"
#include "store/kept.h"

#include <sodium.h>
#include <string.h>

static const char magic[8] = "ASSAYQ1\n";

void sealed_head_put(const struct sealed *head, uint8_t *to)
{
    struct packer packer;
    packer_fixed(&packer, to, SEALED_AD_SIZE);
    pack_raw(&packer, magic, sizeof magic);
    pack_u32(&packer, SEALED_VERSION);
    pack_u32(&packer, head->is_encrypted ? 1 : 0);
    pack_raw(&packer, head->key_id, KEY_ID_SIZE);
    pack_u64(&packer, head->meta_n);
    pack_u64(&packer, head->raw_n);
    pack_raw(&packer, head->content, DIGEST_SIZE);
    g_assert(packer.n == SEALED_AD_SIZE && !packer.is_full);
}

/* What a file of `meta_n + raw_n` bytes takes on the disk. */
static uint64_t size_on_disk(const struct sealed *head)
{
    uint64_t n = head->meta_n + head->raw_n;
    uint64_t chunks = (n + SEALED_CHUNK_SIZE - 1) / SEALED_CHUNK_SIZE;
    return SEALED_HEAD_SIZE + n +
           (head->is_encrypted ? chunks * SEALED_CHUNK_EXTRA : 0);
}

/* `out->file_n` is set already. */
bool sealed_head_take(const uint8_t *from, struct sealed *out, const char **why)
{
    struct unpacker unpacker;
    unpacker_init(&unpacker, from, SEALED_AD_SIZE);
    const uint8_t *mark = unpack_raw(&unpacker, sizeof magic);
    uint32_t version = unpack_u32(&unpacker);
    uint32_t cipher = unpack_u32(&unpacker);
    memcpy(out->key_id, unpack_raw(&unpacker, KEY_ID_SIZE), KEY_ID_SIZE);
    out->meta_n = unpack_u64(&unpacker);
    out->raw_n = unpack_u64(&unpacker);
    memcpy(out->content, unpack_raw(&unpacker, DIGEST_SIZE), DIGEST_SIZE);
    out->is_encrypted = cipher == 1;
    if (memcmp(mark, magic, sizeof magic) != 0)
        *why = "it is no file of the quarantine";
    else if (version != SEALED_VERSION)
        *why = "it is of another version of Assay; this one reads version 1";
    else if (cipher > 1)
        *why = "its cipher is not known";
    else if (out->meta_n == 0 || out->meta_n > KEPT_PACKED_MAX ||
             out->raw_n > INT64_MAX / 2 || size_on_disk(out) != out->file_n)
        *why = "it is cut, or longer than it says";
    else
        return true;
    return false;
}

void sealed_head_check(const uint8_t *head, const GByteArray *meta,
                       uint8_t out[DIGEST_SIZE])
{
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, head, SEALED_CHECK_AT);
    crypto_hash_sha256_update(&state, meta->data, meta->len);
    crypto_hash_sha256_final(&state, out);
}
