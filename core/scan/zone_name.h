/* SPDX-License-Identifier: MIT */
/*
 * What a zone holds about one name.  Private to the zone (scan/zone.h).
 */
#ifndef SCAN_ZONE_NAME_H
#define SCAN_ZONE_NAME_H

#include "scan/resolver.h"

#include <glib.h>

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* RR types by number (IANA registry, RFC 1035 3.2.2). */
enum {
    RR_A = 1,
    RR_NS = 2,
    RR_CNAME = 5,
    RR_PTR = 12,
    RR_MX = 15,
    RR_TXT = 16,
    RR_AAAA = 28,
    RR_SPF = 99
};

/* One type of one name: records, or a state that is not DATA. */
struct zone_type {
    uint32_t type;
    uint32_t state;     /* ASSAY_ANSWER_* */
    GPtrArray *records; /* struct wish_record, for DATA */
};

/* One name.  Owned by its zone. */
struct zone_name {
    GPtrArray *types; /* struct zone_type */
    uint32_t rest;    /* ASSAY_ANSWER_* for types that are not listed */
    bool has_no_txt;  /* "TXT": "NONE" */
};

/* Reads the JSON value of `name`; false with an error that names it. */
bool zone_name_read(const char *name, json_t *value, struct zone_name **out,
                    GError **error);
void zone_name_free(struct zone_name *name);

/* The type, or NULL where it is not listed. */
const struct zone_type *zone_name_type(const struct zone_name *name,
                                       uint32_t type);

/* One name being read, for messages. */
struct zone_reader {
    const char *name;
    const char *type; /* as written; NULL: not in a type */
    GError **error;
};

/* Sets the error: "name": TYPE value is not `what`.  Returns false. */
bool zone_refuse(const struct zone_reader *reader, const json_t *value,
                 const char *what);

/* Adds the record that `value` is; false with the error set. */
bool zone_record_add(struct zone_type *type, const struct zone_reader *reader,
                     const json_t *value);

/* Lower case, no final dot; yours. */
char *zone_key(const char *name);

#endif
