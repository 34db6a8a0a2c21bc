/* SPDX-License-Identifier: MIT */
/*
 * The report of a worker that died or had to be killed: enough to tell a vendor what
 * happened, and never content of mail.
 *
 * The object is named by digest, detected type, size and its place in the message; the
 * names of attachments stand in the place.  One line in the log always; one file as
 * well where [pool] crash_dir names a folder.
 *
 *     level=warning event=crash class=main generation=3 worker=2 pid=4711 plugin=clamav
 *         reason=signal signal=SIGSEGV type=application/pdf size=31337
 *         sha256=... object=2.1!invoice.pdf ms=12 times=1
 */
#ifndef POOL_CRASH_H
#define POOL_CRASH_H

#include "base/digest.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum crash_reason {
    CRASH_SIGNAL = 0, /* it died by one that nobody sent on purpose */
    CRASH_EXIT,       /* it left by itself */
    CRASH_TIME,  /* killed: a plugin overran plugin_time, or the scan its end */
    CRASH_LIMIT, /* it had got no more memory */
    CRASH_DENIED, /* a system call that is fatal */
    CRASH_TRAY,   /* killed: what it wrote cannot be */
    CRASH_KILLED, /* by somebody else, or with its zygote */
    CRASH_REASONS
};

/* One death.  Texts are lent, may hold any bytes, NULL: not known. */
struct crash {
    enum crash_reason reason;
    int number;         /* the signal or the exit status; else 0 */
    const char *plugin; /* NULL: core's own step */
    const char *class_name;
    uint64_t generation;
    uint32_t worker; /* number of its seat */
    pid_t pid;
    uint32_t denied;   /* number of the last denied system call; 0: none */
    const char *place; /* of the object: "2.1!invoice.zip!a.exe" */
    const char *type;  /* detected */
    uint64_t size;
    bool has_digest;
    uint8_t digest[DIGEST_SIZE];
    uint64_t took_ns; /* since the plugin was called */
    unsigned times;   /* that this message ended a worker, this one included */
    int64_t wall_s;   /* Unix seconds; 0: not known */
};

/* "signal", "exit", "time", "limit", "denied", "tray", "killed". */
const char *crash_reason_name(enum crash_reason reason);

/* "the worker died by SIGSEGV at 2.1!a.pdf", for the text of the finding `failed`;
 * clean, yours. */
char *crash_sentence(const struct crash *crash);

/* One line of warning in the log. */
void crash_log(const struct crash *crash);

/* The report: "key=value" lines, one value a line, escaped; yours. */
char *crash_text(const struct crash *crash);

/*
 * Writes the report into a new file in `dir`, readable by its owner only, whole or not
 * there.  The oldest reports are
 * removed so that `keep` (from 1) are left.  False: there is none, and the pool goes
 * on.
 */
bool crash_write(const struct crash *crash, const char *dir, uint64_t keep,
                 GError **error);

#endif
