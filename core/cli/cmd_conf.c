/* SPDX-License-Identifier: MIT */
#include "cli/cmd.h"
#include "cli/conf_show.h"
#include "cli/output.h"
#include "daemon/setup.h"

#include <glib.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>

static const char summary[] =
    "check [FILE]  is it right?  Every error with file, line and what would "
    "be right\n"
    "show [FILE]   every setting in force, and the line it comes from\n"
    "docs [FILE]   every setting there is, of core and the plugins named in "
    "FILE";

/* What was asked for. */
struct conf_args {
    char *verb;
    char *config; /* NULL: the default one */
    int is_mdoc;
    int is_markdown;
};

static bool parse(int argc, char **argv, struct conf_args *out, GError **error)
{
    const GOptionEntry entries[] = {
        {"config", 'c', 0, G_OPTION_ARG_FILENAME, &out->config,
         "The configuration, as FILE", "FILE"},
        {"man", 0, 0, G_OPTION_ARG_NONE, &out->is_mdoc,
         "docs: for a manual page", NULL},
        {"markdown", 0, 0, G_OPTION_ARG_NONE, &out->is_markdown,
         "docs: as Markdown", NULL},
        {0},
    };
    GOptionContext *context = g_option_context_new("check|show|docs [FILE]");
    g_option_context_set_summary(context, summary);
    g_option_context_add_main_entries(context, entries, NULL);
    g_set_prgname("assay conf");
    bool is_good = g_option_context_parse(context, &argc, &argv, error);
    g_option_context_free(context);
    if (!is_good)
        return false;
    out->verb = argc > 1 ? g_strdup(argv[1]) : NULL;
    if (argc > 2 && out->config == NULL)
        out->config = g_strdup(argv[2]);
    return true;
}

static int show(const GString *text)
{
    /* A reader that stops early, such as `head`, is no trouble. */
    signal(SIGPIPE, SIG_DFL);
    return output_write(text->str, text->len) ? CMD_CLEAN : CMD_TROUBLE;
}

static int run_verb(const struct conf_args *args)
{
    static const char *const verbs[] = {"check", "show", "docs", NULL};
    if (args->verb == NULL || !g_strv_contains(verbs, args->verb)) {
        fputs("assay conf: say check, show or docs; see assay conf --help\n",
              stderr);
        return CMD_TROUBLE;
    }
    const struct setup_how how = {.config = args->config, .is_check = true};
    struct setup setup;
    if (!setup_open_loud(&how, &setup))
        return CMD_TROUBLE;
    g_autoptr(GString) text = g_string_new(NULL);
    if (strcmp(args->verb, "check") == 0)
        g_string_printf(text, "%s: right; %u plugin%s can be used\n",
                        setup.conf->path, setup.host->instances->len,
                        setup.host->instances->len == 1 ? "" : "s");
    else if (strcmp(args->verb, "show") == 0)
        conf_show(&setup, text);
    else
        conf_docs(&setup,
                  args->is_mdoc       ? CONF_DOCS_MDOC
                  : args->is_markdown ? CONF_DOCS_MARKDOWN
                                      : CONF_DOCS_TEXT,
                  text);
    int status = show(text);
    if (setup_misses_plugin(setup.host->refusals))
        status = CMD_TROUBLE;
    setup_close(&setup);
    return status;
}

int cmd_conf(int argc, char **argv)
{
    struct conf_args args = {0};
    GError *error = NULL;
    int status = CMD_TROUBLE;
    if (parse(argc, argv, &args, &error)) {
        status = run_verb(&args);
    } else {
        fprintf(stderr, "assay conf: %s\n", error->message);
        g_error_free(error);
    }
    g_free(args.verb);
    g_free(args.config);
    return status;
}
