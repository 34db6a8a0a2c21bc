/* SPDX-License-Identifier: MIT */
/*
 * One winmail.dat on its way to child objects: bodies and attachments.
 *
 * Attachments are ranges of the stream and are not copied.  An attachment's names
 * stand before and behind its data, so it is handed over when the next one begins.
 */
#ifndef TNEF_WINMAIL_H
#define TNEF_WINMAIL_H

#include "stream.h"

#include <assay/plugin.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    WINMAIL_NAMES = 8,      /* of one attachment */
    WINMAIL_MAX_FAULTS = 16 /* told of one stream; more say nothing new */
};

/* A name as it stands; UTF-16 where is_wide, else in the stream's code page. */
struct winmail_name {
    const uint8_t *p;
    size_t n;
    bool is_wide;
};

/* The attachment at hand. */
struct attachment {
    const uint8_t *data;
    size_t data_n;
    struct winmail_name names[WINMAIL_NAMES];
    unsigned name_n;
    struct assay_str type; /* declared, may be empty */
    uint64_t flags;        /* TRUNCATED, DAMAGED */
    bool has_data;
    bool is_message; /* data is another TNEF stream */
};

/*
 * One task.  Lives on the stack of handle().
 */
struct winmail {
    const struct assay_host *host;
    const struct assay_task *task;
    const uint8_t *p;
    size_t n;
    uint64_t max_bytes; /* the host takes no larger object */
    struct attachment attachment;
    char charset[16]; /* of 8-bit names, "": not told */
    unsigned faults;
    bool is_stopped;
    bool is_cancelled;
};

/* Unpacks w->p, which is a TNEF stream. */
void winmail_unpack(struct winmail *w);

#endif
