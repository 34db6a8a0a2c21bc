/* SPDX-License-Identifier: MIT */
/*
 * X-Assay-Report: the verdict in one field, for programs.
 *
 * An interface: it only grows at its end, and v changes if it must ever be read in
 * another way.
 *
 *     report  = "v=1" *(";" [FWS] item)
 *     item    = key "=" value
 *     key     = 1*%x61-7A                                ; a-z
 *     value   = *(ALPHA / DIGIT / "." / "_" / "-" / "/" / "@" / ":" / "+" / "!" /
 *                 "*" / "," / "%" 2HEXDIG)               ; % is the byte of that number
 *
 * Items, in this order:
 *
 *     kind      the verdict's: clean, malware, ...
 *     scl       -1 (trusted), 0 to 9
 *     action    the strictest of those whom the message goes on to: accept, tag, junk
 *               (or what was meant, where it goes on in a copy only)
 *     by, name  plugin and name of the finding that decided; missing: the SCL did
 *     id        the MTA's queue id, if known
 *     f         once for each finding up to eight, the worst first: plugin:kind:name,
 *               a colon inside of them encoded.  What only informs and what holds for
 *               some recipients is left out.
 *     more      how many findings there are beyond these; missing: none
 *
 * A text is cut at 48 bytes as it stands there; the field has at most REPORT_MAX bytes.
 * Lines are folded behind semicolons.  Text of plugins and mail comes as value only: no
 * control character, no semicolon, no blank.
 */
#ifndef FRONT_REPORT_HEADER_H
#define FRONT_REPORT_HEADER_H

#include "scan/scan.h"
#include "verdict/outcome.h"
#include "verdict/verdict.h"

enum {
    REPORT_MAX = 1600
};

/* The part of a verdict that holds for those whom the message goes on to. */
struct report_scope {
    int scl; /* the highest of theirs */
    uint32_t action;
    const struct because *because;
};

void report_scope_of(const struct verdict *verdict,
                     const struct outcome *outcome, struct report_scope *out);

/* The field's value, folded with CRLF, yours.  scan NULL: no findings are known. */
char *report_header(const struct verdict *verdict,
                    const struct report_scope *scope,
                    const struct session *session, const struct scan *scan);

#endif
