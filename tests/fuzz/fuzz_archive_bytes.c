/* SPDX-License-Identifier: MIT */
/*
 * All that looks at bytes before libarchive does: signatures, hazards, volumes,
 * names.
 */
#include "../../plugins/archive/hazard.h"
#include "../../plugins/archive/name.h"
#include "../../plugins/archive/sniff.h"
#include "../../plugins/archive/volume.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

static void check_names(const char *p, size_t n)
{
    char out[32];
    size_t half = n / 2;

    require(name_of_stream(p, n, out, sizeof out) <= sizeof out);
    name_is_unsafe(p, n);
    name_link_leaves(p, half, p + half, n - half);
    name_says_archive(p, n);
    name_type_says_archive(p, n);
    name_is_utf8(p, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sniffed found[SNIFF_MAX];
    size_t n = sniff(data, size, false, found);

    require(n <= SNIFF_MAX + 1);
    for (size_t i = 0; i < n && i < SNIFF_MAX; i++) {
        require(found[i].offset < size && found[i].label != NULL);
        volume_is_split(data + found[i].offset, size - found[i].offset,
                        found[i].format);
    }
    volume_is_encrypted(data, size);
    hazard_iso_is_small(data, size, 100);
    hazard_iso_is_forward(data, size);
    if (size > 4 && data[0] == 'x')
        hazard_xar_is_tame(data, size);
    if (size < 256)
        check_names((const char *)data, size);
    return 0;
}
