/* SPDX-License-Identifier: MIT */
/*
 * What a daemon does beside scanning: the sections [daemon] and [alarm].
 */
#ifndef DAEMON_OPTIONS_H
#define DAEMON_OPTIONS_H

#include "base/conf.h"
#include "base/log.h"
#include "base/option.h"
#include "pool/pool.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

extern const struct assay_option *const daemon_options_table[];
extern const struct assay_option *const alarm_options_table[];

/* Owned by whoever read it; strings are its own.  Zeroed memory is valid and empty. */
struct daemon_options {
    /* [daemon] */
    char *control; /* absolute */
    enum log_sink log;
    enum log_level log_level;
    uint64_t stop_time_ns;
    /* [alarm] */
    char **alarm_to;        /* addresses; empty: nobody */
    char *sendmail;         /* absolute */
    uint64_t mail_every_ns; /* at most one mail in so long */
    /* [alarm] max_age, [daemon] allow_test_signatures */
    struct signature_rules signatures;
};

/* False: `out` is untouched. */
bool daemon_options_read(const struct conf *conf, struct daemon_options *out,
                         GError **error);
void daemon_options_clear(struct daemon_options *options);

#endif
