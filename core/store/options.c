/* SPDX-License-Identifier: MIT */
#include "store/options.h"

#include "base/error.h"
#include "scan/finding.h"

#include <string.h>

/* clang-format off */
#define OPTION(spelled, kind, initial, text)                                    \
    .struct_size = sizeof(struct assay_option), .type = ASSAY_OPTION_##kind,    \
    .name = (spelled), .default_text = (initial), .help = (text)
/* clang-format on */

#define MIB       (INT64_C(1024) * 1024)
#define TIB       (MIB * 1024 * 1024)
#define DAY_MS    INT64_C(86400000)
#define YEARS_100 (36525 * DAY_MS)
#define HOUR_MS   INT64_C(3600000)

static const char *const ways[] = {"sendmail", "smtp", "lmtp", NULL};

/* clang-format off */
#define KEEP(kind)                                                              \
    {OPTION("keep_" kind, DURATION, NULL,                                       \
            "The same for mail held as " kind ". Without it keep holds."),      \
     .min = 0, .max = YEARS_100}
/* clang-format on */

static const struct assay_option rows[] = {
    {OPTION("folder", PATH, "/var/lib/assay/quarantine",
            "Where held mail is: one file a message, and the index. It is made "
            "when it is not there; its owner writes, its group reads, nobody "
            "else does.")},
    {OPTION("group", TEXT, NULL,
            "The group that may read held mail. Without it that of whom Assay "
            "runs as.")},
    {OPTION(
        "key_file", PATH, NULL,
        "A file with 64 hexadecimal digits, as `openssl rand -hex 32` writes "
        "them. With it new mail is encrypted on the disk (XChaCha20-Poly1305). "
        "The index is not: it shows sender, recipients, client, subject, "
        "From, size, findings and a digest of the content. Keep a copy of "
        "the key elsewhere: without it nothing can be released.")},
    {OPTION("old_key_files", TEXT, NULL,
            "Key files of earlier days, for reading what they encrypted. To "
            "rotate: name a new key_file and move the old one here until all "
            "its mail has expired."),
     .flags = ASSAY_OPTION_LIST},
    {OPTION("hide_subject", BOOL, "no",
            "Leave Subject and From out of the index where mail is encrypted. "
            "Search does not find by them then; `assay quarantine show` reads "
            "them from the file.")},
    {OPTION(
         "min_free", SIZE, "256 MiB",
         "What stays free on the file system. Below it nothing more is held: "
         "the mail server is told to try again later, and an alarm is "
         "raised."),
     .min = 0, .max = 1024 * TIB},
    {OPTION(
         "max_bytes", SIZE, "0",
         "How much held mail there may be; the oldest is deleted for new. 0 is "
         "no limit but min_free."),
     .min = 0, .max = 1024 * TIB},
    {OPTION(
         "keep", DURATION, "30 d",
         "How long mail is kept; 0 is for ever. It counts from the day it was "
         "held, and for released mail as well."),
     .min = 0, .max = YEARS_100},
    KEEP("malware"),
    KEEP("suspicious"),
    KEEP("phishing"),
    KEEP("spam"),
    KEEP("spoof"),
    KEEP("policy"),
    KEEP("anomaly"),
    KEEP("encrypted"),
    KEEP("partial"),
    KEEP("failed"),
    {OPTION(
         "release_by", CHOICE, "sendmail",
         "How released mail is handed to the mail server. smtp and lmtp tell "
         "an answer for each recipient; sendmail needs no listening server."),
     .choices = ways},
    {OPTION(
        "release_to", TEXT, "127.0.0.1:25",
        "For smtp and lmtp: ADDRESS:PORT, [IPV6]:PORT or the path of a Unix "
        "socket.")},
    {OPTION("sendmail", PATH, "/usr/sbin/sendmail",
            "For sendmail: the program.")},
    {OPTION("release_timeout", DURATION, "5 min",
            "How long the mail server may take for each step of a release."),
     .min = 1000, .max = 24 * HOUR_MS},
};

