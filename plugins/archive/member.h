/* SPDX-License-Identifier: MIT */
/*
 * From members of an archive to child objects of the host.
 *
 * Every reader in this folder (libarchive, zip, uuencode) ends here, so that the
 * host's answers (SKIP, STOP, LIMIT) are obeyed in one place.  A bound that is met
 * while a child is written ends that child; whether its neighbours are taken is
 * what the host says when the next one begins, and once it says no, is_stopped is
 * set and readers return as soon as they see it.
 */
#ifndef ARCHIVE_MEMBER_H
#define ARCHIVE_MEMBER_H

#include <assay/plugin.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MEMBER_MORE_NAMES = 3, /* names of one member beside its first */
    UNPACK_TOLD = 16,      /* findings of one name about members; the rest are
                              told as one number */
};

/*
 * One object while it is unpacked.  Lives on the stack of handle().
 */
struct unpack {
    const struct assay_host *host;
    const struct assay_task *task;
    const uint8_t *p; /* content of task->object */
    size_t n;
    struct assay_str name; /* its first name, may be empty */
    uint64_t max_entries;  /* the host takes no more objects, 0: any */
    uint64_t max_memory;   /* for libarchive's own use, 0: any */
    uint64_t guarded;      /* the same while a greedy reader runs, else 0 */
    struct assay_writer *writer; /* open child, NULL: none */
    uint64_t members;            /* children given to the host, or skipped */
    uint64_t archives;           /* that turned out to be real */
    uint32_t findings;           /* reported, of all kinds */
    uint32_t unscannable;        /* ... of them that say "could not look" */
    uint32_t told[16]; /* findings about members, by ASSAY_REASON_*; [0] is
                          path traversal */
    bool is_veiled;    /* what cannot be read is so because it is encrypted */
    bool is_cut;       /* the last child came to a bound before its end */
    bool is_partial;   /* some child did */
    bool is_stopped;   /* no more children are taken */
    bool is_cancelled;
};

/*
 * What a reader knows about a member.  Bytes are lent until the member is closed.
 */
struct member {
    struct assay_child child; /* member_init sets size, kind and name */
    struct assay_str more[MEMBER_MORE_NAMES];
    struct assay_str more_charset[MEMBER_MORE_NAMES];
    unsigned more_n;
    struct assay_str link; /* target of a symbolic link; n 0: none */
    bool is_hard_link;     /* without data of its own it is no file */
    bool is_packed;   /* no range: ask the host before anything is unpacked */
    bool is_doubtful; /* no child, no word where nothing at all can be read */
};

void member_init(struct member *m, const char *name, size_t name_n);
/* Another name, if it differs from those that are there. */
void member_also(struct member *m, const char *name, size_t n,
                 const char *charset);

/* Begins a child that is written piece by piece.  False: the host does not want
 * it, or wants nothing more (is_stopped). */
bool member_open(struct unpack *u, struct member *m);
/* False: the child has met a bound (is_cut) and is the host's now. */
bool member_write(struct unpack *u, const void *p, size_t n);
/* `n` zero bytes: a hole in a sparse file. */
bool member_zeros(struct unpack *u, uint64_t n);
/* As if it had not been begun. */
void member_drop(struct unpack *u);
/* Hands the child to the host; NULL when there is none. */
const struct assay_object *member_close(struct unpack *u, struct member *m,
                                        uint64_t flags);
/* A whole child that has no content, or whose content is the range p[0..n) of
 * unpack->p: nothing is copied. */
const struct assay_object *member_give(struct unpack *u, struct member *m,
                                       const uint8_t *p, size_t n);

/* "Could not look at it": reason is ASSAY_REASON_*, child NULL is the archive
 * itself.  `text` may hold any bytes. */
void unpack_fault(struct unpack *u, const struct assay_object *child,
                  uint32_t reason, const char *text);
/* A finding about the archive itself: kind is ASSAY_KIND_ANOMALY or INFO. */
void unpack_tell(struct unpack *u, uint32_t kind, const char *name,
                 const char *text);
/* One line each for what UNPACK_TOLD held back, then the answer for the archive. */
void unpack_finish(struct unpack *u);
/* To be asked at least once a block. */
bool unpack_goes_on(struct unpack *u);

#endif
