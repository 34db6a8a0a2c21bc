/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an administrator may set for libclamav, and what the host's own bounds make
 * of it.
 *
 * Bounds are never wider than the host's: 0 takes the host's own.  Bounds that
 * libclamav passes in silence (HTML, scripts, embedded programs, PCRE) are not
 * options: they are the file size, so that there is nothing to be silent about.
 */
#ifndef CLAMAV_SETTINGS_H
#define CLAMAV_SETTINGS_H

#include <assay/plugin.h>

#include <clamav.h>

#include <stdbool.h>
#include <stdint.h>

enum {
    /* libclamav cannot look at larger files: cl_engine_set_num(MAX_FILESIZE). */
    SETTINGS_FILESIZE_MAX = INT32_MAX - 2,
    SETTINGS_RECURSION_MAX = 100
};

/* Option `members`. */
enum settings_members {
    MEMBERS_UNOPENED = 0, /* those that libclamav did not look at by itself */
    MEMBERS_ALWAYS = 1
};

/* Option `raw`. */
enum settings_raw {
    RAW_AUTO = 0, /* see mail.h */
    RAW_ALWAYS = 1,
    RAW_NEVER = 2
};

/* Plain values, no ownership: texts stay in the host's options. */
struct settings {
    struct cl_scan_options scan;
    unsigned db_options; /* CL_DB_* */
    uint64_t max_scansize;
    uint64_t max_filesize;
    uint64_t max_files;
    uint64_t max_recursion;
    uint64_t max_time_ms;
    int64_t min_cards;
    int64_t min_ssns;
    enum settings_members members;
    enum settings_raw raw;
    char pua_categories
        [512]; /* ".Packed.Tool." as libclamav wants it; "": all */
};

/* In options.c, NULL-terminated. */
extern const struct assay_option *const settings_options[];

/* ASSAY_RC_INVAL with `err` set where two options exclude each other. */
int32_t settings_read(const struct assay_host *host,
                      const struct assay_create *create, struct settings *out,
                      struct assay_buf *err);

#endif
