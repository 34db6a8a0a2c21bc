/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Raw messages: what libclamav's own mail parser can add to scanning the parts.
 *
 * Decoded parts are scanned one by one, as the core decoded them.  Four things are
 * lost by that, and only these: signatures for mail files (Target 4), which
 * libclamav tries on a message as it stands, never on what it decoded; phishing
 * checks, which it makes on the links of texts inside of a mail; rules about names
 * inside of a mail (.cdb); signatures that want a mail around the part (Container).
 *
 * So with `raw = auto` the raw bytes always go once through the signatures (this is
 * cheap), and through its mail parser only where
 *     phishing rules are loaded and a text has links, or
 *     rules about names are loaded and there is an attachment, or
 *     signatures that want a mail around are loaded.
 * What its parser then takes out and the core decoded alike is skipped, but for the
 * last reason: it is scanned as an object of its own.  What only its parser sees is
 * scanned.
 *
 * A forwarded mail that stands in another as it is has gone through the signatures
 * with that one; only libclamav's parser may add something (it passes over forwarded
 * mails that have no attachment).  That ends at MAIL_FORWARDS_MAX levels, or a mail
 * of a hundred levels would be read a hundred times.
 */
#ifndef CLAMAV_MAIL_H
#define CLAMAV_MAIL_H

#include <assay/plugin.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MAIL_PARTS_MAX = 256,  /* more are not looked up: the parser runs */
    MAIL_FORWARDS_MAX = 4, /* mails around a forwarded one */
    MAIL_COMPARE_MAX = 8 /* parts of one size that are compared with a layer */
};

/* A part that is an object of its own.  Lent by the host for the task. */
struct mail_part {
    const char *p;
    uint64_t n;
};

/* What a message holds, as far as this choice needs it. */
struct mail {
    size_t part_n;
    size_t next; /* where mail_has looks first: both go through in order */
    bool has_links;
    bool has_attachment;
    bool is_cut; /* more parts than MAIL_PARTS_MAX */
    struct mail_part parts[MAIL_PARTS_MAX];
};

/* Is the task's object a raw mail? */
bool mail_is(const struct assay_host *host, const struct assay_task *task);

/* How the task's object, a mail, lies in others. */
struct mail_place {
    unsigned forwards; /* mails around it */
    bool is_plain;     /* its bytes stand as they are in the mail around it */
};
struct mail_place mail_place(const struct assay_host *host,
                             const struct assay_task *task);

/* Looks at everything below the task's object. */
void mail_read(const struct assay_host *host, const struct assay_task *task,
               struct mail *mail);

/* Does the mail parser add something, with signatures that need `needs`
 * (database.h)? */
bool mail_wants_parser(const struct mail *mail, uint32_t needs);

/* Is there a part with these bytes?  libclamav ends texts with a line feed that is
 * not in the part: that one is not compared. */
bool mail_has(struct mail *mail, const char *p, size_t n);

#endif
