/* SPDX-License-Identifier: MIT */
/* Its id could forge a line. */
#include "right.h"

static const struct assay_plugin plugin = {RIGHT_PLUGIN, .id = "Evil\r\nCorp"};
RIGHT_MODULE(plugin)
