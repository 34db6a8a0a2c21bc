/* SPDX-License-Identifier: MIT */
/*
 * Plugins in a test: opened as the program opens them, asked about one mail.
 */
#ifndef TESTS_HOSTING_H
#define TESTS_HOSTING_H

#include "base/conf.h"
#include "host/host.h"
#include "scan/scan.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* A mail with a text part (object 1) and a binary one (object 2). */
extern const char hosting_mail[];

/* Who sent it to whom; yours. */
struct session *hosting_session(void);

/*
 * One configuration, its host, and the last scan.  Owned by the test.
 */
struct hosting {
    struct conf *conf;
    struct limits limits;
    struct host *host; /* NULL: host_open failed, see error */
    GError *error;
    struct session *session;
    struct message *message;
    const struct resolver *resolver; /* for the next scan; NULL: none */
    struct scan_plan plan;
    struct scan *scan;
};

/* Opens plugins by the text of a configuration, in which @ stands for the folder of
 * the deliberately bad ones.  Relative paths start at the working directory. */
struct hosting *hosting_open(const char *conf);
/* The same for one of them, with no settings: [plugin NAME] file = @/NAME.so. */
struct hosting *hosting_open_bad(const char *name);
/* With the rest of `how` as given. */
struct hosting *hosting_open_how(const char *conf, struct host_how how);
void hosting_free(struct hosting *h);

/* Starts, scans `mail` (NULL: hosting_mail), stops.  Replaces the last scan. */
void hosting_scan(struct hosting *h, const char *mail);

/* The text of the only refusal, less the plugins' folder; "" where there is not
 * exactly one.  Lent until the next call. */
const char *hosting_refusal(const struct hosting *h);

/* The findings of the last scan that are no answers "clean", one a line as
 * "KIND NAME PATH: TEXT", PATH "-" where there is no object.  Lent. */
const char *hosting_findings(const struct hosting *h);

#endif
