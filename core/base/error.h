/* SPDX-License-Identifier: MIT */
/*
 * Errors of kind (2), "the world failed": GError with one domain.
 *
 * A function that can fail returns bool, takes `GError **error` last and leaves
 * its out-parameters untouched on failure.  Messages name file, line, value and
 * what would be right; each level adds its words with g_prefix_error.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <glib.h>

#define BASE_ERROR (base_error_quark())

enum base_error {
    BASE_ERROR_IO,     /* a file or folder cannot be used */
    BASE_ERROR_CONF,   /* plugins.conf or the command line is wrong */
    BASE_ERROR_PLUGIN, /* a plugin cannot be used */
    BASE_ERROR_DATA,   /* a data file (zone, list) is wrong */
    BASE_ERROR_LIMIT,  /* larger than a limit: not looked at */
    BASE_ERROR_PEER,   /* a worker or an MTA said what cannot be */
};

GQuark base_error_quark(void);

#endif
