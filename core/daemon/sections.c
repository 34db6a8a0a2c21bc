/* SPDX-License-Identifier: MIT */
#include "daemon/sections.h"

#include "base/limits.h"
#include "daemon/options.h"
#include "front/options.h"
#include "front/stamp_options.h"
#include "host/host.h"
#include "mail/trust.h"
#include "pool/options.h"
#include "store/options.h"
#include "verdict/outcome.h"
#include "verdict/policy.h"

#include <stddef.h>
#include <string.h>

/* Addresses are more than words. */
static bool check_milter(const struct conf *conf, GError **error)
{
    struct front_options options = {0};
    if (!front_options_read(conf, &options, error))
        return false;
    front_options_clear(&options);
    return true;
}

const struct section_kind section_kinds[] = {
    {.kind = "limits",
     .intro = "Bounds on hostile input, for a whole message.",
     .table = limits_options,
     .is_single = true},
    {.kind = "session",
     .intro = "What is known about who sends.",
     .table = trust_options,
     .is_single = true},
    {.kind = "verdict",
     .intro = "From evidence to spam confidence levels and thresholds.",
     .table = verdict_options,
     .is_single = true},
    {.kind = "policy",
     .intro = "Which kind of finding leads to which action.",
     .table = policy_options,
     .is_single = true,
     .is_named = true},
    {.kind = "actions",
     .intro = "How an action is carried out while the mail server waits.",
     .table = actions_options,
     .is_single = true},
    {.kind = "stamp",
     .intro = "What one Assay tells the next on a message's way, so that it is "
              "scanned once.",
     .table = stamp_options_table,
     .is_single = true,
     .is_read_later = true},
    {.kind = "pool",
     .intro = "Worker processes: how many, what they may use, when a plugin "
              "is left out.",
     .table = pool_options_table,
     .is_single = true},
    {.kind = "class",
     .intro = "What differs for the workers of one class; class main "
              "runs the scans.",
     .table = class_options_table,
     .is_named = true},
    {.kind = "milter",
     .intro = "How mail servers reach assayd, and what it bears with of them.",
     .table = front_options_table,
     .is_single = true,
     .is_read_later = true,
     .check = check_milter},
    {.kind = "quarantine",
     .intro = "Where held mail is, for how long, and how it is released.",
     .table = quarantine_options_table,
     .is_single = true,
     .is_read_later = true},
    {.kind = "plugin",
     .intro = "What every plugin's section may set.",
     .table = host_section_options,
     .is_named = true},
    {.kind = "daemon",
     .intro = "The daemon assayd: its control socket, its log, how it stops.",
     .table = daemon_options_table,
     .is_single = true},
    {.kind = "alarm",
     .intro = "When assayd calls for an administrator, and whom it tells.",
     .table = alarm_options_table,
     .is_single = true},
    {.kind = NULL},
};

const struct section_kind *section_kind_find(const char *kind)
{
    for (const struct section_kind *k = section_kinds; k->kind != NULL; k++)
        if (strcmp(k->kind, kind) == 0)
            return k;
    return NULL;
}
