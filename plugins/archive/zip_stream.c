/* SPDX-License-Identifier: MIT */
#include "zip_stream.h"

#include "bytes.h"
#include "reader.h"
#include "zip_record.h"

/* The local header of the entry libarchive is at. */
static bool local_at(const struct unpack *u, struct archive *a, size_t from,
                     struct zip_local *out, size_t *at)
{
    la_int64_t position = archive_read_header_position(a);

    if (position < 0 || (uint64_t)position > u->n - from)
        return false;
    *at = find_in(u->p, from + (size_t)position, u->n, "PK\003\004", 4);
    return zip_local_read(u->p, u->n, *at, out);
}

void zip_stream(struct unpack *u, size_t from, size_t to, bool is_single)
{
    struct archive *a = archive_read_new();
    bool goes_on =
        a != NULL &&
        archive_read_support_format_zip_streamable(a) == ARCHIVE_OK &&
        archive_read_open_memory(a, u->p + from, u->n - from) == ARCHIVE_OK;

    while (goes_on && unpack_goes_on(u)) {
        struct archive_entry *entry = NULL;
        struct zip_local local;
        size_t at = 0;
        int rc = reader_next(u, a, &entry);
        if (rc < ARCHIVE_WARN || rc == ARCHIVE_EOF ||
            !local_at(u, a, from, &local, &at) || at >= to)
            break;
        struct assay_str name = {(const char *)local.name, local.name_n};
        goes_on =
            reader_take(u, a, entry, &name) != ARCHIVE_FATAL && !is_single;
    }
    archive_read_free(a);
}
