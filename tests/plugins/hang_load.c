/* SPDX-License-Identifier: MIT */
/* Never finishes loading. */
#include "right.h"

#include <unistd.h>

__attribute__((constructor)) static void hang(void)
{
    for (;;)
        pause();
}

static const struct assay_plugin plugin = {RIGHT_PLUGIN};
RIGHT_MODULE(plugin)
