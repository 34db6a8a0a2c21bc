/* SPDX-License-Identifier: MIT */
#include "base/escape.h"
#include "cli/ask.h"
#include "cli/ask_args.h"
#include "cli/cmd.h"

#include <glib.h>

#include <stdio.h>
#include <string.h>

static const struct ask_usage usage = {
    .command = "assay reload",
    .summary =
        "Has a running Assay load its plugins, signatures and settings anew, and\n"
        "waits until they are in use. When they cannot be used the old ones stay,\n"
        "the reason is told, and the exit status is 2."};

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
    bool is_good = ask_args_read(&usage, argc, argv, &socket, &error) &&
                   reload(socket, &error);
    if (error != NULL)
        ask_args_complain(&usage, error);
    return is_good ? CMD_CLEAN : CMD_TROUBLE;
}
