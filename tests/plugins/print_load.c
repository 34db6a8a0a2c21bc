/* SPDX-License-Identifier: MIT */
/* Greets. */
#include "right.h"

#include <stdio.h>

__attribute__((constructor)) static void greet(void)
{
    printf("Thank you for choosing \x1b[1mExample\x1b[0m!\n");
}

static const struct assay_plugin plugin = {RIGHT_PLUGIN};
RIGHT_MODULE(plugin)
