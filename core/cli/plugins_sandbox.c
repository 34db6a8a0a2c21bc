/* SPDX-License-Identifier: MIT */
/*
 * What this machine has to shut plugins in, as `assay plugins` tells it.
 */
#include "cli/json.h"
#include "cli/plugins_view.h"
#include "pool/account.h"
#include "pool/sandbox.h"

#include <unistd.h>

/* A root's workers drop to the account of [pool] user. */
static void see(const struct pool_options *options, uint32_t landlock_abi_max,
                struct sandbox_report *out)
{
    struct account account;
    g_autoptr(GError) error = NULL;
    struct sandbox_word *word = &out->words[SANDBOX_UID];
    sandbox_probe(landlock_abi_max, out);
    if (geteuid() != 0)
        return;
    bool is_found = account_find(options->user, &account, &error);
    word->state = is_found ? SANDBOX_GIVEN : SANDBOX_MISSING;
    if (is_found)
        g_snprintf(word->why, sizeof word->why,
                   "workers become user %u, where that one may read plugins "
                   "and signatures",
                   (unsigned)account.uid);
    else
        g_strlcpy(word->why, error->message, sizeof word->why);
}

void plugins_view_sandbox_text(const struct pool_options *options,
                               uint32_t landlock_abi_max, GString *to)
{
    struct sandbox_report report;
    g_autoptr(GString) lines = g_string_new(NULL);
    see(options, landlock_abi_max, &report);
    sandbox_report_text(lines, &report);
    g_auto(GStrv) each = g_strsplit(lines->str, "\n", -1);
    g_string_append(to, "sandbox of workers (assay scan --isolate)\n");
    for (size_t i = 0; each[i] != NULL; i++)
        if (each[i][0] != '\0')
            g_string_append_printf(to, "  %s\n", each[i]);
}

void plugins_view_sandbox_json(const struct pool_options *options,
                               uint32_t landlock_abi_max, GString *to)
{
    struct sandbox_report report;
    see(options, landlock_abi_max, &report);
    g_string_append(to, "{\"sandbox\":{");
    json_key(to, "landlock_abi");
    json_uint(to, report.landlock_abi);
    for (unsigned i = 0; i < SANDBOX_MEASURES; i++) {
        const struct sandbox_word *word = &report.words[i];
        json_key(to, sandbox_measure_name((enum sandbox_measure)i));
        g_string_append_c(to, '{');
        json_key(to, "state");
        json_text(to, sandbox_state_name((enum sandbox_state)word->state));
        json_key(to, "why");
        json_text(to, word->why[0] != '\0' ? word->why : NULL);
        g_string_append_c(to, '}');
    }
    g_string_append(to, "}}\n");
}
