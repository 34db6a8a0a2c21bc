/* SPDX-License-Identifier: MIT */
#include "zip_record.h"

#include "bytes.h"

enum {
    END_REACH = ZIP_END_SIZE + 0xffff, /* with the longest comment */
    ENTRY_SIZE = 46,
    LOCAL_SIZE = 30,
    END64_SIZE = 56,
    LOCATOR_SIZE = 20,
    FLAG_ENCRYPTED = 1u << 0,
    FLAG_STREAMED = 1u << 3,
    FLAG_STRONG = 1u << 6,
    EXTRA_ZIP64 = 0x0001,
    EXTRA_UTF8_NAME = 0x7075,
    HOST_UNIX = 3,
    HOST_MAC = 19
};

bool zip_has_end(const uint8_t *p, size_t n)
{
    size_t from = n > END_REACH ? n - END_REACH : 0;
    return n >= ZIP_END_SIZE && find_in(p, from, n, "PK\005\006", 4) < n;
}

bool zip_is_entry(const uint8_t *p, size_t n, size_t at)
{
    return has_at(p, n, at, "PK\001\002", 4) && n - at >= ENTRY_SIZE;
}

/* The zip64 end record, if its locator stands before the end record. */
static const uint8_t *end64(const uint8_t *p, size_t at)
{
    if (at < LOCATOR_SIZE + END64_SIZE ||
        memcmp(p + at - LOCATOR_SIZE, "PK\006\007", 4) != 0)
        return NULL;
    uint64_t told = le64(p + at - LOCATOR_SIZE + 8);
    size_t near = at - LOCATOR_SIZE - END64_SIZE;
    if (memcmp(p + near, "PK\006\006", 4) == 0)
        return p + near;
    if (told <= near && memcmp(p + told, "PK\006\006", 4) == 0)
        return p + told;
    return NULL;
}

/* Settles where the directory begins: before the end record (whatever stands
 * before the zip), else at the offset told. */
static bool place(const uint8_t *p, size_t limit, uint64_t size,
                  uint64_t offset, struct zip_end *out)
{
    if (size <= limit) {
        size_t at = limit - (size_t)size;
        if (zip_is_entry(p, limit, at) || (size == 0 && out->told_n == 0)) {
            out->directory = at;
            out->base = at >= offset ? at - (size_t)offset : 0;
            return true;
        }
    }
    if (offset < limit && zip_is_entry(p, limit, (size_t)offset)) {
        out->directory = (size_t)offset;
        out->base = 0;
        return true;
    }
    return false;
}

static bool read_end(const uint8_t *p, size_t n, size_t at, struct zip_end *out,
                     bool *is_multivolume)
{
    const uint8_t *e = p + at;
    size_t limit = at;

    if (n - at < ZIP_END_SIZE)
        return false;
    uint64_t size = le32(e + 12);
    uint64_t offset = le32(e + 16);
    uint32_t disk = le16(e + 4);
    out->at = at;
    out->told_n = le16(e + 10);
    size_t comment = le16(e + 20);
    size_t behind = n - at - ZIP_END_SIZE;
    out->is_short = comment > behind;
    out->spare = comment < behind ? behind - comment : 0;
    const uint8_t *e64 = end64(p, at);
    if (e64 != NULL)
        limit = (size_t)(e64 - p);
    if (e64 != NULL &&
        (out->told_n == 0xffff || size == UINT32_MAX || offset == UINT32_MAX)) {
        disk = le32(e64 + 16);
        out->told_n = le64(e64 + 32);
        size = le64(e64 + 40);
        offset = le64(e64 + 48);
    }
    bool is_placed = place(p, limit, size, offset, out);
    /* Without a directory only a record that ends the file is believed. */
    if (disk > 0 && disk < 0xffff && (is_placed || comment == behind))
        *is_multivolume = true;
    return is_placed;
}

bool zip_end_find(const uint8_t *p, size_t n, struct zip_end *out,
                  bool *is_multivolume)
{
    size_t from = n > END_REACH ? n - END_REACH : 0;
    size_t found = n;

    for (size_t at = find_in(p, from, n, "PK\005\006", 4); at < n;
         at = find_in(p, at + 1, n, "PK\005\006", 4)) {
        struct zip_end end = {0};
        if (read_end(p, n, at, &end, is_multivolume)) {
            found = at;
            *out = end;
        }
    }
    return found < n;
}

/* What an extra field changes or adds. */
struct sizes {
    uint64_t usize;
    uint64_t csize;
    uint64_t offset;
    const uint8_t *utf8_name;
    uint32_t utf8_name_n;
    bool is_damaged;
};

