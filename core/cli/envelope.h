/* SPDX-License-Identifier: MIT */
/*
 * The session of an offline scan: what `--client --helo --from --rcpt --auth` say
 * that an SMTP server would have known.
 */
#ifndef CLI_ENVELOPE_H
#define CLI_ENVELOPE_H

#include "cli/scan_args.h"
#include "mail/session.h"

#include <stdbool.h>

/* `networks`: see mail/trust.h.  A new session, yours. */
bool envelope_session(const struct scan_args *args, const GArray *networks,
                      struct session **out, GError **error);

#endif
