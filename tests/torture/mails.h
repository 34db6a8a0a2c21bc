/* SPDX-License-Identifier: MIT */
/*
 * The mails of the torture, and what an undisturbed scan in one process says of each.
 *
 * The undisturbed scan runs in a child, so that this process never opens a plugin nor
 * parses mail, as a front does not.
 */
#ifndef TORTURE_MAILS_H
#define TORTURE_MAILS_H

#include "base/digest.h"
#include "mail/session.h"
#include "scan/scan.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* The time of every scan, seconds: what is said must not depend on the clock. */
#define MAILS_NOW_S INT64_C(1780000000)

/* One mail.  Owned by its mails. */
struct mail {
    const char *name; /* lent by the list of files */
    GBytes *raw;
    uint8_t digest[DIGEST_SIZE]; /* of the raw bytes */
    uint16_t number;  /* by which bad plugins decide: tests/plugins/bad.h */
    const char *said; /* mails_say() of the undisturbed scan; lent by mails */
};

/* All of them.  Owned by the program. */
struct mails {
    GPtrArray *items; /* struct source_item */
    GPtrArray *all;   /* struct mail */
    struct session *session;
    char *said;
    size_t said_n;
};

/* Reads the mails in `paths`, of each path at most `max` that are spread over it.
 * What cannot be read is left out. */
struct mails *mails_read(const char *const *paths, size_t n, unsigned max);
void mails_free(struct mails *mails);

/* Scans all of them with the plugins of `conf` (text of a plugins.conf). */
bool mails_scan_undisturbed(struct mails *mails, const char *conf,
                            GError **error);

/* Appends what was said in a scan by all but `others` (interned names, NULL: by all):
 * each finding and each "clean", a line each, in order. */
void mails_say(GString *to, const struct scan *scan, GHashTable *others);

#endif