#define AT(i) &rows[i]
const struct assay_option *const quarantine_options_table[] = {
    AT(0),  AT(1),  AT(2),  AT(3),  AT(4),  AT(5),  AT(6),  AT(7),
    AT(8),  AT(9),  AT(10), AT(11), AT(12), AT(13), AT(14), AT(15),
    AT(16), AT(17), AT(18), AT(19), AT(20), AT(21), NULL,
};

_Static_assert(G_N_ELEMENTS(quarantine_options_table) == G_N_ELEMENTS(rows) + 1,
               "every option is in the table");

static bool refuse(const struct conf *conf, const struct option_set *set,
                   const char *key, const char *what, GError **error)
{
    g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                "%s:%u: [quarantine] %s: %s",
                conf != NULL ? conf->path : "default", option_line(set, key),
                key, what);
    return false;
}

/* Lists know no paths: relative ones start where the file lies. */
static GPtrArray *take_paths(const struct option_set *set,
                             const struct conf *conf, const char *name)
{
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    for (unsigned i = 0; i < option_count(set, name); i++)
        g_ptr_array_add(
            paths, g_canonicalize_filename(option_text(set, name, i),
                                           conf != NULL ? conf->dir : NULL));
    return paths;
}

static void take_keep(const struct option_set *set, int64_t *keep_s)
{
    for (uint32_t kind = 0; kind < QUARANTINE_KINDS; kind++) {
        g_autofree char *name =
            g_strconcat("keep_", finding_kind_name(kind), NULL);
        bool is_own = option_has(set, name) && option_count(set, name) > 0;
        keep_s[kind] = option_int(set, is_own ? name : "keep") / 1000;
    }
}

/* "none" is no place to put mail into, nor to hand it to. */
static bool check(const struct option_set *set, const struct conf *conf,
                  GError **error)
{
    const char *const needed[] = {"folder", "sendmail", "release_to"};
    for (size_t i = 0; i < G_N_ELEMENTS(needed); i++) {
        const char *text = option_text(set, needed[i], 0);
        if (text == NULL || *text == '\0')
            return refuse(conf, set, needed[i],
                          "it cannot be nothing; leave it out for the default",
                          error);
    }
    return true;
}

static void take(const struct option_set *set, const struct conf *conf,
                 struct quarantine_options *out)
{
    *out = (struct quarantine_options){
        .folder = g_strdup(option_text(set, "folder", 0)),
        .key_file = g_strdup(option_text(set, "key_file", 0)),
        .old_keys = take_paths(set, conf, "old_key_files"),
        .group = g_strdup(option_text(set, "group", 0)),
        .sendmail = g_strdup(option_text(set, "sendmail", 0)),
        .release_to = g_strdup(option_text(set, "release_to", 0)),
        .min_free = (uint64_t)option_int(set, "min_free"),
        .max_bytes = (uint64_t)option_int(set, "max_bytes"),
        .release_ms = (uint64_t)option_int(set, "release_timeout"),
        .is_subject_hidden = option_int(set, "hide_subject") != 0,
        .release_by = (enum quarantine_release_by)option_int(set, "release_by"),
    };
    take_keep(set, out->keep_s);
}

bool quarantine_options_read(const struct conf *conf,
                             struct quarantine_options *out, GError **error)
{
    struct option_set *set = NULL;
    const struct conf_section *in_file =
        conf != NULL ? conf_find(conf, "quarantine", NULL) : NULL;
    if (!option_set_new(quarantine_options_table, conf, in_file, NULL, &set,
                        error))
        return false;
    bool is_good = check(set, conf, error);
    if (is_good)
        take(set, conf, out);
    option_set_free(set);
    return is_good;
}

void quarantine_options_clear(struct quarantine_options *options)
{
    g_free(options->folder);
    g_free(options->key_file);
    g_clear_pointer(&options->old_keys, g_ptr_array_unref);
    g_free(options->group);
    g_free(options->sendmail);
    g_free(options->release_to);
    *options = (struct quarantine_options){0};
}
