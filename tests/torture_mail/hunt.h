/* SPDX-License-Identifier: MIT */
/*
 * Who is to be killed: processes of assayd, of Postfix and of Dovecot by what they do.
 * Only those below processes that the torture was given.
 */
#ifndef TORTURE_MAIL_HUNT_H
#define TORTURE_MAIL_HUNT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum hunt_target {
    HUNT_FRONT,
    HUNT_ZYGOTE,
    HUNT_WORKER,
    HUNT_SMTPD,
    HUNT_DOWNSTREAM,
    HUNT_TARGETS
};

/* Below whom to look; 0: there is none. */
struct hunt_roots {
    pid_t assayd;
    pid_t postfix;
    pid_t dovecot;
};

/* One of them by `chance`; 0: there is none now. */
pid_t hunt_find(const struct hunt_roots *roots, enum hunt_target target,
                uint32_t chance);
const char *hunt_name(enum hunt_target target);

#endif
