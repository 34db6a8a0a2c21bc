/* SPDX-License-Identifier: MIT */
/*
 * What the header of a message gives away.
 */
#ifndef SPAM_HEADER_H
#define SPAM_HEADER_H

#include <assay/plugin.h>

#include <stdbool.h>
#include <stdint.h>

/* Bit for a test in a set of them. */
#define TEST_BIT(id) ((uint64_t)1 << (id))

/* The fields that tests look at: the first of each, raw.  p NULL: absent.  Lent by
 * the host until handle() returns. */
struct header {
    bool is_mail; /* has any field that a mail has */
    struct assay_str date;
    struct assay_str message_id;
    struct assay_str from;
    struct assay_str to;
    struct assay_str cc;
    struct assay_str mime_version;
    struct assay_str content_type;
    struct assay_str priority;
    struct assay_str msmail_priority;
    struct assay_str mimeole;
    struct assay_str subject; /* decoded */
};

void header_read(const struct assay_host *host, const struct assay_task *task,
                 struct header *header);

/* The tests that hold, as TEST_BITs. */
uint64_t header_look(const struct header *header);

/* The tests that the body alone seems to meet and the header rules out. */
uint64_t header_denies(const struct header *header);

#endif
