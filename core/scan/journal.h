/* SPDX-License-Identifier: MIT */
/*
 * The way to where a scan waits or has ended early, as bytes: any process that knows the
 * message and has the same scanners can take it up from there.
 *
 * A scan that waits for answers need not hold a worker.  It ends *suspended*
 * (struct scan_input.may_suspend) with a journal: what each task that was asked had to
 * say, in order, and all that was wished.  Whoever has answers puts them in; then the
 * scan is run again from its beginning with the journal, where the i-th question to a
 * scanner takes the i-th entry instead of asking:
 *
 *   waits              the task is put aside, nobody is called
 *   finished           its tape is played, nobody is called
 *   finished, and made children: it is run again for their content; what else it says
 *                      is dropped for what is on the tape, and its budget is what the
 *                      tape says, charged once
 *
 * Behind the last entry the scan goes on as any other.  Its result is the one that it
 * would have come to without waiting, but for times.
 *
 * A scan of the session's stages alone (struct scan_input.until) ends with a journal
 * too, and another one that knows more of the session (the next recipient, the whole
 * message) goes on behind it: what was said at CONNECT is neither asked nor lost again.
 * Such a journal tells after which stage it ended, of which session (a digest of what
 * these stages are about: address and name of the client, its HELO, the reverse-path,
 * the recipients so far), and how the recipients came: those that one scan asked about
 * waited for each other's answers, and do so when they are played.
 *
 * Nothing is mixed from two scans: when an entry is not for the question that is asked
 * (scanner, stage, object, recipient, round), when the session is another one, or children
 * are not those they were (size and digest), the journal is refused and the scan begins anew with nothing but the
 * answers; a scanner whose children differed has then `failed`.
 *
 * Journals come out of workers that plugins may have taken over.  Nothing that is in
 * one can do more than a plugin could; journal_unpack checks its form, the scan each
 * entry when its turn comes.
 *
 * Format (base/pack.h): u32 "AJ2\n", i64 now, u64 deadline, u64 ns so far, u32 begun
 * anew, u32 scanner and u32 object whose children differed (UINT32_MAX: none), u32 stage
 * after which it ended (0: it waits), 32 bytes digest of the session, count of u32:
 * recipients there were each time it ended at RCPT, count of texts: scanners, wishes (scan/wishes.h), count of {u32 id, u64 size, 32 bytes digest}:
 * children, count of entries {u32 scanner, u32 stage, u32 object (UINT32_MAX: none),
 * i32 rcpt, u32 round, u64 ns, bytes tape (scan/tape.h)}.
 */
#ifndef SCAN_JOURNAL_H
#define SCAN_JOURNAL_H

#include "base/digest.h"
#include "base/pack.h"
#include "scan/resolver.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No journal is larger, and none that is larger is read. */
#define JOURNAL_MAX ((size_t)64 << 20)

enum {
    /* How often a scan may be begun anew before it has to end without waiting. */
    JOURNAL_ANEW_MAX = 3
};

#define JOURNAL_NONE UINT32_MAX

/* A child that was there. */
struct journal_child {
    uint32_t id;
    uint64_t size;
    uint8_t digest[DIGEST_SIZE];
};

/*
 * A journal that has been unpacked.  Only its answers may be changed from outside.
 */
struct journal {
    int64_t now_s;
    uint64_t deadline_ns; /* CLOCK_MONOTONIC of this machine */
    uint64_t ns;          /* wall time spent in scans so far */
    uint32_t anew;        /* how often it was begun anew */
    /* Scanner whose children differed, and object; JOURNAL_NONE: nothing to tell. */
    uint32_t differs;
    uint32_t differs_at;
    uint32_t until;               /* the last stage that is over; 0: it waits */
    uint8_t session[DIGEST_SIZE]; /* what those stages are about; 0: zeros */
    /* uint32_t, rising: recipients there were each time it ended at RCPT. */
    GArray *groups;
    GPtrArray *scanners; /* char *: of the plan, in its order */
    /* struct wish, in order of first asking; open ones have state 0. */
    GPtrArray *wishes;
    GHashTable *index; /* the same as a set */
    GArray *children;  /* struct journal_child by rising id */
    GByteArray *entries;
    uint32_t entry_n;
};

/* Yours; NULL: not well made.  Copies. */
struct journal *journal_unpack(const void *p, size_t n);
/* The journal of a scan that begins anew because its own cannot be read: counted as
 * begun anew once, with nothing in it but copies of those of `answers` that have one.
 * Yours. */
struct journal *journal_anew(const GPtrArray *answers);
void journal_free(struct journal *journal);
void journal_pack(const struct journal *journal, struct packer *to);

/* Answers the wish of the same kind, type and key.  False: nobody has that wish, or it
 * has its answer, or `answer` has none.  What is still open when the scan goes on reads
 * as SERVFAIL: a scan never waits twice for the same. */
bool journal_answer(struct journal *journal, const struct wish *answer);
/* The child of that id, or NULL. */
const struct journal_child *journal_child(const struct journal *journal,
                                          uint32_t id);

#endif
