/* SPDX-License-Identifier: MIT */
#include "base/escape.h"
#include "base/log.h"
#include "base/option.h"
#include "cli/cmd.h"
#include "pool/zygote.h"

#include <assay/plugin.h>

#include <glib.h>

#include <stdio.h>
#include <string.h>

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"scan", cmd_scan},       {"conf", cmd_conf},
    {"plugins", cmd_plugins}, {"status", cmd_status},
    {"reload", cmd_reload},   {"drain", cmd_drain},
    {"stop", cmd_stop},       {"quarantine", cmd_quarantine},
};

static const char help[] =
    "assay: scans mail with plugins and says what it found\n"
    "\n"
    "  assay scan PATH...      files, folders, Maildir, mbox, - for standard "
    "input\n"
    "  assay plugins           which plugins are in use, how old their "
    "signatures are\n"
    "  assay status            what a running Assay does, live\n"
    "  assay reload            take new plugins, signatures and settings into "
    "use\n"
    "  assay drain             have assayd take no new mail, and wait until it has "
    "none\n"
    "  assay stop              end assayd when it has answered what it has\n"
    "  assay quarantine        what is held: list, show, release, delete, "
    "verify\n"
    "  assay conf check        is plugins.conf right?\n"
    "  assay conf show         every setting in force and where it comes from\n"
    "  assay conf docs         every setting there is, with its help\n"
    "  assay COMMAND --help    all flags of a command\n"
    "\n"
    "To begin with\n"
    "  assay scan ~/Maildir              a verdict for every message\n"
    "  assay scan --explain mail.eml     why, and by which line of "
    "plugins.conf\n"
    "  assay scan --json inbox.mbox | jq 'select(.kind == \"malware\") | "
    ".file'\n"
    "\n"
    "Exit status: 0 all clean, 1 something found, 2 something could not be "
    "scanned,\n"
    "a plugin was refused, or bad usage.  Manual: assay(1), plugins.conf(5)\n";

static int unknown_command(const char *given)
{
    const char *names[G_N_ELEMENTS(commands) + 1] = {NULL};
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        names[i] = commands[i].name;
    const char *near = option_nearest(given, names);
    g_autofree char *shown = escape_dup(given, strlen(given), 80);
    fprintf(stderr, "assay: there is no command \"%s\"", shown);
    if (near != NULL)
        fprintf(stderr, "; nearest is \"%s\"", near);
    fputs("\nTry assay --help\n", stderr);
    return CMD_TROUBLE;
}

static bool is_one_of(const char *given, const char *a, const char *b)
{
    return strcmp(given, a) == 0 || strcmp(given, b) == 0;
}

int main(int argc, char **argv)
{
    log_catch_glib();
    if (argc < 2) {
        fputs(help, stderr);
        return CMD_TROUBLE;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    /* Started by another assay only, on a socket. */
    if (strcmp(argv[1], "zygote") == 0)
        return zygote_main();
    if (is_one_of(argv[1], "--help", "-h") || strcmp(argv[1], "help") == 0) {
        fputs(help, stdout);
        return CMD_CLEAN;
    }
    if (is_one_of(argv[1], "--version", "-V")) {
        printf("assay %s, vendor ABI %d.%d\n", ASSAY_VERSION, ASSAY_ABI_MAJOR,
               ASSAY_ABI_MINOR);
        return CMD_CLEAN;
    }
    return unknown_command(argv[1]);
}
