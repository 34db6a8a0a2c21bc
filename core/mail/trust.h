/* SPDX-License-Identifier: MIT */
/*
 * Who is one of us: networks whose mail counts as trusted and outgoing.
 *
 *     [session]
 *     trusted_networks = 127.0.0.0/8, ::1/128, 192.0.2.0/24
 */
#ifndef MAIL_TRUST_H
#define MAIL_TRUST_H

#include "base/conf.h"
#include "base/option.h"

#include <assay/plugin.h>

#include <stdbool.h>

/* The option table of section [session], NULL-terminated. */
extern const struct assay_option *const trust_options[];

/* A network, RFC 4632 and RFC 4291 2.3.  Plain value. */
struct network {
    int family; /* AF_INET, AF_INET6 */
    unsigned prefix;
    unsigned char address[16];
};

/* Takes "192.0.2.0/24", "2001:db8::/32", or an address alone.  Bits behind the
 * prefix must be zero: 192.0.2.1/24 is a slip of the pen. */
bool network_parse(const char *text, struct network *out);
bool network_holds(const struct network *network, const char *ip);

/* Reads the section (none: nobody is trusted).  Yours: free with g_array_unref;
 * elements are struct network. */
bool trust_read(const struct conf *conf, GArray **out, GError **error);
bool trust_holds(const GArray *networks, const char *ip);

#endif
