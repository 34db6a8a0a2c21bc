/* SPDX-License-Identifier: MIT */
#include "zip.h"

#include "bytes.h"
#include "name.h"
#include "reader.h"
#include "zip_directory.h"
#include "zip_feed.h"
#include "zip_stream.h"

#include <time.h>

enum {
    MODE_TYPE = 0170000,
    MODE_LINK = 0120000,
    LINK_MAX = 4096
};

static const char volume[] = "one volume of several: what continues in the "
                             "others cannot be looked at";

static struct assay_str method_name(uint32_t method)
{
    static const struct {
        uint32_t method;
        const char *name;
    } names[] = {{0, "stored"},  {1, "shrunk"},    {6, "imploded"},
                 {8, "deflate"}, {9, "deflate64"}, {12, "bzip2"},
                 {14, "lzma"},   {93, "zstd"},     {95, "xz"},
                 {98, "ppmd"},   {99, "AES"}};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].method == method)
            return (struct assay_str){names[i].name, strlen(names[i].name)};
    return (struct assay_str){"", 0};
}

/* MS-DOS keeps local time; the zone is not told, so it is read as UTC. */
static int64_t unix_time(uint32_t dos)
{
    struct tm tm = {
        .tm_year = (int)(dos >> 25) + 80,
        .tm_mon = (int)(dos >> 21 & 15) - 1,
        .tm_mday = (int)(dos >> 16 & 31),
        .tm_hour = (int)(dos >> 11 & 31),
        .tm_min = (int)(dos >> 5 & 63),
        .tm_sec = (int)(dos & 31) * 2,
    };
    return dos == 0 ? 0 : (int64_t)timegm(&tm);
}

/* What is neither marked nor valid as UTF-8 is most likely a PC's code page. */
static const char *charset(const uint8_t *name, uint32_t n, uint32_t flags)
{
    if ((flags & ZIP_FLAG_UTF8) != 0 || name_is_utf8((const char *)name, n))
        return "UTF-8";
    return "CP437";
}

static void fill(const struct unpack *u, struct member *m,
                 const struct zip_entry *e)
{
    member_init(m, (const char *)e->name, e->name_n);
    const char *set = charset(e->name, e->name_n, e->flags);
    m->child.charset = (struct assay_str){set, strlen(set)};
    m->child.method = method_name(e->method);
    m->is_packed = e->method != 0;
    m->child.packed_size = e->csize;
    m->child.told_size = e->usize;
    m->child.mtime = unix_time(e->dos_time);
    if (e->utf8_name != NULL)
        member_also(m, (const char *)e->utf8_name, e->utf8_name_n, "UTF-8");
    if ((e->differs & ZIP_NO_LOCAL) != 0)
        return;
    if ((e->differs & ZIP_DIFFERS_NAME) != 0)
        member_also(m, (const char *)e->at.name, e->at.name_n,
                    charset(e->at.name, e->at.name_n, e->at.flags));
    if ((e->mode & MODE_TYPE) == MODE_LINK && e->method == 0 &&
        e->csize <= LINK_MAX && e->csize <= u->n - e->at.data)
        m->link = (struct assay_str){(const char *)u->p + e->at.data, e->csize};
}

static void give_empty(struct unpack *u, struct member *m, uint64_t flags,
                       uint32_t reason, const char *text)
{
    m->child.flags |= flags;
    const struct assay_object *child = member_give(u, m, NULL, 0);
    if (child != NULL && reason != 0)
        unpack_fault(u, child, reason, text);
}

static bool is_folder(const struct zip_entry *e)
{
    return e->csize == 0 && e->usize == 0 && e->name_n > 0 &&
           (e->name[e->name_n - 1] == '/' || e->name[e->name_n - 1] == '\\');
}

static void take_entry(struct unpack *u, struct zip_feed *feed,
                       const struct zip_entry *e)
{
    struct member m;

    fill(u, &m, e);
    if ((e->differs & ZIP_NO_LOCAL) != 0)
        give_empty(u, &m, ASSAY_OBJECT_DAMAGED, ASSAY_REASON_DAMAGED,
                   "the directory points to a place without a local header");
    else if (e->is_encrypted)
        give_empty(u, &m, ASSAY_OBJECT_ENCRYPTED, ASSAY_REASON_ENCRYPTED,
                   "the member is encrypted");
    else if (is_folder(e))
        give_empty(u, &m, ASSAY_OBJECT_DIRECTORY, 0, NULL);
    else if (e->csize == 0 && e->usize == 0)
        give_empty(u, &m, 0, 0, NULL);
    else if (!zip_feed_entry(feed, u->p, u->n, e))
        give_empty(u, &m, ASSAY_OBJECT_DAMAGED, ASSAY_REASON_DAMAGED,
                   "the member cannot be read");
    else if (reader_drain(u, feed->archive, &m, e->usize) != ARCHIVE_EOF)
        zip_feed_clear(feed); /* the next entry begins afresh */
}

