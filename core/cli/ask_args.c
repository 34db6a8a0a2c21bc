/* SPDX-License-Identifier: MIT */
#include "cli/ask_args.h"

#include "base/escape.h"
#include "pool/operator.h"

#include <stdio.h>
#include <string.h>

bool ask_args_read(const struct ask_usage *usage, int argc, char **argv,
                   char **socket, GError **error)
{
    const GOptionEntry entries[] = {
        {"socket", 's', 0, G_OPTION_ARG_FILENAME, socket,
         "Its control socket, instead of " OPERATOR_PATH, "PATH"},
        {0},
    };
    GOptionContext *context = g_option_context_new(NULL);
    g_option_context_set_summary(context, usage->summary);
    g_option_context_add_main_entries(context, entries, NULL);
    if (usage->extra != NULL)
        g_option_context_add_main_entries(context, usage->extra, NULL);
    g_set_prgname(usage->command);
    bool is_good = g_option_context_parse(context, &argc, &argv, error);
    g_option_context_free(context);
    if (is_good && argc > 1) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                    "\"%s\" is not wanted here; a control socket is named with "
                    "--socket PATH",
                    argv[1]);
        is_good = false;
    }
    return is_good;
}

void ask_args_complain(const struct ask_usage *usage, GError *error)
{
    g_autofree char *shown =
        escape_dup(error->message, strlen(error->message), 0);
    fprintf(stderr, "%s: %s\n", usage->command, shown);
    g_error_free(error);
}
