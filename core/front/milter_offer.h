/* SPDX-License-Identifier: MIT */
/*
 * What an MTA offers and what is agreed on.
 */
#ifndef FRONT_MILTER_OFFER_H
#define FRONT_MILTER_OFFER_H

#include "front/milter_codec.h"
#include "front/milter_session.h"

#include <glib.h>

/* The MTA waits for no answer to this command, by this bit; 0: it never does, or
 * always. */
uint32_t milter_offer_no_reply(enum milter_command command);

/* False: it offers less than is needed. */
bool milter_offer_agree(const struct milter_offer *offered,
                        const struct milter_options *options,
                        struct milter_offer *agreed, GError **error);

#endif
