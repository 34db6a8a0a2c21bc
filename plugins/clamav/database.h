/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the signature files on disk are: which there are, how new, their digest,
 * and what in them needs more than the decoded parts of a mail.
 *
 * libclamav has no call that says which kinds of signatures are loaded, so the
 * files are read here, too: text formats line by line while their digest is taken,
 * official archives (.cvd, .cld) through cvd.h.  That takes some percent of the time
 * that loading takes.  Formats: https://docs.clamav.net/manual/Signatures.html
 */
#ifndef CLAMAV_DATABASE_H
#define CLAMAV_DATABASE_H

#include <stdbool.h>
#include <stdint.h>

/* What some signature needs: database.needs. */
#define NEEDS_LINKS      (1u << 0) /* phishing: links of a mail's texts */
#define NEEDS_NAMES      (1u << 1) /* names of a mail's attachments */
#define NEEDS_INSIDE     (1u << 2) /* parts as parts of a mail */
#define NEEDS_IMAGE_HASH (1u << 3) /* fuzzy hashes of pictures */
#define NEEDS_ALL        (NEEDS_LINKS | NEEDS_NAMES | NEEDS_INSIDE | NEEDS_IMAGE_HASH)

enum {
    DATABASE_DIGEST_SIZE = 32,
    DATABASE_VERSION_SIZE = 64
};

/*
 * All files of one instance, added up.  Begins with database_init; owns its hash
 * until database_finish.
 */
struct database {
    void *hash; /* of libclamav */
    uint64_t files;
    uint64_t local_files; /* not official archives */
    uint64_t test_files;  /* of them, those that find test files only */
    uint32_t needs;
    int64_t official_time; /* Unix seconds of the newest archive, 0: none */
    int64_t local_time;    /* of the newest other file */
    char version[DATABASE_VERSION_SIZE]; /* "daily:27450 local:3-1f9a02c4" */
    uint8_t digest[DATABASE_DIGEST_SIZE];
};

bool database_init(struct database *db);
/* How many signature files `path` is: one, or those in the folder, or none. */
uint64_t database_count(const char *path);
/* Adds the file `path`, or all signature files in the folder `path`, by name.
 * false, with errno, where something cannot be read. */
bool database_add(struct database *db, const char *path);
/* Ends the digest, with `settings` (what else the answers depend on) in it. */
void database_finish(struct database *db, const void *settings, uint64_t size);
/* When the signatures were made: by the newest official archive, or where there
 * is none by the newest file. */
int64_t database_time(const struct database *db);
/* Is there nothing in it but test signatures (files named assay-test.*)? */
bool database_is_test_only(const struct database *db);

#endif
