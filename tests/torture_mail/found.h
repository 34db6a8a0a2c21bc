/* SPDX-License-Identifier: MIT */
/*
 * Where mails are, as the disk tells: in Maildirs, and in quarantine.
 */
#ifndef TORTURE_MAIL_FOUND_H
#define TORTURE_MAIL_FOUND_H

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>

/* One copy in one box.  Owned by the array that holds it. */
struct found {
    size_t number;
    char *box;      /* the recipient's name */
    char *queue_id; /* of Postfix's Received; "" where there is none */
    bool is_junk;
    bool is_tagged;
    bool is_held;    /* in quarantine; the flags above are false */
    bool is_scanned; /* bears X-Assay-SCL, and no X-Assay-Unscanned */
};

/* All below `boxes` (BOX/new, BOX/cur, BOX/.Junk/new ...); those that bear no number of
 * ours are counted into *strange. */
GPtrArray *found_in_boxes(const char *boxes, size_t *strange);
/* Adds what a file tells of the quarantine: a line "SENDER RCPT" for each copy. */
bool found_in_quarantine(const char *path, GPtrArray *to, size_t *strange);

#endif
