/* SPDX-License-Identifier: MIT */
/*
 * Bounds on hostile input.  One set for the whole message, not for one archive.
 * Reaching one is told as a finding of kind `partial` with its name; never
 * silently.  Section [limits] of plugins.conf.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#include "base/option.h"

#include <stdint.h>

/* Plain values; copied freely.  Zeroed memory is not valid: limits_default. */
struct limits {
    uint64_t max_message_bytes; /* larger raw mail is not read: partial(size) */
    /* For the structure of the mail. */
    uint64_t max_header_bytes;  /* of one header block */
    uint64_t max_header_fields; /* of all header blocks together */
    uint64_t max_group_nesting; /* RFC 5322 groups in one address field */
    uint64_t max_mime_depth;    /* nested multiparts and messages */
    uint64_t max_parts;         /* MIME entities */
    /* For everything that is unpacked. */
    uint64_t max_depth;   /* containers around an object that are not MIME */
    uint64_t max_objects; /* objects, MIME entities included */
    uint64_t max_bytes;   /* unpacked bytes of all objects together */
    uint64_t max_object_bytes; /* of one object */
    uint64_t max_ratio;        /* unpacked / packed bytes, once over 1 MiB */
    uint64_t max_time_ms;      /* for the whole scan */
    /* For plugins. */
    uint64_t max_findings; /* of one message; more are counted, not kept */
    uint64_t max_wishes;   /* of one task, all rounds together */
    uint64_t max_rounds;   /* how often one task may answer PENDING */
};

/* The option table of section [limits], NULL-terminated. */
extern const struct assay_option *const limits_options[];

void limits_default(struct limits *limits);
void limits_from_options(const struct option_set *set, struct limits *limits);

#endif
