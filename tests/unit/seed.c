/* SPDX-License-Identifier: MIT */
#include "seed.h"

#include <CUnit/CUnit.h>
#include <glib.h>

#include <stdbool.h>

void seed_keep(const char *name, const void *p, size_t n)
{
    const char *folder = g_getenv("ASSAY_SEEDS");
    if (folder == NULL)
        return;
    g_autofree char *path = g_build_filename(folder, name, NULL);
    bool is_kept = g_file_set_contents(path, p, (gssize)n, NULL);
    CU_ASSERT_TRUE(is_kept);
}
