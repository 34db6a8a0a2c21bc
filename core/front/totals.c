/* SPDX-License-Identifier: MIT */
#include "front/totals.h"

#include "verdict/verdict.h"

#include <inttypes.h>

static void show(GString *json, const char *name, uint64_t n)
{
    g_string_append_printf(json, "\"%s\":%" PRIu64 ",", name, n);
}

void totals_show(const struct totals *totals, GString *json)
{
    show(json, "accepted_connections", totals->connections);
    show(json, "refused_connections", totals->refused);
    show(json, "mails", totals->mails);
    show(json, "gone", totals->gone);
    show(json, "bytes", totals->bytes);
    g_string_append(json, "\"actions\":{");
    for (uint32_t i = ASSAY_ACTION_ACCEPT; i <= ASSAY_ACTION_DISCARD; i++)
        g_string_append_printf(json, "%s\"%s\":%" PRIu64,
                               i > ASSAY_ACTION_ACCEPT ? "," : "",
                               verdict_action_name(i), totals->actions[i]);
    g_string_append_printf(json,
                           "},\"took_us\":{\"p50\":%" PRIu64 ",\"p99\":%" PRIu64
                           ",\"max\":%" PRIu64 "}",
                           histogram_percentile_us(&totals->took, 500),
                           histogram_percentile_us(&totals->took, 990),
                           totals->took.max_us);
}
