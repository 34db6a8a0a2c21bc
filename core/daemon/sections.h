/* SPDX-License-Identifier: MIT */
/*
 * The sections of plugins.conf, in the order in which they are told.
 *
 * One line a kind: reading, `assay conf check`, `show`, `docs` and the manual page
 * follow from it.
 */
#ifndef DAEMON_SECTIONS_H
#define DAEMON_SECTIONS_H

#include "base/conf.h"

#include <assay/plugin.h>

#include <glib.h>

#include <stdbool.h>

/* One kind of section.  Static. */
struct section_kind {
    const char *kind;
    const char *intro; /* a sentence for the manual */
    const struct assay_option *const *table;
    bool is_single; /* [kind] */
    bool is_named;  /* [kind NAME] */
    /* Nobody reads it while the configuration is opened: it is held against its table
     * then, so that what is wrong is told together with the rest. */
    bool is_read_later;
    /* Such a section by more than its table; NULL: there is no more. */
    bool (*check)(const struct conf *conf, GError **error);
};

/* Ends with a NULL kind. */
extern const struct section_kind section_kinds[];

/* NULL: there is none. */
const struct section_kind *section_kind_find(const char *kind);

#endif