static void read_zip64(const uint8_t *p, uint32_t n, struct sizes *out)
{
    uint64_t *const fields[] = {&out->usize, &out->csize, &out->offset};

    for (size_t i = 0; i < 3; i++) {
        if (*fields[i] != UINT32_MAX)
            continue;
        if (n < 8) {
            out->is_damaged = true;
            return;
        }
        *fields[i] = le64(p);
        p += 8;
        n -= 8;
    }
}

static void read_extra(const uint8_t *p, uint32_t n, struct sizes *out)
{
    while (n >= 4) {
        uint32_t id = le16(p);
        uint32_t length = le16(p + 2);
        if (length > n - 4) {
            out->is_damaged = true;
            return;
        }
        if (id == EXTRA_ZIP64)
            read_zip64(p + 4, length, out);
        else if (id == EXTRA_UTF8_NAME && length > 5) {
            out->utf8_name = p + 4 + 5;
            out->utf8_name_n = length - 5;
        }
        p += 4 + length;
        n -= 4 + length;
    }
}

/* APPNOTE 4.4.5: what is not listed there is no local header. */
static bool is_method(uint32_t method)
{
    return method <= 20 || (method >= 93 && method <= 99);
}

bool zip_local_read(const uint8_t *p, size_t n, size_t at,
                    struct zip_local *out)
{
    if (!has_at(p, n, at, "PK\003\004", 4) || n - at < LOCAL_SIZE)
        return false;
    const uint8_t *h = p + at;
    uint32_t name_n = le16(h + 26);
    uint32_t extra_n = le16(h + 28);
    if (name_n + extra_n > n - at - LOCAL_SIZE)
        return false;
    struct sizes sizes = {.usize = le32(h + 22), .csize = le32(h + 18)};
    read_extra(h + LOCAL_SIZE + name_n, extra_n, &sizes);
    *out = (struct zip_local){
        .csize = sizes.csize,
        .usize = sizes.usize,
        .data = at + LOCAL_SIZE + name_n + extra_n,
        .name = h + LOCAL_SIZE,
        .name_n = name_n,
        .crc = le32(h + 14),
        .flags = le16(h + 6),
        .method = le16(h + 8),
    };
    out->is_streamed = (out->flags & FLAG_STREAMED) != 0;
    out->is_encrypted = (out->flags & (FLAG_ENCRYPTED | FLAG_STRONG)) != 0;
    return true;
}

size_t zip_local_find(const uint8_t *p, size_t n, size_t from, size_t to)
{
    struct zip_local local;

    for (size_t at = find_in(p, from, to, "PK\003\004", 4); at < to;
         at = find_in(p, at + 1, to, "PK\003\004", 4))
        if (zip_local_read(p, n, at, &local) && local.name_n > 0 &&
            is_method(local.method) && p[at + 4] <= 63 &&
            (local.is_streamed || local.csize <= n - local.data))
            return at;
    return to;
}

size_t zip_entry_read(const uint8_t *p, const struct zip_end *end, size_t at,
                      struct zip_entry *out)
{
    size_t limit = end->at;

    if (!zip_is_entry(p, limit, at))
        return 0;
    const uint8_t *h = p + at;
    uint32_t name_n = le16(h + 28);
    uint32_t extra_n = le16(h + 30);
    size_t length = ENTRY_SIZE + (size_t)name_n + extra_n + le16(h + 32);
    if (ENTRY_SIZE + (size_t)name_n + extra_n > limit - at)
        return 0;
    struct sizes sizes = {
        .usize = le32(h + 24), .csize = le32(h + 20), .offset = le32(h + 42)};
    read_extra(h + ENTRY_SIZE + name_n, extra_n, &sizes);
    *out = (struct zip_entry){
        .csize = sizes.csize,
        .usize = sizes.usize,
        .local = sizes.offset < limit - end->base
                     ? end->base + (size_t)sizes.offset
                     : SIZE_MAX,
        .name = h + ENTRY_SIZE,
        .utf8_name = sizes.utf8_name,
        .name_n = name_n,
        .utf8_name_n = sizes.utf8_name_n,
        .crc = le32(h + 16),
        .flags = le16(h + 8),
        .method = le16(h + 10),
        .dos_time = le32(h + 12),
    };
    out->is_encrypted = (out->flags & (FLAG_ENCRYPTED | FLAG_STRONG)) != 0;
    out->is_damaged = sizes.is_damaged;
    if (h[5] == HOST_UNIX || h[5] == HOST_MAC)
        out->mode = le16(h + 40);
    return length;
}
