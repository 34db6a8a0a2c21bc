/* SPDX-License-Identifier: MIT */
#include "cli/scan_args.h"

#include "base/error.h"

#include <string.h>

enum {
    JOBS_MAX = 1024
};

static const char summary[] =
    "Scans messages and reports a verdict for each; it changes nothing.\n"
    "\n"
    "PATH is a message, an mbox, a Maildir, a folder of messages (with all "
    "folders\n"
    "below it), or - for one message on standard input.";

static const char description[] =
    "What the server would have known (for scanners that look at it):\n"
    "  assay scan --client 192.0.2.1,mx.example.net --helo mx.example.net \\\n"
    "      --from alice@example.net --rcpt bob@example.org mail.eml\n"
    "\n"
    "Offline DNS for --dns, JSON; \"*\" answers the types not listed:\n"
    "  {\"example.net\": {\"TXT\": [\"v=spf1 -all\"], \"*\": \"TIMEOUT\"}}\n"
    "\n"
    "Exit status: 0 all clean, 1 something found, 2 something could not be\n"
    "scanned, a plugin that is not optional was refused, or bad usage.\n";

/* FILENAME, not STRING: GOption would convert from the locale's charset. */
#define TEXT G_OPTION_ARG_FILENAME

static GOptionContext *context_new(struct scan_args *a)
{
    const GOptionEntry entries[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &a->is_json,
         "One JSON object a message, one a line, in input order", NULL},
        {"explain", 'e', 0, G_OPTION_ARG_NONE, &a->with_reasons,
         "Why: findings, the deciding line of plugins.conf, times", NULL},
        {"objects", 'o', 0, G_OPTION_ARG_NONE, &a->with_objects,
         "Everything inside: names, types, sizes, SHA-256", NULL},
        {"found", 'f', 0, G_OPTION_ARG_NONE, &a->only_found,
         "Leave out messages in which nothing was found", NULL},
        {"files-from", 0, 0, TEXT, &a->files_from,
         "Scan the paths in FILE too, one a line; -: standard input", "FILE"},
        {"jobs", 0, 0, G_OPTION_ARG_INT, &a->jobs,
         "Worker processes (default: one a processor); 0: none, for debuggers",
         "N"},
        {"isolate", 'i', 0, G_OPTION_ARG_NONE, &a->is_isolated,
         "Scan in contained workers, as the mail path does", NULL},
        {"control", 0, 0, TEXT, &a->control,
         "With --isolate: answer assay status and assay reload at this socket",
         "SOCKET"},
        {"config", 'c', 0, TEXT, &a->config,
         "Use this plugins.conf instead of the installed one", "FILE"},
        {"plugin", 0, 0, TEXT, &a->plugin,
         "Use only this plugin, with the settings of its section if it has one",
         "FILE"},
        {"no-plugins", 0, 0, G_OPTION_ARG_NONE, &a->no_plugins,
         "Use no plugin: only what core itself notices", NULL},
        {"client", 0, 0, TEXT, &a->client,
         "Address of the sending host, and its verified name", "IP[,NAME]"},
        {"helo", 0, 0, TEXT, &a->helo, "Name the client gave itself", "NAME"},
        {"from", 0, 0, TEXT, &a->from, "Envelope sender; \"\": null sender",
         "ADDRESS"},
        {"rcpt", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &a->rcpts,
         "Envelope recipient; may be given often", "ADDRESS"},
        {"auth", 0, 0, TEXT, &a->auth_user,
         "The client logged in as USER: trusted, outgoing", "USER"},
        {"dns", 0, 0, TEXT, &a->dns_zone, "Answer DNS from this zone file",
         "ZONE.json"},
        {"lookup", 0, 0, TEXT, &a->lookups,
         "Answer look-ups from this file: \"table:key value\" a line", "FILE"},
        {"now", 0, 0, G_OPTION_ARG_INT64, &a->now_s,
         "Scan as if it were this Unix time", "SECONDS"},
        {"verbose", 'v', 0, G_OPTION_ARG_NONE, &a->is_verbose,
         "Log what plugins say on standard error", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &a->paths, NULL,
         "PATH..."},
        {0},
    };
    GOptionContext *context = g_option_context_new(NULL);
    g_option_context_set_summary(context, summary);
    g_option_context_set_description(context, description);
    g_option_context_add_main_entries(context, entries, NULL);
    return context;
}

static bool fail(GError **error, const char *text)
{
    g_set_error_literal(error, BASE_ERROR, BASE_ERROR_CONF, text);
    return false;
}

static bool check(const struct scan_args *a, GError **error)
{
    if (a->paths[0] == NULL && a->files_from == NULL)
        return fail(error, "nothing to scan: name a file or folder, or - for "
                           "standard input");
    if (a->jobs != SCAN_JOBS_AUTO && (a->jobs < 0 || a->jobs > JOBS_MAX)) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                    "--jobs %d: must be from 0 to %d", a->jobs, JOBS_MAX);
        return false;
    }
    if (a->now_s < 0)
        return fail(error, "--now: must not be before 1970");
    if (a->is_isolated && a->jobs == 0)
        return fail(error, "--isolate needs workers: --jobs must not be 0");
    if (a->control != NULL && !a->is_isolated)
        return fail(error, "--control is for workers: add --isolate");
    if (a->plugin != NULL && a->no_plugins)
        return fail(error, "--plugin and --no-plugins exclude each other");
    return true;
}

bool scan_args_parse(int argc, char **argv, struct scan_args *out,
                     GError **error)
{
    struct scan_args args = {.jobs = SCAN_JOBS_AUTO};
    GOptionContext *context = context_new(&args);
    /* GOption takes the program's name from argv[0] for its usage line. */
    g_set_prgname("assay scan");
    bool is_good = g_option_context_parse(context, &argc, &argv, error);
    g_option_context_free(context);
    if (is_good && args.paths == NULL)
        args.paths = g_new0(char *, 1);
    if (!is_good || !check(&args, error)) {
        scan_args_clear(&args);
        return false;
    }
    *out = args;
    return true;
}

void scan_args_clear(struct scan_args *args)
{
    g_strfreev(args->paths);
    g_strfreev(args->rcpts);
    char *const owned[] = {
        args->files_from, args->config,  args->control, args->plugin,
        args->client,     args->helo,    args->from,    args->auth_user,
        args->dns_zone,   args->lookups,
    };
    for (size_t i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
    *args = (struct scan_args){0};
}
