/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the signature files on disk are: which there are, how new, their digest,
 * and what in them needs the raw message or pictures.
 *
 * libclamav has no call that says whether signatures for mail files are loaded.
 * Text formats are read here, line by line, while their digest is taken; of the
 * official archives (.cvd, .cld) it is known that they hold everything.
 * Formats: https://docs.clamav.net/manual/Signatures.html
 */
#ifndef CLAMAV_DATABASE_H
#define CLAMAV_DATABASE_H

#include <stdbool.h>
#include <stdint.h>

/* What some signature needs: database.needs. */
#define NEEDS_MAIL_FILE  (1u << 0) /* Target 4: the message as it stands */
#define NEEDS_LINKS      (1u << 1) /* phishing: links of a mail */
#define NEEDS_CONTAINER  (1u << 2) /* names of a mail's attachments */
#define NEEDS_IMAGE_HASH (1u << 3) /* fuzzy hashes of pictures */
#define NEEDS_ALL        UINT32_MAX

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
    uint32_t needs;
    int64_t official_time; /* Unix seconds of the newest archive, 0: none */
    int64_t local_time;    /* of the newest other file */
    char version[DATABASE_VERSION_SIZE]; /* "daily:27450 main:62 local:3" */
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

#endif
