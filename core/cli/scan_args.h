/* SPDX-License-Identifier: MIT */
/*
 * The command line of `assay scan`.
 */
#ifndef CLI_SCAN_ARGS_H
#define CLI_SCAN_ARGS_H

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* As many workers as there are processors. */
#define SCAN_JOBS_AUTO (-1)

/*
 * What was asked for.  Zeroed memory is not valid: scan_args_parse fills it.
 * Strings are bytes as given, NULL: not given.
 */
struct scan_args {
    char **paths;     /* NULL-terminated, maybe empty */
    char *files_from; /* file with paths, "-": standard input */
    int is_json;      /* int: GOption's idea of a flag */
    int with_objects;
    int with_reasons;
    int only_found;
    int no_plugins;
    int is_verbose;
    int is_isolated;
    int jobs; /* 0: in this very process, for debuggers */
    char *config;
    char *control; /* socket for assay status */
    char *plugin;  /* only this one */
    char *client;  /* IP[,NAME] */
    char *helo;
    char *from;
    char **rcpts; /* NULL: none */
    char *auth_user;
    char *dns_zone;
    char *lookups;
    int64_t now_s; /* 0: the clock's */
};

bool scan_args_parse(int argc, char **argv, struct scan_args *out,
                     GError **error);
void scan_args_clear(struct scan_args *args);

#endif
