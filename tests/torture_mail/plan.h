/* SPDX-License-Identifier: MIT */
/*
 * The mails of the torture: what each of them is, to whom it goes, and what has to become
 * of it there.  A function of the number alone, so that who counts afterwards needs no
 * more than numbers.
 *
 *     number n   sender t<n>@example.org, header X-Torture-Id: n
 */
#ifndef TORTURE_MAIL_PLAN_H
#define TORTURE_MAIL_PLAN_H

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>

enum {
    PLAN_RCPTS = 2
};

enum plan_fate {
    PLAN_INBOX,
    PLAN_TAGGED, /* there, with a mark in its subject */
    PLAN_JUNK,
    PLAN_QUARANTINE,
    PLAN_REJECT /* the client is told so, and it is nowhere */
};

/* One recipient; name NULL: there is none. */
struct plan_rcpt {
    char *name; /* before @example.net */
    enum plan_fate fate;
};

/* One mail.  Owned by who made it: plan_clear. */
struct plan_mail {
    size_t number;
    const char *kind; /* "clean", "malware", "spam", "block", "mixed" */
    char *sender;
    struct plan_rcpt rcpts[PLAN_RCPTS];
    unsigned template_at;
};

void plan_make(size_t number, struct plan_mail *out);
void plan_clear(struct plan_mail *mail);

/* Reads the templates from tests/mail.  False, with a line on stderr: one is not there. */
bool plan_open(const char *folder);
/* As it is sent (mta/smtp.h). */
GString *plan_wire(const struct plan_mail *mail);

const char *plan_fate_name(enum plan_fate fate);

#endif
