/* SPDX-License-Identifier: MIT */
/*
 * Canaries: messages of which it is known what must be found in them.
 */
#ifndef POOL_CANARY_H
#define POOL_CANARY_H

#include <glib.h>

enum canary {
    CANARY_EICAR, /* the test file that every malware engine knows, attached */
    CANARY_GTUBE, /* the test text that every spam filter knows */
    CANARY_CLEAN, /* nothing */
    CANARIES
};

/* The message.  Made when asked for: this program and its files hold nothing that a
 * scanner could take for what it is not.  Yours. */
GBytes *canary_mail(enum canary canary);
/* "the EICAR test file". */
const char *canary_words(enum canary canary);
/* ASSAY_KIND_* that must be found; 0: none. */
unsigned canary_kind(enum canary canary);

#endif
