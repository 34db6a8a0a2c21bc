/* SPDX-License-Identifier: MIT */
#include "zip_directory.h"

#include "bytes.h"

#include <stdlib.h>

enum {
    END_SIZE = 22,
    END_REACH = END_SIZE + 0xffff, /* with the longest comment */
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

/* Where the directory lies. */
struct end {
    size_t at; /* of the end record */
    size_t directory;
    size_t base; /* offsets in the directory count from here */
    uint64_t told_n;
};

bool zip_has_end(const uint8_t *p, size_t n)
{
    size_t from = n > END_REACH ? n - END_REACH : 0;
    return n >= END_SIZE && find_in(p, from, n, "PK\005\006", 4) < n;
}

static bool is_entry(const uint8_t *p, size_t n, size_t at)
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
                  uint64_t offset, struct end *out)
{
    if (size <= limit) {
        size_t at = limit - (size_t)size;
        if (is_entry(p, limit, at) || (size == 0 && out->told_n == 0)) {
            out->directory = at;
            out->base = at >= offset ? at - (size_t)offset : 0;
            return true;
        }
    }
    if (offset < limit && is_entry(p, limit, (size_t)offset)) {
        out->directory = (size_t)offset;
        out->base = 0;
        return true;
    }
    return false;
}

static bool read_end(const uint8_t *p, size_t n, size_t at, struct end *out,
                     bool *is_multivolume)
{
    const uint8_t *e = p + at;
    uint64_t size = le32(e + 12);
    uint64_t offset = le32(e + 16);
    size_t limit = at;

    if (n - at < END_SIZE)
        return false;
    uint32_t disk = le16(e + 4);
    out->at = at;
    out->told_n = le16(e + 10);
    const uint8_t *e64 = end64(p, at);
    if (e64 != NULL &&
        (out->told_n == 0xffff || size == UINT32_MAX || offset == UINT32_MAX)) {
        disk = le32(e64 + 16);
        out->told_n = le64(e64 + 32);
        size = le64(e64 + 40);
        offset = le64(e64 + 48);
        limit = (size_t)(e64 - p);
    }
    if (place(p, limit, size, offset, out))
        return true;
    *is_multivolume = *is_multivolume || (disk > 0 && disk < 0xffff);
    return false;
}

/* The last end record that leads to a directory. */
static bool find_end(const uint8_t *p, size_t n, struct end *out,
                     bool *is_multivolume)
{
    size_t from = n > END_REACH ? n - END_REACH : 0;
    size_t found = n;

    for (size_t at = find_in(p, from, n, "PK\005\006", 4); at < n;
         at = find_in(p, at + 1, n, "PK\005\006", 4)) {
        struct end end = {0};
        if (read_end(p, n, at, &end, is_multivolume)) {
            found = at;
            *out = end;
        }
    }
    return found < n;
}

/* Walks an extra field; calls for the ids that matter. */
struct sizes {
    uint64_t usize;
    uint64_t csize;
    uint64_t offset;
    const uint8_t *utf8_name;
    uint32_t utf8_name_n;
};

