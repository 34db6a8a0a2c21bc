/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "cli/cmd.h"
#include "cli/output.h"
#include "cli/plugins_view.h"
#include "cli/self_test.h"
#include "daemon/setup.h"

#include <glib.h>

#include <signal.h>
#include <stdio.h>

/* What was asked for. */
struct plugins_args {
    char *config;
    char *plugin;
    int is_json;
    int with_tests;
};

static bool parse(int argc, char **argv, struct plugins_args *out,
                  GError **error)
{
    const GOptionEntry entries[] = {
        {"config", 'c', 0, G_OPTION_ARG_FILENAME, &out->config,
         "Use this plugins.conf instead of the installed one", "FILE"},
        {"plugin", 0, 0, G_OPTION_ARG_FILENAME, &out->plugin,
         "Only this plugin, with the settings of its section if it has one",
         "FILE"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &out->is_json,
         "One JSON object a plugin, one a line, and a last one: the sandbox",
         NULL},
        {"test", 0, 0, G_OPTION_ARG_NONE, &out->with_tests,
         "Run every plugin's self-test; one that fails makes exit status 2",
         NULL},
        {0},
    };
    GOptionContext *context = g_option_context_new(NULL);
    g_option_context_set_summary(
        context,
        "Shows the plugins that plugins.conf names: who made them, how "
        "old their\nsignatures are, what they want to see, and why one "
        "was refused.");
    g_option_context_add_main_entries(context, entries, NULL);
    g_set_prgname("assay plugins");
    bool is_good = g_option_context_parse(context, &argc, &argv, error);
    g_option_context_free(context);
    if (is_good && argc > 1) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                    "\"%s\" is not wanted here; a plugin is named with "
                    "--plugin FILE",
                    argv[1]);
        return false;
    }
    return is_good;
}

/* False: its self-test failed. */
static bool show_instance(const struct plugins_args *args, struct host *host,
                          const struct instance *instance, GString *to)
{
    struct plugin_test test = {0};
    if (args->with_tests != 0)
        self_test_run(host, instance, &test);
    if (args->is_json != 0)
        plugins_view_json(instance, &test, clock_unix_s(), to);
    else
        plugins_view_text(instance, &test, clock_unix_s(), to);
    bool is_good = !test.was_run || test.is_passed;
    g_free(test.text);
    return is_good;
}

static int run(const struct plugins_args *args)
{
    const struct setup_how how = {.config = args->config,
                                  .plugin = args->plugin};
    struct setup setup;
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) text = g_string_new(NULL);
    if (!setup_open(&how, &setup, errors)) {
        setup_say_errors(errors);
        return CMD_TROUBLE;
    }
    bool is_good = !setup_misses_plugin(setup.host->refusals);
    for (unsigned i = 0; i < setup.host->instances->len; i++)
        is_good &=
            show_instance(args, setup.host,
                          g_ptr_array_index(setup.host->instances, i), text);
    for (unsigned i = 0; i < setup.host->refusals->len; i++) {
        const struct refusal *r = g_ptr_array_index(setup.host->refusals, i);
        if (args->is_json != 0)
            plugins_view_refusal_json(r, text);
        else
            plugins_view_refusal_text(r, text);
    }
    if (args->is_json != 0)
        plugins_view_sandbox_json(&setup.pool, setup_landlock_abi(), text);
    else
        plugins_view_sandbox_text(&setup.pool, setup_landlock_abi(), text);
    setup_close(&setup);
    signal(SIGPIPE, SIG_DFL);
    return output_write(text->str, text->len) && is_good ? CMD_CLEAN
                                                         : CMD_TROUBLE;
}

int cmd_plugins(int argc, char **argv)
{
    struct plugins_args args = {0};
    GError *error = NULL;
    int status = CMD_TROUBLE;
    if (parse(argc, argv, &args, &error)) {
        status = run(&args);
    } else {
        fprintf(stderr, "assay plugins: %s\n", error->message);
        g_error_free(error);
    }
    g_free(args.config);
    g_free(args.plugin);
    return status;
}
