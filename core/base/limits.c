/* SPDX-License-Identifier: MIT */
#include "base/limits.h"

#include <stddef.h>
#include <string.h>

/* One limit: its option and where its value goes. */
struct row {
    struct assay_option option;
    size_t offset; /* in struct limits */
};

#define KIB INT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

/* clang-format off */
#define ROW(field, kind, initial, low, high, text)                              \
    {{.struct_size = sizeof(struct assay_option), .type = (kind),               \
      .name = #field, .default_text = (initial), .min = (low), .max = (high),   \
      .help = (text)},                                                          \
     offsetof(struct limits, field)}
/* clang-format on */

static const struct row rows[] = {
    ROW(max_message_bytes, ASSAY_OPTION_SIZE, "256 MiB", 1 * KIB, 2 * GIB,
        "Raw mail larger than this is not read and is told as partial(size). "
        "Set it a little above what your mail server accepts."),
    ROW(max_header_bytes, ASSAY_OPTION_SIZE, "1 MiB", 1 * KIB, 64 * MIB,
        "Bytes of one header block that are parsed. Real mail stays below "
        "100 KiB; what comes after is told as partial(header_bytes)."),
    ROW(max_header_fields, ASSAY_OPTION_INT, "20000", 100, 1000000,
        "Header fields of all header blocks together. Real mail has "
        "some dozens; each one takes memory until the verdict: "
        "partial(header_fields)."),
    ROW(max_group_nesting, ASSAY_OPTION_INT, "32", 1, 1000,
        "Nested groups in one address field. RFC 5322 allows none inside "
        "another; thousands are made to exhaust a mail client's stack: "
        "partial(group_nesting)."),
    ROW(max_mime_depth, ASSAY_OPTION_INT, "100", 1, 1000,
        "Multiparts and forwarded mails inside each other. Long forward "
        "chains reach 20: "
        "partial(mime_depth)."),
    ROW(max_parts, ASSAY_OPTION_INT, "10000", 1, 1000000,
        "MIME parts of one message; more are not looked at: partial(parts)."),
    ROW(max_depth, ASSAY_OPTION_INT, "17", 1, 1000,
        "Archives and other containers inside each other, MIME not counted. "
        "17 opens a zip that is nested 16 deep; archives that contain "
        "themselves end here: partial(depth)."),
    ROW(max_objects, ASSAY_OPTION_INT, "20000", 1, 10000000,
        "Objects of one message: MIME parts, archive members, extracted "
        "texts. Every plugin sees each of them: partial(objects)."),
    ROW(max_bytes, ASSAY_OPTION_SIZE, "128 MiB", 64 * KIB, 16 * GIB,
        "Unpacked bytes of one message, all objects together. They stay in "
        "memory until the verdict, so with this default a decompression bomb "
        "stays below 256 MiB; raise it together with the memory of the "
        "machine: partial(bytes)."),
    ROW(max_object_bytes, ASSAY_OPTION_SIZE, "64 MiB", 64 * KIB, 16 * GIB,
        "Unpacked bytes of one object. Below max_bytes, so that one bomb "
        "leaves room to look at its neighbours: partial(object_bytes)."),
    ROW(max_ratio, ASSAY_OPTION_INT, "1000", 10, 1000000,
        "Unpacked bytes for each packed byte, once more than 1 MiB came out. "
        "Deflate cannot exceed 1,032; office files and logs stay below 200; "
        "lower it to stop bombs earlier: partial(ratio)."),
    ROW(max_time_ms, ASSAY_OPTION_DURATION, "2 min", 100, 86400000,
        "For the whole scan of one message. Keep it below the time-out of "
        "the mail server, which is 5 min and more: partial(time)."),
    ROW(max_findings, ASSAY_OPTION_INT, "1000", 10, 100000,
        "Findings kept of one message; more are counted only."),
    ROW(max_wishes, ASSAY_OPTION_INT, "200", 1, 100000,
        "DNS and look-up questions of one plugin about one object; more are "
        "answered with \"blocked\"."),
    ROW(max_rounds, ASSAY_OPTION_INT, "32", 1, 1000,
        "How often one plugin may ask for more answers about one object. "
        "SPF with all its includes needs 11; more is \"blocked\"."),
};

const struct assay_option *const limits_options[] = {
    &rows[0].option,  &rows[1].option,  &rows[2].option,  &rows[3].option,
    &rows[4].option,  &rows[5].option,  &rows[6].option,  &rows[7].option,
    &rows[8].option,  &rows[9].option,  &rows[10].option, &rows[11].option,
    &rows[12].option, &rows[13].option, &rows[14].option, NULL,
};

_Static_assert(G_N_ELEMENTS(rows) * sizeof(uint64_t) == sizeof(struct limits),
               "every limit has its option");
_Static_assert(G_N_ELEMENTS(limits_options) == G_N_ELEMENTS(rows) + 1,
               "every option is in the table");

void limits_from_options(const struct option_set *set, struct limits *limits)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        uint64_t value = (uint64_t)option_int(set, rows[i].option.name);
        memcpy((char *)limits + rows[i].offset, &value, sizeof value);
    }
}

void limits_default(struct limits *limits)
{
    struct option_set *set = NULL;
    bool is_made = option_set_new(limits_options, NULL, NULL, NULL, &set, NULL);
    g_assert(is_made);
    limits_from_options(set, limits);
    option_set_free(set);
}
