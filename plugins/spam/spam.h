/* SPDX-License-Identifier: MIT */
/*
 * One instance of the spam plugin.
 */
#ifndef SPAM_SPAM_H
#define SPAM_SPAM_H

#include "header.h"
#include "weights.h"

#include <assay/plugin.h>

#include <locale.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Made by create(), read-only after that: forked workers share it.
 */
struct spam {
    const struct assay_host *host;
    locale_t locale;
    struct weights weights;
    uint64_t enabled;  /* TEST_BITs of the tests that are on */
    uint64_t max_text; /* bytes of text looked at in one message */
};

/* What a message's text shows. */
struct body {
    uint64_t found; /* TEST_BITs */
    bool has_gtube;
};

/* Looks at all texts of a message that its reader sees, not at attachments; feeds
 * them to `sum`. */
void body_look(const struct spam *self, const struct assay_task *task,
               struct weights_sum *sum, struct body *body);

#endif
