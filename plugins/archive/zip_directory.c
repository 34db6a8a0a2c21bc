/* SPDX-License-Identifier: MIT */
#include "zip_directory.h"

#include <stdlib.h>
#include <string.h>

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
static bool find_gaps(const uint8_t *p, size_t n, const struct zip_end *end,
                      struct zip_directory *d)
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
    covers[count++] = (struct cover){end->directory, d->end};
    covers[count++] = (struct cover){end->at, end->at + ZIP_END_SIZE};
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

/* Reads entries while there are any; false without memory. */
static bool read_entries(const uint8_t *p, size_t n, size_t max,
                         const struct zip_end *end, struct zip_directory *d)
{
    size_t room = 0;

    d->end = end->directory;
    d->spare = end->spare;
    while (zip_is_entry(p, end->at, d->end)) {
        if (d->n >= max) {
            d->is_cut = true;
            return true;
        }
        if (!grow(d, &room))
            return false;
        struct zip_entry *e = &d->entries[d->n];
        size_t length = zip_entry_read(p, end, d->end, e);
        if (length == 0)
            break;
        compare(p, n, e);
        d->is_damaged = d->is_damaged || e->is_damaged;
        d->n++;
        d->end = length < end->at - d->end ? d->end + length : end->at;
    }
    /* An end record without zip64 keeps the low 16 bits. */
    d->is_damaged = d->is_damaged || end->is_short ||
                    (d->n & 0xffff) != (end->told_n & 0xffff);
    return true;
}

bool zip_directory_read(const uint8_t *p, size_t n, size_t max,
                        struct zip_directory *out)
{
    struct zip_end end = {0};

    memset(out, 0, sizeof *out);
    if (!zip_end_find(p, n, &end, &out->is_multivolume))
        return false;
    if (read_entries(p, n, max, &end, out) && find_gaps(p, n, &end, out))
        return true;
    zip_directory_clear(out);
    return false;
}

void zip_directory_clear(struct zip_directory *directory)
{
    free(directory->entries);
    memset(directory, 0, sizeof *directory);
}
