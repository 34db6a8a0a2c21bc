/* SPDX-License-Identifier: MIT */
#include "reader.h"

#include "fault.h"
#include "hazard.h"
#include "name.h"
#include "volume.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
    STREAM_FILTERS = 2,    /* one, and libarchive's own end of the chain */
    HEADER_ERRORS_MAX = 16 /* in a row, before the archive is given up */
};

static const struct {
    enum sniff_format format;
    int filter; /* single streams */
    int (*support)(struct archive *);
} formats[] = {
    {SNIFF_TAR, 0, archive_read_support_format_tar},
    {SNIFF_CPIO, 0, archive_read_support_format_cpio},
    {SNIFF_7ZIP, 0, archive_read_support_format_7zip},
    {SNIFF_RAR, 0, archive_read_support_format_rar},
    {SNIFF_RAR5, 0, archive_read_support_format_rar5},
    {SNIFF_CAB, 0, archive_read_support_format_cab},
    {SNIFF_LHA, 0, archive_read_support_format_lha},
    {SNIFF_ISO, 0, archive_read_support_format_iso9660},
    {SNIFF_XAR, 0, archive_read_support_format_xar},
    {SNIFF_AR, 0, archive_read_support_format_ar},
    {SNIFF_WARC, 0, archive_read_support_format_warc},
    {SNIFF_GZIP, ARCHIVE_FILTER_GZIP, NULL},
    {SNIFF_BZIP2, ARCHIVE_FILTER_BZIP2, NULL},
    {SNIFF_COMPRESS, ARCHIVE_FILTER_COMPRESS, NULL},
    {SNIFF_LZMA, ARCHIVE_FILTER_LZMA, NULL},
    {SNIFF_XZ, ARCHIVE_FILTER_XZ, NULL},
    {SNIFF_LZIP, ARCHIVE_FILTER_LZIP, NULL},
    {SNIFF_LZ4, ARCHIVE_FILTER_LZ4, NULL},
    {SNIFF_ZSTD, ARCHIVE_FILTER_ZSTD, NULL},
    {SNIFF_RPM, ARCHIVE_FILTER_RPM, NULL},
};

/* A reader for that format alone; NULL when libarchive was built without it. */
static struct archive *reader_new(enum sniff_format format)
{
    struct archive *a = archive_read_new();
    int rc = ARCHIVE_FATAL;

    for (size_t i = 0; a != NULL && i < sizeof formats / sizeof formats[0];
         i++) {
        if (formats[i].format != format)
            continue;
        if (formats[i].support != NULL)
            rc = formats[i].support(a);
        else if (format == SNIFF_COMPRESS) /* libarchive cannot append it */
            rc = archive_read_set_format(a, ARCHIVE_FORMAT_RAW) +
                 archive_read_support_filter_compress(a);
        else if ((rc = archive_read_set_format(a, ARCHIVE_FORMAT_RAW)) ==
                 ARCHIVE_OK)
            rc = archive_read_append_filter(a, formats[i].filter);
    }
    if (a != NULL && rc != ARCHIVE_OK) { /* WARN: by an external program */
        archive_read_free(a);
        a = NULL;
    }
    return a;
}

static struct assay_str cstr(const char *text)
{
    return (struct assay_str){text, text != NULL ? strlen(text) : 0};
}

/* The name as it stands where libarchive keeps that, else as UTF-8.  (An ENOMEM
 * left in errno by anyone before makes libarchive end the process when a name
 * cannot be converted.) */
static struct assay_str entry_name(struct archive_entry *entry)
{
    errno = 0;
    const char *name = archive_entry_pathname(entry);
    if (name == NULL) {
        errno = 0;
        name = archive_entry_pathname_utf8(entry);
    }
    return cstr(name);
}

