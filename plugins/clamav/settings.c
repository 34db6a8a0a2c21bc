/* SPDX-License-Identifier: GPL-2.0-only */
#include "settings.h"

#include <stdio.h>
#include <string.h>

enum {
    /* Layers that libclamav counts as levels and the host does not: a tar inside
     * of its gzip, normalised text, a program found inside of another. */
    RECURSION_EXTRA = 4
};

/* The host gives every option of options.c a value: none is missing here. */
static int64_t number(const struct assay_host *host,
                      const struct assay_create *create, const char *option)
{
    int64_t value = 0;
    (void)host->option_int(create->options, option, &value);
    return value;
}

/* The smaller of an option and the host's bound, 0 being no bound. */
static uint64_t bound(int64_t option, uint64_t host)
{
    uint64_t wanted = (uint64_t)option;
    if (wanted == 0)
        return host;
    return host != 0 && host < wanted ? host : wanted;
}

/* Appends the list `option` to ".A.B."; false where it does not fit. */
static bool categories(const struct assay_host *host,
                       const struct assay_create *create, const char *option,
                       struct settings *out)
{
    struct assay_str text;
    for (uint32_t i = 0;
         host->option_text(create->options, option, i, &text) == ASSAY_RC_OK;
         i++) {
        size_t have = strlen(out->pua_categories);
        size_t room = sizeof out->pua_categories - have;
        int n = snprintf(out->pua_categories + have, room, "%s%.*s.",
                         have == 0 ? "." : "", (int)text.n, text.p);
        if (n < 0 || (size_t)n >= room)
            return false;
    }
    return true;
}

static int32_t read_pua(const struct assay_host *host,
                        const struct assay_create *create, struct settings *out,
                        struct assay_buf *err)
{
    struct assay_str unused;
    bool include = host->option_text(create->options, "pua_include", 0,
                                     &unused) == ASSAY_RC_OK;
    bool exclude = host->option_text(create->options, "pua_exclude", 0,
                                     &unused) == ASSAY_RC_OK;
    bool wanted = number(host, create, "pua") != 0;
    const char *wrong = NULL;
    if (include && exclude)
        wrong = "pua_include and pua_exclude are both set: use one of them";
    else if (!wanted && (include || exclude))
        wrong =
            "pua_include or pua_exclude is set, but pua is no: set pua = yes";
    else if (!categories(host, create, include ? "pua_include" : "pua_exclude",
                         out))
        wrong = "too many categories in pua_include or pua_exclude";
    if (wrong != NULL) {
        snprintf(err->p, err->cap, "%s", wrong);
        return ASSAY_RC_INVAL;
    }
    if (wanted)
        out->db_options |= CL_DB_PUA;
    if (include)
        out->db_options |= CL_DB_PUA_MODE | CL_DB_PUA_INCLUDE;
    if (exclude)
        out->db_options |= CL_DB_PUA_MODE | CL_DB_PUA_EXCLUDE;
    return ASSAY_RC_OK;
}

/* Scan options: everything is parsed, all matches and limits are told.  With
 * precedence heuristics are told when they happen, not at the end: layers.c acts on
 * limits; with all matches it changes nothing else. */
static void read_scan(const struct assay_host *host,
                      const struct assay_create *create, struct settings *out)
{
    static const struct {
        const char *option;
        uint32_t bits;
    } heuristic[] = {
        {"phishing_ssl_mismatch", CL_SCAN_HEURISTIC_PHISHING_SSL_MISMATCH},
        {"phishing_cloak", CL_SCAN_HEURISTIC_PHISHING_CLOAK},
        {"macros", CL_SCAN_HEURISTIC_MACROS},
        {"broken", CL_SCAN_HEURISTIC_BROKEN},
        {"broken_media", CL_SCAN_HEURISTIC_BROKEN_MEDIA},
        {"partitions", CL_SCAN_HEURISTIC_PARTITION_INTXN},
        {"encrypted_archives", CL_SCAN_HEURISTIC_ENCRYPTED_ARCHIVE},
        {"encrypted_documents", CL_SCAN_HEURISTIC_ENCRYPTED_DOC},
        {"structured", CL_SCAN_HEURISTIC_STRUCTURED |
                           CL_SCAN_HEURISTIC_STRUCTURED_CC |
                           CL_SCAN_HEURISTIC_STRUCTURED_SSN_NORMAL |
                           CL_SCAN_HEURISTIC_STRUCTURED_SSN_STRIPPED},
    };

    out->scan.general =
        CL_SCAN_GENERAL_ALLMATCHES | CL_SCAN_GENERAL_HEURISTIC_PRECEDENCE;
    if (number(host, create, "heuristics") != 0)
        out->scan.general |= CL_SCAN_GENERAL_HEURISTICS;
    out->scan.parse = UINT32_MAX;
    out->scan.heuristic = CL_SCAN_HEURISTIC_EXCEEDS_MAX;
    for (size_t i = 0; i < sizeof heuristic / sizeof heuristic[0]; i++)
        if (number(host, create, heuristic[i].option) != 0)
            out->scan.heuristic |= heuristic[i].bits;
}

int32_t settings_read(const struct assay_host *host,
                      const struct assay_create *create, struct settings *out,
                      struct assay_buf *err)
{
    memset(out, 0, sizeof *out);
    if (number(host, create, "phishing") != 0)
        out->db_options |= CL_DB_PHISHING | CL_DB_PHISHING_URLS;
    if (number(host, create, "bytecode") != 0)
        out->db_options |= CL_DB_BYTECODE;
    read_scan(host, create, out);
    out->members = (enum settings_members)number(host, create, "members");
    out->raw = (enum settings_raw)number(host, create, "raw");
    out->min_cards = number(host, create, "structured_cards");
    out->min_ssns = number(host, create, "structured_ssns");
    out->max_scansize =
        bound(number(host, create, "max_scansize"), create->max_bytes);
    out->max_filesize =
        bound(number(host, create, "max_filesize"), create->max_object_bytes);
    out->max_filesize = bound(SETTINGS_FILESIZE_MAX, out->max_filesize);
    out->max_files =
        bound(number(host, create, "max_files"), create->max_objects);
    out->max_files = bound(UINT32_MAX, out->max_files);
    out->max_recursion = bound(number(host, create, "max_recursion"),
                               create->max_depth + RECURSION_EXTRA);
    out->max_recursion = bound(SETTINGS_RECURSION_MAX, out->max_recursion);
    out->max_time_ms =
        bound(number(host, create, "max_scantime"), create->max_time_ms);
    out->max_time_ms = bound(UINT32_MAX, out->max_time_ms);
    return read_pua(host, create, out, err);
}
