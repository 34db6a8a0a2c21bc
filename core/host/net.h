/* SPDX-License-Identifier: MIT */
/*
 * Connections for plugins that need the network: the host's side of struct assay_net.
 *
 * A worker was given its connections before it was shut in; where there is no
 * isolation the host makes one when a plugin asks.  Either way a plugin gets what its
 * class's section names, each once, and only while it starts.
 */
#ifndef HOST_NET_H
#define HOST_NET_H

#include "host/host.h"

#include <assay/plugin.h>

#include <glib.h>

#define NET_EXTENSION "assay.net/1"

/* Array for host->net. */
GPtrArray *net_new(void);
/* The extension's table; NULL: the instance's plugin needs no network. */
const struct assay_net *net_table(const struct instance *instance);

/* Around an instance's start(). */
void net_begin(const struct instance *instance, const struct host *host);
void net_end(void);

/* Closes what was handed out: all instances have stopped. */
void net_release(const struct host *host);

#endif