static void fill(struct member *m, struct archive_entry *entry)
{
    struct assay_str name = entry_name(entry);

    member_init(m, name.p, name.n);
    errno = 0;
    m->link = cstr(archive_entry_symlink(entry));
    if (archive_entry_size_is_set(entry) && archive_entry_size(entry) > 0)
        m->child.told_size = (uint64_t)archive_entry_size(entry);
    if (archive_entry_mtime_is_set(entry))
        m->child.mtime = archive_entry_mtime(entry);
}

static bool is_empty_by_nature(struct archive_entry *entry)
{
    errno = 0;
    bool has_size =
        archive_entry_size_is_set(entry) && archive_entry_size(entry) > 0;
    if (archive_entry_filetype(entry) == AE_IFLNK)
        return true;
    return !has_size && archive_entry_filetype(entry) != AE_IFREG;
}

int reader_take(struct unpack *u, struct archive *a,
                struct archive_entry *entry, const struct assay_str *name)
{
    struct member m;

    fill(&m, entry);
    if (name != NULL)
        m.child.name = *name;
    if (archive_entry_is_encrypted(entry)) {
        m.child.flags |= ASSAY_OBJECT_ENCRYPTED;
        const struct assay_object *child = member_give(u, &m, NULL, 0);
        if (child != NULL)
            unpack_fault(u, child, ASSAY_REASON_ENCRYPTED,
                         "the member is encrypted");
        return ARCHIVE_OK;
    }
    errno = 0;
    m.is_hard_link = archive_entry_hardlink(entry) != NULL;
    if (is_empty_by_nature(entry)) {
        m.child.flags |= ASSAY_OBJECT_DIRECTORY;
        (void)member_give(u, &m, NULL, 0);
        return ARCHIVE_OK;
    }
    return reader_drain(u, a, &m, m.child.told_size);
}

/* What is wrong with an archive that ends in an error.  (libarchive must not be asked
 * about encryption after an open that failed: it would follow a wild pointer.) */
static void tell_end(struct unpack *u, struct archive *a, bool is_open,
                     bool is_split)
{
    const char *text = archive_error_string(a);
    uint32_t reason = fault_reason(text);

    if (u->is_stopped)
        return;
    if (is_split) {
        reason = ASSAY_REASON_MULTIVOLUME;
        text = "one volume of several: what continues in the others cannot be "
               "looked at";
    } else if (u->is_veiled ||
               (is_open && archive_read_has_encrypted_entries(a) > 0))
        reason = ASSAY_REASON_ENCRYPTED;
    unpack_fault(u, NULL, reason, text);
}

/* Members that were cut are passed over: cheap where their size is known, but in
 * what is packed as one stream all of it would have to be unpacked. */
static bool is_solid(enum sniff_format format)
{
    return format == SNIFF_7ZIP || format == SNIFF_RAR ||
           format == SNIFF_RAR5 || format == SNIFF_CAB || format == SNIFF_XAR;
}

/* These allocate what a number in the file says. */
static bool is_greedy(enum sniff_format format)
{
    return format == SNIFF_7ZIP || format == SNIFF_RAR || format == SNIFF_RAR5;
}

/* All entries; true when it ended as archives should. */
static bool walk(struct unpack *u, struct archive *a, enum sniff_format format)
{
    unsigned errors = 0;

    while (unpack_goes_on(u)) {
        struct archive_entry *entry = NULL;
        int rc = reader_next(u, a, &entry);
        if (rc == ARCHIVE_EOF)
            return true;
        if (rc == ARCHIVE_FATAL ||
            (rc < ARCHIVE_WARN && ++errors > HEADER_ERRORS_MAX))
            return false;
        if (rc < ARCHIVE_WARN)
            continue;
        errors = 0;
        if (reader_take(u, a, entry, NULL) == ARCHIVE_FATAL)
            return true; /* told about the member already */
        if (u->is_cut && is_solid(format))
            return true; /* told by the host */
    }
    return true;
}

