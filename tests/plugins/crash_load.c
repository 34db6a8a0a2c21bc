/* SPDX-License-Identifier: MIT */
/* Crashes before anybody can ask what it is. */
#include "right.h"

#include <signal.h>

__attribute__((constructor)) static void crash(void)
{
    raise(SIGSEGV);
}

static const struct assay_plugin plugin = {RIGHT_PLUGIN};
RIGHT_MODULE(plugin)
