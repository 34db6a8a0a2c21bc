/* SPDX-License-Identifier: MIT */
/*
 * Tokens that let a released message through once: a header field of it holds the
 * token, the index its digest.
 *
 *     X-Assay-Release: 1; id=4f…09; token=…64 digits…
 */
#ifndef STORE_EXEMPTION_H
#define STORE_EXEMPTION_H

#include "store/quarantine.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* What a release gives.  Lent. */
struct exemption_grant {
    const char *id;
    GBytes *raw; /* the message as it was held */
    uint32_t kind;
    const char *findings; /* JSON */
    bool is_anyway;
    int64_t now_s;
};

/* *field is the whole field with its line end, yours.  Tokens of earlier tries of the
 * same message are void. */
bool exemption_grant(struct quarantine *q, const struct exemption_grant *grant,
                     char **field, GError **error);
/* Has the token of the last try been taken? */
bool exemption_was_taken(struct quarantine *q, const char *id, bool *was_taken,
                         GError **error);

#endif
