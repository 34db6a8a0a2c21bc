/* SPDX-License-Identifier: MIT */
/*
 * The quarantine: mail that is held, and nothing of it lost.
 *
 * One message is one file, whole and on the disk before quarantine_keep() says so, with
 * all that is known about it inside (store/sealed.h), so that the index beside it
 * (store/index.h) can be made again.  One content for one set of recipients is one file,
 * however often it is held.
 *
 *     keep    file written ─► fsync ─► named ─► folder fsync ─► index ─► true
 *     death between any two of these: quarantine_verify() mends it (store/verify.h)
 *
 * Everything is synchronous.  A struct quarantine belongs to one thread; nothing is
 * static and nothing is shared with scans, so that thread may be another than the one
 * which made the items.  Several processes may have one folder open.
 */
#ifndef STORE_QUARANTINE_H
#define STORE_QUARANTINE_H

#include "scan/scan.h"
#include "store/options.h"
#include "verdict/verdict.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- what is to be held ----------------------------------------------------------- */

/*
 * A message to hold: its bytes, what SMTP and the scan said, and for whom.  A copy:
 * it lends nothing.  May be handed to another thread.
 */
struct quarantine_item;

/* Why a message is held, and for whom.  Lent to the call. */
struct quarantine_what {
    const struct scan *scan;
    const struct verdict *verdict;
    /* Those for whom it is held; their order and doubles do not matter. */
    const char *const *rcpts;
    size_t rcpt_n;
    uint32_t action; /* what was decided for them, ASSAY_ACTION_* */
    /* Of plugins and signatures (pool_generation); 0: not known. */
    uint64_t generation;
    int64_t now_s;
};

/* Takes a reference to `raw`, reads nothing of it: what needs that is done by
 * quarantine_keep(). [thread of the scan] */
struct quarantine_item *quarantine_item_new(GBytes *raw,
                                            const struct quarantine_what *what);
void quarantine_item_free(struct quarantine_item *item);

/* All findings of a scan as a JSON array, as they are kept; yours. */
char *quarantine_findings_json(const struct scan *scan);

/* --- the quarantine --------------------------------------------------------------- */

/* An open folder of held mail.  Owned by one thread. */
struct quarantine;

/*
 * Copies what it needs of `options`.  An index that is damaged is moved aside and made
 * again from the files, which quarantine_trouble() then tells.  False: folder, key or
 * index cannot be used.
 */
bool quarantine_open(const struct quarantine_options *options,
                     struct quarantine **out, GError **error);
/* For looking only: needs no right to write, makes and mends nothing. */
bool quarantine_open_to_read(const struct quarantine_options *options,
                             struct quarantine **out, GError **error);
void quarantine_close(struct quarantine *q);

/*
 * Holds the message.  True: its file and the folder are on the disk, the index knows
 * it; *id is its id, yours.  False: the MTA must keep it; nothing is left behind, or
 * what quarantine_verify() mends.  The error's code: BASE_ERROR_LIMIT where the disk is
 * full ([quarantine] min_free).  A message that is held already is counted once more;
 * where it was released it stays so: its recipients have it.
 */
bool quarantine_keep(struct quarantine *q, struct quarantine_item *item,
                     char **id, GError **error);

/* What of the folder is not as it should be, and what was done about it.  Zeroed memory is
 * valid and empty; cleared with quarantine_report_clear(). */
struct quarantine_report {
    uint64_t files;     /* that were looked at */
    uint64_t temporary; /* half-written files: removed */
    uint64_t added;     /* files that the index did not know: added */
    uint64_t deleted;   /* deletions that were broken off: finished */
    uint64_t states;    /* rows that said another state than the file: mended */
    /* Releases that died before the MTA had it: held again. */
    uint64_t interrupted;
    uint64_t unknown; /* releases that died after that: told as unknown */
    uint64_t lost;    /* rows without a file: told as lost */
    uint64_t damaged; /* files that cannot be read: left as they are */
    /* char *: what could not be mended, with file and why. */
    GPtrArray *problems;
};

/*
 * Mends what a death between any two steps can leave.  With `is_thorough` every byte of
 * every file is looked at, else what is known about each message.  Others may go on
 * meanwhile.  False: it could not go on; `out` is untouched.
 */
bool quarantine_verify(struct quarantine *q, bool is_thorough,
                       struct quarantine_report *out, GError **error);
void quarantine_report_clear(struct quarantine_report *report);

/* What is worth an alarm although work goes on: an index that had to be made again.
 * Lent until the next call; NULL: nothing.  It stays until it is cleared. */
const char *quarantine_trouble(const struct quarantine *q);
void quarantine_clear_trouble(struct quarantine *q);

/* Bytes on the disk, and messages. */
bool quarantine_sum(struct quarantine *q, uint64_t *bytes, uint64_t *mails,
                    GError **error);

/* What quarantine_expire did. */
struct quarantine_expired {
    uint64_t mails;
    uint64_t bytes;
};

/* Deletes what is older than [quarantine] keep allows, then the oldest while there is
 * more than max_bytes; never what is being released.  At most `max` messages (0: all):
 * called again while it deletes so many.  The daemon calls it every hour. */
bool quarantine_expire(struct quarantine *q, int64_t now_s, uint64_t max,
                       struct quarantine_expired *out, GError **error);

/* --- released mail that comes through again --------------------------------------- */

/* What a message is exempt from.  Yours: quarantine_exemption_clear(). */
struct quarantine_exemption {
    char *id;       /* the held message's */
    uint32_t kind;  /* what it was held as, ASSAY_KIND_* */
    char *findings; /* a JSON array: those it was held for */
    bool is_anyway; /* released although today's signatures find something */
};

/* A message that the MTA asks about.  Lent. */
struct quarantine_asked {
    GBytes *raw;
    const char *const *rcpts; /* all of them */
    size_t rcpt_n;
    int64_t now_s;
};

/* Does it claim to be released, so that it is worth to ask the next function?  Looks at
 * its header only, and at no quarantine. */
bool quarantine_is_claimed(GBytes *raw);
/*
 * Is this message one that was released from here, for these recipients or some of
 * them, its content unchanged but for what mail servers change?  Then its exemption is
 * taken, once: the same message asked about again is told false.  False without an
 * error: it is an ordinary message.  False with an error: it could not be looked up; ask
 * again later.
 */
bool quarantine_take_exemption(struct quarantine *q,
                               const struct quarantine_asked *asked,
                               struct quarantine_exemption *out,
                               GError **error);
void quarantine_exemption_clear(struct quarantine_exemption *exemption);
/* Was it held for a finding of that plugin and name? */
bool quarantine_exemption_covers(const struct quarantine_exemption *exemption,
                                 const char *plugin, const char *name);

#endif
