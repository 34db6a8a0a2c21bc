/* SPDX-License-Identifier: MIT */
#include "base/escape.h"
#include "cli/ask.h"
#include "cli/cmd.h"
#include "pool/operator.h"

#include <glib.h>

#include <stdio.h>
#include <string.h>

static bool parse(int argc, char **argv, char **socket, GError **error)
{
    const GOptionEntry entries[] = {
        {"socket", 's', 0, G_OPTION_ARG_FILENAME, socket,
         "Its control socket, instead of " OPERATOR_PATH, "PATH"},
        {0},
    };
    GOptionContext *context = g_option_context_new(NULL);
    g_option_context_set_summary(
        context,
        "Has a running Assay load its plugins, signatures and settings anew, and\n"
        "waits until they are in use. When they cannot be used the old ones stay,\n"
        "the reason is told, and the exit status is 2.");
    g_option_context_add_main_entries(context, entries, NULL);
    g_set_prgname("assay reload");
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

/* Says what an answer (pool/operator.h) says; was it a success? */
static bool tell(const json_t *root)
{
    const char *trouble = json_string_value(json_object_get(root, "trouble"));
    json_int_t number = json_integer_value(json_object_get(root, "generation"));
    json_int_t ms = json_integer_value(json_object_get(root, "ms"));
    if (json_is_true(json_object_get(root, "reloaded"))) {
        printf("generation %lld is in use, after %.1f s\n", (long long)number,
               (double)ms / 1000);
        return true;
    }
    if (trouble == NULL)
        trouble = "no reason was given";
    g_autofree char *shown = escape_dup(trouble, strlen(trouble), 0);
    fprintf(stderr, "assay reload: generation %lld stays in use: %s\n",
            (long long)number, shown);
    return false;
}

static bool reload(const char *socket, GError **error)
{
    struct ask to;
    json_t *root = NULL;
    if (!ask_open(socket, &to, error))
        return false;
    /* It ends by [pool] load_time, which only the other side knows. */
    bool is_good = ask(&to, "reload", 0, &root, error);
    ask_close(&to);
    is_good = is_good && tell(root);
    json_decref(root);
    return is_good;
}

int cmd_reload(int argc, char **argv)
{
    GError *error = NULL;
    g_autofree char *socket = NULL;
    bool is_good = parse(argc, argv, &socket, &error) && reload(socket, &error);
    if (error != NULL) {
        g_autofree char *shown =
            escape_dup(error->message, strlen(error->message), 0);
        fprintf(stderr, "assay reload: %s\n", shown);
        g_error_free(error);
    }
    return is_good ? CMD_CLEAN : CMD_TROUBLE;
}
