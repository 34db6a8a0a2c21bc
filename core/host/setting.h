/* SPDX-License-Identifier: MIT */
/*
 * A plugin's own options, while it is created: option_text and option_int of
 * struct assay_host.
 */
#ifndef HOST_SETTING_H
#define HOST_SETTING_H

#include "host/host.h"

#include <assay/plugin.h>

#include <stdint.h>

/* Between these two, on this thread, the instance's options can be read with what
 * the first one returns. */
const struct assay_options *setting_begin(const struct instance *instance);
void setting_end(void);

int32_t setting_text(const struct assay_options *options, const char *name,
                     uint32_t index, struct assay_str *out);
int32_t setting_int(const struct assay_options *options, const char *name,
                    int64_t *out);

#endif
