/* SPDX-License-Identifier: MIT */
/*
 * Where held mail is kept, for how long, under which key, and how it is released: the
 * section [quarantine] of plugins.conf.
 */
#ifndef STORE_OPTIONS_H
#define STORE_OPTIONS_H

#include "base/conf.h"
#include "base/option.h"

#include <assay/plugin.h>

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* The option table of the section, NULL-terminated. */
extern const struct assay_option *const quarantine_options_table[];

enum {
    QUARANTINE_KINDS = ASSAY_KIND_FAILED + 1
};

/* Positions of the words of `release_by`. */
enum quarantine_release_by {
    QUARANTINE_BY_SENDMAIL = 0,
    QUARANTINE_BY_SMTP = 1,
    QUARANTINE_BY_LMTP = 2
};

/*
 * [quarantine].  Owned by whoever read it; immutable then; strings are its own.
 */
struct quarantine_options {
    char *folder;        /* absolute */
    char *key_file;      /* absolute; NULL: nothing is encrypted */
    GPtrArray *old_keys; /* char *, absolute paths: keys for reading only */
    char *group;         /* NULL: whatever the folder's new files get */
    char *sendmail;      /* absolute */
    char *release_to;    /* "host:port" or the path of a socket */
    uint64_t min_free;   /* bytes that stay free on the file system */
    uint64_t max_bytes;  /* 0: no limit */
    uint64_t release_ms; /* how long the MTA may take for one step */
    /* The index has no subject where files are encrypted. */
    bool is_subject_hidden;
    enum quarantine_release_by release_by;
    /* By ASSAY_KIND_*, [0] for mail without a kind; seconds, 0: for ever. */
    int64_t keep_s[QUARANTINE_KINDS];
};

/* Reads [quarantine] of `conf` (NULL: all defaults).  False: `out` is untouched. */
bool quarantine_options_read(const struct conf *conf,
                             struct quarantine_options *out, GError **error);
void quarantine_options_clear(struct quarantine_options *options);

#endif
