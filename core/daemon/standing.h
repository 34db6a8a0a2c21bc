/* SPDX-License-Identifier: MIT */
/*
 * How the pool's plugins stand: alarms from its breakers and its engines' signatures.
 *
 *     plugin.NAME       it failed too often and is left out
 *     signatures.NAME   a malware engine that is not believed (pool/signatures.h)
 */
#ifndef DAEMON_STANDING_H
#define DAEMON_STANDING_H

#include "front/alarm.h"
#include "pool/pool.h"

#include <stdint.h>

enum {
    STANDING_EVERY_MS = 1000
};

/* Raises what is to be raised and clears the rest. */
void standing_look(const struct pool *pool, struct alarms *alarms);

#endif