static void read_zip64(const uint8_t *p, uint32_t n, struct sizes *out)
{
    uint64_t *const fields[] = {&out->usize, &out->csize, &out->offset};

    for (size_t i = 0; i < 3; i++) {
        if (*fields[i] != UINT32_MAX)
            continue;
        if (n < 8)
            return;
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
        if (length > n - 4)
            return;
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

/* Is the local header's answer the same, or left open? */
static bool is_same_data(const struct zip_entry *e, const struct zip_local *l)
{
    if (l->method != e->method || l->is_encrypted != e->is_encrypted)
        return false;
    if (l->is_streamed)
        return true;
    return l->csize == e->csize && l->usize == e->usize && l->crc == e->crc;
}

static void compare(const uint8_t *p, size_t n, struct zip_entry *e)
{
    if (!zip_local_read(p, n, e->local, &e->at)) {
        e->differs = ZIP_NO_LOCAL;
        return;
    }
    if (e->name_n != e->at.name_n ||
        memcmp(e->name, e->at.name, e->name_n) != 0)
        e->differs |= ZIP_DIFFERS_NAME;
    if (!is_same_data(e, &e->at))
        e->differs |= ZIP_DIFFERS_DATA;
}

/* One entry at p[at..limit); returns its length, 0 where it makes no sense. */
static size_t read_entry(const uint8_t *p, size_t limit, size_t at,
                         const struct end *end, struct zip_entry *out)
{
    if (!is_entry(p, limit, at))
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
    if (h[5] == HOST_UNIX || h[5] == HOST_MAC)
        out->mode = le16(h + 40);
    return length;
}

/* An interval of the file that is accounted for. */
struct cover {
    size_t from;
    size_t to;
};

static int by_place(const void *a, const void *b)
{
    const struct cover *x = a;
    const struct cover *y = b;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return (x->to > y->to) - (x->to < y->to);
}

/* Up to where an entry surely reaches, in both views. */
static size_t entry_end(const struct zip_entry *e, size_t n)
{
    uint64_t size = e->csize;

    if (!e->at.is_streamed && e->at.csize < size)
        size = e->at.csize;
    if (size > n - e->at.data)
        return n;
    return e->at.data + (size_t)size;
}

static void add_gap(const uint8_t *p, size_t n, struct zip_directory *d,
                    struct cover gap)
{
    size_t at = zip_local_find(p, n, gap.from, gap.to);

    if (at >= gap.to)
        return;
    if (d->gap_n == ZIP_GAPS_MAX) {
        d->has_more_gaps = true;
        return;
    }
    d->gaps[d->gap_n++] = (struct zip_gap){at, gap.to};
}

/* Sorts what is accounted for and looks into what is left. */
static bool find_gaps(const uint8_t *p, size_t n, const struct end *end,
                      size_t directory_end, struct zip_directory *d)
{
    struct cover *covers = calloc(d->n + 2, sizeof *covers);
    size_t count = 0;
    size_t at = 0;

    if (covers == NULL)
        return false;
    for (size_t i = 0; i < d->n; i++)
        if ((d->entries[i].differs & ZIP_NO_LOCAL) == 0)
            covers[count++] = (struct cover){d->entries[i].local,
                                             entry_end(&d->entries[i], n)};
    covers[count++] = (struct cover){end->directory, directory_end};
    covers[count++] = (struct cover){end->at, end->at + END_SIZE};
    qsort(covers, count, sizeof *covers, by_place);
    for (size_t i = 0; i < count; i++) {
        if (covers[i].from < at)
            d->is_overlapping = true;
        else
            add_gap(p, n, d, (struct cover){at, covers[i].from});
        if (covers[i].to > at)
            at = covers[i].to;
    }
    add_gap(p, n, d, (struct cover){at, n});
    free(covers);
    return true;
}

static bool grow(struct zip_directory *d, size_t *room)
{
    if (d->n < *room)
        return true;
    size_t more = *room == 0 ? 64 : *room * 2;
    struct zip_entry *p = realloc(d->entries, more * sizeof *p);
    if (p == NULL)
        return false;
    d->entries = p;
    *room = more;
    return true;
}

bool zip_directory_read(const uint8_t *p, size_t n, size_t max,
                        struct zip_directory *out)
{
    struct end end = {0};
    size_t room = 0;
    bool is_read = true;

    memset(out, 0, sizeof *out);
    if (!find_end(p, n, &end, &out->is_multivolume))
        return false;
    out->told_n = end.told_n;
    size_t at = end.directory;
    while (is_entry(p, end.at, at)) {
        if (out->n >= max) {
            out->is_cut = true;
            break;
        }
        is_read = grow(out, &room);
        if (!is_read)
            break;
        size_t length = read_entry(p, end.at, at, &end, &out->entries[out->n]);
        if (length == 0)
            break;
        compare(p, n, &out->entries[out->n]);
        out->n++;
        at = length < end.at - at ? at + length : end.at;
    }
    /* The end record keeps the low 16 bits where zip64 is not used. */
    out->is_damaged =
        !out->is_cut && (out->n & 0xffff) != (end.told_n & 0xffff);
    if (is_read)
        is_read = find_gaps(p, n, &end, at, out);
    if (!is_read)
        zip_directory_clear(out);
    return is_read;
}

void zip_directory_clear(struct zip_directory *directory)
{
    free(directory->entries);
    memset(directory, 0, sizeof *directory);
}
