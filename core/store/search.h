/* SPDX-License-Identifier: MIT */
/*
 * What held mail is looked for by: all that is set must hold.
 */
#ifndef STORE_SEARCH_H
#define STORE_SEARCH_H

#include "store/state.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Lent.  Zeroed memory finds everything.  Texts are parts of what they are compared
 * with, without regard to the case of ASCII letters; NULL: any.
 */
struct search {
    const char *sender;
    const char *rcpt;
    const char *subject; /* or the From field */
    const char *name;    /* of a finding that is told in `findings` */
    const char *queue_id;
    const char *client;
    const char *id;  /* begins with */
    int64_t since_s; /* held then or later; 0: any */
    int64_t until_s; /* held before; 0: any */
    uint32_t kind;   /* ASSAY_KIND_*, where has_kind */
    bool has_kind;
    bool has_state;
    enum state_now now; /* where has_state */
    bool is_oldest_first;
    uint64_t max; /* rows; 0: no limit */
};

#endif