static bool unpack_members(struct unpack *u, struct archive *a,
                           const struct sniffed *s)
{
    const uint8_t *p = u->p + s->offset;
    size_t n = u->n - s->offset;
    uint64_t before = u->members;
    bool is_split = volume_is_split(p, n, s->format);
    u->is_veiled = s->format == SNIFF_RAR5 && volume_is_encrypted(p, n);
    bool is_open = archive_read_open_memory(a, p, n) == ARCHIVE_OK;
    bool is_well = is_open && walk(u, a, s->format);

    if (!s->is_firm && u->members == before && !is_well)
        return false;
    if (!is_well || (is_split && !u->is_stopped))
        tell_end(u, a, is_open, is_split);
    return true;
}

/* The single child of a compressed stream. */
static bool unpack_stream(struct unpack *u, struct archive *a,
                          const struct sniffed *s)
{
    struct archive_entry *entry = NULL;
    struct member m;
    char name[512];

    if (archive_read_open_memory(a, u->p, u->n) != ARCHIVE_OK ||
        reader_next(u, a, &entry) != ARCHIVE_OK) {
        if (s->is_firm)
            tell_end(u, a, false, false);
        return s->is_firm;
    }
    if (archive_filter_count(a) > STREAM_FILTERS) {
        unpack_fault(u, NULL, ASSAY_REASON_UNSUPPORTED,
                     "compressed more than once by compress");
        return true;
    }
    member_init(&m, name,
                name_of_stream(u->name.p, u->name.n, name, sizeof name));
    m.child.method = cstr(s->label);
    m.child.packed_size = u->n;
    struct assay_str inner = entry_name(entry);
    if (s->format ==
        SNIFF_GZIP) /* libarchive does not tell it of raw streams */
        inner = name_in_gzip(u->p, u->n);
    if (inner.n > 0 && strcmp(inner.p, "data") != 0) /* raw's own word */
        member_also(&m, inner.p, inner.n, "");
    uint64_t before = u->members;
    m.is_packed = true;
    m.is_doubtful = !s->is_firm;
    (void)reader_drain(u, a, &m, 0);
    return s->is_firm || u->members > before || u->is_stopped;
}

/* Sees to what libarchive must not be given; false where it is not to be opened,
 * which is told then. */
static bool is_bearable(struct unpack *u, struct archive *a,
                        enum sniff_format format)
{
    if (format == SNIFF_XAR && !hazard_xar_is_tame(u->p, u->n)) {
        unpack_fault(u, NULL, ASSAY_REASON_UNSUPPORTED,
                     "a xar with hard links or a huge table of contents");
        return false;
    }
    if (format != SNIFF_ISO)
        return true;
    if (u->max_entries > 0 &&
        !hazard_iso_is_small(u->p, u->n, u->max_entries)) {
        unpack_fault(u, NULL, ASSAY_REASON_LIMIT_COUNT,
                     "more directory records than objects are taken");
        return false;
    }
    if (!hazard_iso_is_forward(u->p, u->n)) {
        (void)archive_read_set_option(a, "iso9660", "rockridge", NULL);
        unpack_fault(u, NULL, ASSAY_REASON_DAMAGED,
                     "Rock Ridge entries point backwards; opened without them");
    }
    return true;
}

bool reader_unpack(struct unpack *u, const struct sniffed *s)
{
    struct archive *a =
        s->format == SNIFF_UNREADABLE ? NULL : reader_new(s->format);

    if (a == NULL) {
        char text[80];
        snprintf(text, sizeof text, "nothing here reads %s", s->label);
        unpack_fault(u, NULL, ASSAY_REASON_UNSUPPORTED, text);
        return true;
    }
    if (s->format == SNIFF_TAR) /* what follows the end some programs read on */
        (void)archive_read_set_option(a, "tar", "read_concatenated_archives",
                                      "1");
    if (!is_bearable(u, a, s->format)) {
        archive_read_free(a);
        return true;
    }
    u->guarded = is_greedy(s->format) ? u->max_memory : 0;
    bool is_archive = sniff_is_stream(s->format) ? unpack_stream(u, a, s)
                                                 : unpack_members(u, a, s);
    u->guarded = 0;
    u->is_veiled = false;
    archive_read_free(a);
    return is_archive;
}
