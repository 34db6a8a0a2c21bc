/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The option table: what the section [plugin clamav] may hold.
 */
#include "settings.h"

#include <stddef.h>

#define GIB    (INT64_C(1024) * 1024 * 1024)
#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)

#define BOOL_OPTION(symbol, option_name, on, text)                             \
    static const struct assay_option symbol = {                                \
        .struct_size = sizeof(struct assay_option),                            \
        .type = ASSAY_OPTION_BOOL,                                             \
        .name = (option_name),                                                 \
        .default_text = (on),                                                  \
        .help = (text),                                                        \
    }

#define BOUND_OPTION(symbol, kind, option_name, most, text)                    \
    static const struct assay_option symbol = {                                \
        .struct_size = sizeof(struct assay_option),                            \
        .type = (kind),                                                        \
        .name = (option_name),                                                 \
        .default_text = "0",                                                   \
        .max = (most),                                                         \
        .help = (text),                                                        \
    }

static const struct assay_option option_database = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_PATH,
    .flags = ASSAY_OPTION_LIST,
    .name = "database",
    .default_text = "/var/lib/clamav, sigs/clamav",
    .help =
        "Folders or files with signatures in ClamAV's formats.  One that is "
        "missing or empty is told in the log and left out; at least one must "
        "hold signatures.  /var/lib/clamav is where freshclam keeps the "
        "official ones.",
};

static const char *const members_choices[] = {"unopened", "always", NULL};
static const struct assay_option option_members = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_CHOICE,
    .name = "members",
    .default_text = "unopened",
    .choices = members_choices,
    .help =
        "Which members of archives are scanned on their own after the archive "
        "was scanned whole: those that libclamav did not look at by itself, or "
        "always all.  `always` costs about twice on archives and finds nothing "
        "more.",
};

static const char *const raw_choices[] = {"auto", "always", "never", NULL};
static const struct assay_option option_raw = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_CHOICE,
    .name = "raw",
    .default_text = "auto",
    .choices = raw_choices,
    .help =
        "How the raw message is scanned beside its decoded parts.  auto: once "
        "through the signatures, and through libclamav's own mail parser only "
        "where that can add something (links to check for phishing, rules about "
        "attachments' names or for parts of mails).  always: through its "
        "parser, as clamd does it.  never: only decoded parts; "
        "signatures for mail files and phishing checks are then lost.",
};

BOOL_OPTION(option_heuristics, "heuristics", "yes",
            "Algorithmic detection: known exploits and viruses that need code "
            "instead of a signature, archives with overlapping files.");
BOOL_OPTION(
    option_phishing, "phishing", "yes",
    "Signatures against phishing and the check of links that show another "
    "address than they lead to.");
BOOL_OPTION(option_phishing_ssl, "phishing_ssl_mismatch", "no",
            "Also report every link that shows https and leads to http.  Finds "
            "many honest newsletters.");
BOOL_OPTION(
    option_phishing_cloak, "phishing_cloak", "no",
    "Also report every cloaked link (user@host, encoded zero bytes).  Finds "
    "some honest mail.");
BOOL_OPTION(
    option_macros, "macros", "no",
    "Report every document with VBA or XLM macros as suspicious, whether "
    "or not they are known to be bad.");
BOOL_OPTION(option_broken, "broken", "no",
            "Report damaged programs (PE, ELF) as suspicious.");
BOOL_OPTION(option_broken_media, "broken_media", "no",
            "Report damaged pictures (JPEG, PNG, GIF, TIFF) as suspicious.");
BOOL_OPTION(option_partitions, "partitions", "no",
            "Report disk images whose partitions overlap as suspicious.");
BOOL_OPTION(
    option_encrypted_archives, "encrypted_archives", "yes",
    "Tell archives that libclamav cannot read because they are encrypted.");
BOOL_OPTION(
    option_encrypted_documents, "encrypted_documents", "yes",
    "Tell documents that libclamav cannot read because they are encrypted.");
BOOL_OPTION(
    option_structured, "structured", "no",
    "Report texts that hold credit card or US social security numbers, as "
    "kind policy: against leaks in outgoing mail.");
BOOL_OPTION(
    option_pua, "pua", "no",
    "Load signatures for potentially unwanted applications (packers, remote "
    "tools, joke programs); what they find is suspicious, not malware.");
BOOL_OPTION(option_bytecode, "bytecode", "yes",
            "Run signed bytecode signatures.");

static const struct assay_option option_pua_include = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_TEXT,
    .flags = ASSAY_OPTION_LIST,
    .name = "pua_include",
    .help =
        "Only these categories of unwanted applications, as they stand in the "
        "signature's name after \"PUA.\": NetTool, PWTool, Packed.  Needs pua.",
};
static const struct assay_option option_pua_exclude = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_TEXT,
    .flags = ASSAY_OPTION_LIST,
    .name = "pua_exclude",
    .help =
        "All categories of unwanted applications but these.  Needs pua; not "
        "together with pua_include.",
};
static const struct assay_option option_cards = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_INT,
    .name = "structured_cards",
    .default_text = "3",
    .min = 1,
    .max = 1000,
    .help =
        "So many credit card numbers in one text are reported by structured.",
};
static const struct assay_option option_ssns = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_INT,
    .name = "structured_ssns",
    .default_text = "3",
    .min = 1,
    .max = 1000,
    .help = "So many social security numbers in one text are reported by "
            "structured.",
};
BOUND_OPTION(option_scansize, ASSAY_OPTION_SIZE, "max_scansize", 16 * GIB,
             "Bytes that libclamav may unpack from one object; 0 is [limits] "
             "max_bytes, more than that has no effect.");
BOUND_OPTION(option_filesize, ASSAY_OPTION_SIZE, "max_filesize", 2 * GIB,
             "The largest file libclamav looks at, also inside of others; 0 is "
             "[limits] max_object_bytes, at most 2 GiB.");
BOUND_OPTION(option_files, ASSAY_OPTION_INT, "max_files", 10000000,
             "Files that libclamav may unpack from one object; 0 is [limits] "
             "max_objects.");
BOUND_OPTION(
    option_recursion, ASSAY_OPTION_INT, "max_recursion", SETTINGS_RECURSION_MAX,
    "Levels that libclamav may unpack; 0 is [limits] max_depth and four "
    "for levels that only libclamav counts.");
BOUND_OPTION(
    option_time, ASSAY_OPTION_DURATION, "max_scantime", DAY_MS,
    "Time for one object; 0 is [limits] max_time_ms.  Never longer than "
    "the message has left.");

const struct assay_option *const settings_options[] = {
    &option_database,
    &option_members,
    &option_raw,
    &option_heuristics,
    &option_phishing,
    &option_phishing_ssl,
    &option_phishing_cloak,
    &option_macros,
    &option_broken,
    &option_broken_media,
    &option_partitions,
    &option_encrypted_archives,
    &option_encrypted_documents,
    &option_structured,
    &option_cards,
    &option_ssns,
    &option_pua,
    &option_pua_include,
    &option_pua_exclude,
    &option_bytecode,
    &option_scansize,
    &option_filesize,
    &option_files,
    &option_recursion,
    &option_time,
    NULL,
};
