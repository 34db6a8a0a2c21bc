/* SPDX-License-Identifier: MIT */
/*
 * How a worker becomes one: from a fork of the zygote to a process that is shut in,
 * has its plugins started, and has said so.
 */
#ifndef POOL_WORKER_START_H
#define POOL_WORKER_START_H

#include "pool/tray.h"
#include "pool/worker.h"
#include "pool/worker_guest.h"

#include <glib.h>

#include <stdbool.h>

/* Output to the log, trays mapped, sandbox entered, plugins started, hello written.
 * The tray is then READY.  False: the process has to end, the reason is in the log. */
bool worker_start(const struct worker_how *how, struct tray *tray,
                  struct worker_guest *guest);

#endif
