/* SPDX-License-Identifier: MIT */
/*
 * Zip directories: whatever the bytes are, what the walk tells lies inside them.
 */
#include "../../plugins/archive/zip_directory.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

static bool is_inside(const uint8_t *data, size_t size, const uint8_t *p,
                      size_t n)
{
    return p >= data && n <= size && (size_t)(p - data) <= size - n;
}

static void check_entry(const uint8_t *data, size_t size,
                        const struct zip_entry *e)
{
    require(is_inside(data, size, e->name, e->name_n));
    require(e->utf8_name == NULL ||
            is_inside(data, size, e->utf8_name, e->utf8_name_n));
    if ((e->differs & ZIP_NO_LOCAL) != 0)
        return;
    require(e->local < size && e->at.data <= size);
    require(is_inside(data, size, e->at.name, e->at.name_n));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct zip_directory d;
    size_t at = 0;

    if (!zip_directory_read(data, size, 64, &d))
        return 0;
    require(d.n <= 64 && d.end <= size && d.gap_n <= ZIP_GAPS_MAX);
    require(zip_has_end(data, size));
    for (size_t i = 0; i < d.n; i++)
        check_entry(data, size, &d.entries[i]);
    for (size_t i = 0; i < d.gap_n; i++) { /* in order, apart */
        require(d.gaps[i].from >= at && d.gaps[i].from < d.gaps[i].to);
        require(d.gaps[i].to <= size);
        at = d.gaps[i].to;
    }
    zip_directory_clear(&d);
    return 0;
}
