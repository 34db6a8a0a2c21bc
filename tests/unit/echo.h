/* SPDX-License-Identifier: MIT */
/*
 * A filter that takes everything and edits a little, so that it shows whether edits
 * arrive: every X-Old is deleted, the second X-Change changed, X-Echo-First put below the
 * MTA's own Received, X-Echo (the size of the message) at the end.
 */
#ifndef TESTS_ECHO_H
#define TESTS_ECHO_H

#include "front/milter_session.h"

/* The `self` of echo_owner.  Owned by the caller; zeroed memory keeps nothing. */
struct echo {
    const char *
        save; /* a folder: each message is written to QUEUEID.eml; NULL: none */
    unsigned messages;
};

extern const struct milter_owner echo_owner;

/* Nothing is asked but the end; 1 MiB of message. */
struct milter_options echo_options(void);

#endif
