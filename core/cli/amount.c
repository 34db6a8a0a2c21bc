/* SPDX-License-Identifier: MIT */
#include "cli/amount.h"

#include <inttypes.h>

void amount_bytes(GString *to, uint64_t bytes)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
    if (bytes < 1024) {
        g_string_append_printf(to, "%" PRIu64 " B", bytes);
        return;
    }
    double value = (double)bytes / 1024;
    size_t unit = 0;
    while (value >= 1023.95 && unit + 1 < G_N_ELEMENTS(units)) {
        value /= 1024;
        unit++;
    }
    g_string_append_printf(to, "%.1f %s", value, units[unit]);
}
