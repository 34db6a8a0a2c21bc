/* SPDX-License-Identifier: MIT */
/*
 * What is in force, and where it comes from; and what there is to set.
 */
#ifndef CLI_CONF_SHOW_H
#define CLI_CONF_SHOW_H

#include "daemon/setup.h"

#include <glib.h>

/* Every option with its value and its line or "default", in the language of
 * plugins.conf itself.  Secrets show as the file they are read from. */
void conf_show(const struct setup *setup, GString *to);

enum conf_docs_form {
    CONF_DOCS_TEXT,
    CONF_DOCS_MDOC,
    CONF_DOCS_MARKDOWN
};

/* Every option there is: core's tables and those of the configured plugins. */
void conf_docs(const struct setup *setup, enum conf_docs_form form,
               GString *to);

#endif
