/* SPDX-License-Identifier: MIT */
/*
 * What a message is decided by: all of plugins.conf that the front itself goes by.
 *
 * Read as a whole, replaced as a whole at a reload; one verdict is made by one of them.
 */
#ifndef FRONT_RULES_H
#define FRONT_RULES_H

#include "base/conf.h"
#include "base/limits.h"
#include "front/marks_options.h"
#include "front/stamp_options.h"
#include "mail/session.h"
#include "verdict/outcome.h"
#include "verdict/policy.h"

#include <glib.h>

#include <stdbool.h>

/* Owned by the front. */
struct rules {
    struct limits limits;
    struct policy *policy;
    GArray *networks; /* mail/trust.h */
    struct outcome_options outcome;
    struct stamp_options stamp;
    struct marks_options marks; /* lends `stamp` */
};

/* False: with the first thing that is wrong. */
bool front_rules_read(const struct conf *conf, struct rules **out,
                      GError **error);
void front_rules_free(struct rules *rules);

/* Who has logged in, or comes from our own networks, sends; all others send to us. */
void front_rules_find_direction(const struct rules *rules,
                                struct session *session);

#endif
