/* SPDX-License-Identifier: MIT */
/*
 * From what an MTA tells to what a scan wants to know (mail/session.h).
 */
#ifndef FRONT_MILTER_FACTS_H
#define FRONT_MILTER_FACTS_H

#include "front/milter_codec.h"
#include "front/milter_macros.h"
#include "mail/session.h"

#include <glib.h>

/* Macros to ask the MTA for, by stage; the ones that follow are read from them. */
extern const char *const milter_facts_lists[MILTER_LISTS];

/* A new client: address, port, name.  The name counts as verified when it is no address
 * and the MTA says nothing else by {client_resolve}. */
void milter_facts_connect(struct session *facts,
                          const struct milter_connect *connect,
                          const struct milter_macros *macros);
/* User, TLS, own address, queue id, as far as they are told by now. */
void milter_facts_macros(struct session *facts,
                         const struct milter_macros *macros);
/* Forgets sender, recipients and queue id. */
void milter_facts_end(struct session *facts);
/* "<a@b>" or "a@b" as "a@b", yours. */
char *milter_facts_address(const char *text);

#endif
