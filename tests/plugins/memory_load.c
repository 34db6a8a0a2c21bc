/* SPDX-License-Identifier: MIT */
/* Takes gigabytes while it is loaded, though it touches none of them. */
#include "right.h"

#include <stdlib.h>

__attribute__((constructor)) static void take(void)
{
    for (int i = 0; i < 64; i++)
        if (malloc((size_t)1 << 26) == NULL)
            abort();
}

static const struct assay_plugin plugin = {RIGHT_PLUGIN};
RIGHT_MODULE(plugin)
