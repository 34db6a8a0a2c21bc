/* SPDX-License-Identifier: MIT */
/*
 * A resolver that answers from files: for offline scans and tests.
 *
 * A zone is JSON: {"name": {"TXT": ["..."], "A": [...], "*": "TIMEOUT"}}.  `*`
 * answers the types that the name does not list; it and a type's value may be
 * "TIMEOUT", "SERVFAIL", "NXDOMAIN", "REFUSED", "BOGUS" or "NODATA".  `SPF` without
 * `TXT` answers TXT too; "TXT": "NONE" prevents that and else counts as absent.  A
 * bare "TIMEOUT" in a name's list answers every type it does not list.  MX values
 * are [preference, "host"].  A name that is not in the zone is NXDOMAIN.
 *
 * A look-up file has one `table:key value` a line, # comments.
 */
#ifndef SCAN_ZONE_H
#define SCAN_ZONE_H

#include "base/error.h"
#include "scan/resolver.h"

#include <stdbool.h>
#include <stddef.h>

struct zone;

/* One text of a zone, and what messages call it. */
struct zone_text {
    const char *name;
    const char *p;
    size_t n;
};

/* Either may be NULL: then nobody is asked about that part, and every answer is
 * BLOCKED, which is not "does not exist". */
bool zone_parse(const struct zone_text *dns, const struct zone_text *lookup,
                struct zone **out, GError **error);
/* The same from files of at most 16 MiB. */
bool zone_read(const char *dns_path, const char *lookup_path, struct zone **out,
               GError **error);
void zone_free(struct zone *zone);

/* The zone as a resolver; lent, lives as long as the zone. */
const struct resolver *zone_resolver(const struct zone *zone);

#endif
