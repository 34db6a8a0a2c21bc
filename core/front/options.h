/* SPDX-License-Identifier: MIT */
/*
 * The section [milter] of plugins.conf: where MTAs reach us, and how long they may take.
 */
#ifndef FRONT_OPTIONS_H
#define FRONT_OPTIONS_H

#include "base/conf.h"
#include "base/option.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The table, NULL-terminated: for documentation and for showing what is in force. */
extern const struct assay_option *const front_options_table[];

/* What becomes of a message that is larger than [limits] max_message_bytes. */
enum front_too_large {
    FRONT_TOO_LARGE_REJECT = 0, /* in the order of the option's choices */
    FRONT_TOO_LARGE_DEFER = 1,
    FRONT_TOO_LARGE_ACCEPT = 2
};

/* Owned by whoever read it. */
struct front_options {
    GPtrArray *listen;  /* struct listen_address */
    char *socket_group; /* NULL: the one that has just made it */
    size_t connections_max;
    size_t max_envelope_bytes;
    uint64_t idle_ns;
    uint64_t mail_ns;
    uint64_t stage_ns;
    unsigned refuse_at; /* MILTER_STAGE_BITs */
    enum front_too_large too_large;
};

/* False: `out` is untouched. */
bool front_options_read(const struct conf *conf, struct front_options *out,
                        GError **error);
void front_options_clear(struct front_options *options);

#endif
