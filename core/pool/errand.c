/* SPDX-License-Identifier: MIT */
#include "pool/errand.h"

#include <glib.h>

#include <string.h>

void errand_pack(const struct errand *errand, struct packer *to)
{
    pack_u32(to, errand->home);
    pack_u64(to, errand->message);
    pack_u64(to, errand->raw_at);
    pack_u64(to, errand->raw_n);
    pack_bytes(to, errand->question, errand->question_n);
}

bool errand_unpack(struct unpacker *from, struct errand *out)
{
    struct errand errand = {.home = unpack_u32(from)};
    errand.message = unpack_u64(from);
    errand.raw_at = unpack_u64(from);
    errand.raw_n = unpack_u64(from);
    unpack_bytes(from, &errand.question, &errand.question_n, UNPACK_ANY);
    if (!unpack_end(from))
        return false;
    *out = errand;
    return true;
}

void errand_no_pack(const char *name, const char *why, struct packer *to)
{
    pack_bytes(to, name, strnlen(name, ERRAND_NAME_MAX));
    pack_bytes(to, why, strnlen(why, ERRAND_WHY_MAX));
}

void errand_no_unpack(struct unpacker *from, char **name, char **why)
{
    const uint8_t *p;
    size_t n;
    unpack_bytes(from, &p, &n, ERRAND_NAME_MAX);
    *name = g_strndup((const char *)p, n);
    unpack_bytes(from, &p, &n, ERRAND_WHY_MAX);
    *why = g_strndup((const char *)p, n);
}
