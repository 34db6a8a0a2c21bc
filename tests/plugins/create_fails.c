/* SPDX-License-Identifier: MIT */
/* Cannot be created, and fills its error text to the last byte without an end. */
#include "right.h"

static int32_t create(const struct assay_host *given,
                      const struct assay_create *create, void **inst,
                      struct assay_buf *err)
{
    (void)given;
    (void)create;
    (void)inst;
    memset(err->p, 'x', err->cap);
    memcpy(err->p, "no\nluck\x1b", 8);
    return ASSAY_RC_DATABASE;
}

static const struct assay_plugin plugin = {RIGHT_PLUGIN, .create = create};
RIGHT_MODULE(plugin)