/* What only the local headers show; true when that was anything. */
static bool take_local_view(struct unpack *u, const struct zip_directory *d)
{
    uint64_t before = u->members;
    bool is_different = false;

    for (size_t i = 0; i < d->gap_n && unpack_goes_on(u); i++)
        zip_stream(u, d->gaps[i].from, d->gaps[i].to, false);
    is_different = u->members > before;
    for (size_t i = 0; i < d->n && unpack_goes_on(u); i++) {
        uint32_t differs = d->entries[i].differs;
        if ((differs & (ZIP_DIFFERS_NAME | ZIP_DIFFERS_DATA)) != 0)
            is_different = true;
        if ((differs & ZIP_DIFFERS_DATA) != 0)
            zip_stream(u, d->entries[i].local, SIZE_MAX, true);
    }
    return is_different;
}

static void tell(struct unpack *u, const struct zip_directory *d,
                 bool is_different)
{
    if (is_different)
        unpack_tell(u, ASSAY_KIND_ANOMALY, "archive.zip_disagrees",
                    "local headers and central directory tell different "
                    "members; both were opened");
    if (d->is_overlapping)
        unpack_tell(u, ASSAY_KIND_ANOMALY, "archive.zip_overlap",
                    "members share the same bytes of the file");
    if (d->spare > 0 && d->n > 0)
        unpack_tell(u, ASSAY_KIND_INFO, "archive.zip_trailer",
                    "bytes follow the end of the zip; some programs refuse it");
    if (u->is_stopped)
        return;
    if (d->is_damaged)
        unpack_fault(u, NULL, ASSAY_REASON_DAMAGED,
                     "the central directory is not as its own records say");
    if (d->is_multivolume)
        unpack_fault(u, NULL, ASSAY_REASON_MULTIVOLUME, volume);
    if (d->is_cut || d->has_more_gaps)
        unpack_fault(u, NULL, ASSAY_REASON_LIMIT_COUNT,
                     "not all members were opened");
}

static void take_directory(struct unpack *u, const struct zip_directory *d)
{
    struct zip_feed feed = {0};

    for (size_t i = 0; i < d->n && unpack_goes_on(u); i++)
        take_entry(u, &feed, &d->entries[i]);
    zip_feed_clear(&feed);
    tell(u, d, take_local_view(u, d));
}

/* No directory: what the local headers give. */
static bool take_headless(struct unpack *u, bool is_firm, bool is_multivolume)
{
    uint64_t before = u->members;
    struct zip_local local;

    if (!is_firm && !is_multivolume)
        return false;
    /* At the head even one that tells more data than there is. */
    size_t at = zip_local_read(u->p, u->n, 0, &local)
                    ? 0
                    : zip_local_find(u->p, u->n, 0, u->n);
    if (at < u->n)
        zip_stream(u, at, u->n, false);
    if (u->is_stopped)
        return true;
    if (is_multivolume)
        unpack_fault(u, NULL, ASSAY_REASON_MULTIVOLUME, volume);
    else if (zip_local_read(u->p, u->n, at, &local) && local.is_encrypted)
        unpack_fault(u, NULL, ASSAY_REASON_ENCRYPTED,
                     "the central directory is encrypted");
    else
        unpack_fault(u, NULL,
                     u->members > before ? ASSAY_REASON_TRUNCATED
                                         : ASSAY_REASON_DAMAGED,
                     "the central directory is missing");
    return true;
}

bool zip_unpack(struct unpack *u, bool is_firm)
{
    struct zip_directory directory;
    size_t max = u->max_entries > 0 ? (size_t)u->max_entries : SIZE_MAX;

    if (!zip_directory_read(u->p, u->n, max, &directory))
        return take_headless(u, is_firm, directory.is_multivolume);
    uint64_t before = u->members;
    bool is_empty = directory.n == 0;
    take_directory(u, &directory);
    zip_directory_clear(&directory);
    /* Twenty-two bytes that say "nothing" are found in many a program. */
    return is_firm || !is_empty || u->members > before;
}
