/* SPDX-License-Identifier: GPL-2.0-only */
#include "name.h"

#include <assay/plugin.h>

#include <stddef.h>
#include <string.h>

enum {
    EXACT = 100,    /* a signature of this content */
    ALGORITHM = 80, /* code made for one virus or exploit */
    UNWANTED = 70,  /* a signature, but of something that some want */
    GUESS = 60,     /* a general rule */
    HINT = 40       /* honest files do it too */
};

#define LIMITS "Heuristics.Limits.Exceeded."

/* The first prefix that fits counts. */
static const struct {
    const char *prefix;
    struct name_meaning meaning;
} meanings[] = {
    {NAME_MAX_FILE_SIZE,
     {ASSAY_STATUS_UNSCANNABLE, 0, ASSAY_REASON_LIMIT_SIZE, EXACT,
      "a file is larger than max_filesize ([limits] max_object_bytes)", false}},
    {LIMITS "MaxScanSize",
     {ASSAY_STATUS_UNSCANNABLE, 0, ASSAY_REASON_LIMIT_BYTES, EXACT,
      "unpacks to more than max_scansize ([limits] max_bytes)", false}},
    {LIMITS "MaxFiles",
     {ASSAY_STATUS_UNSCANNABLE, 0, ASSAY_REASON_LIMIT_COUNT, EXACT,
      "holds more files than max_files ([limits] max_objects)", false}},
    {LIMITS "MaxRecursion",
     {ASSAY_STATUS_UNSCANNABLE, 0, ASSAY_REASON_LIMIT_DEPTH, EXACT,
      "nested deeper than max_recursion ([limits] max_depth)", false}},
    {LIMITS "MaxScanTime",
     {ASSAY_STATUS_UNSCANNABLE, 0, ASSAY_REASON_LIMIT_TIME, EXACT,
      "takes longer than max_scantime ([limits] max_time_ms)", false}},
    {LIMITS "Email",
     {ASSAY_STATUS_UNSCANNABLE, 0, ASSAY_REASON_LIMIT_COUNT, EXACT,
      "has more than libclamav's mail parser takes", true}},
    {LIMITS,
     {ASSAY_STATUS_UNSCANNABLE, 0, ASSAY_REASON_LIMIT_BYTES, EXACT,
      "is beyond one of libclamav's limits", false}},
    {"Heuristics.XZ.DicSizeLimit",
     {ASSAY_STATUS_UNSCANNABLE, 0, ASSAY_REASON_UNSUPPORTED, EXACT,
      "an xz stream needs a larger dictionary than libclamav allows", false}},
    {"Heuristics.Encrypted.",
     {ASSAY_STATUS_UNSCANNABLE, 0, ASSAY_REASON_ENCRYPTED, EXACT,
      "is encrypted: ClamAV cannot look inside", false}},
    {"Heuristics.Phishing.",
     {ASSAY_STATUS_FOUND, ASSAY_KIND_PHISHING, 0, GUESS,
      "a link shows another address than it leads to", false}},
    {"Heuristics.Safebrowsing.",
     {ASSAY_STATUS_FOUND, ASSAY_KIND_PHISHING, 0, ALGORITHM,
      "a link leads to a listed site", false}},
    {"Heuristics.Structured.",
     {ASSAY_STATUS_FOUND, ASSAY_KIND_POLICY, 0, GUESS,
      "holds numbers of credit cards or social security", false}},
    {"Heuristics.OLE2.ContainsMacros",
     {ASSAY_STATUS_FOUND, ASSAY_KIND_SUSPICIOUS, 0, HINT,
      "a document with macros", false}},
    {"Heuristics.Broken.",
     {ASSAY_STATUS_FOUND, ASSAY_KIND_SUSPICIOUS, 0, HINT,
      "a damaged file of this type", false}},
    {"Heuristics.Exploit.",
     {ASSAY_STATUS_FOUND, ASSAY_KIND_MALWARE, 0, ALGORITHM,
      "found by an algorithm for this exploit", false}},
    {"Heuristics.W32.",
     {ASSAY_STATUS_FOUND, ASSAY_KIND_MALWARE, 0, ALGORITHM,
      "found by an algorithm for this virus", false}},
    {"Heuristics.Trojan.",
     {ASSAY_STATUS_FOUND, ASSAY_KIND_MALWARE, 0, ALGORITHM,
      "found by an algorithm for this trojan", false}},
    {"Heuristics.Worm.",
     {ASSAY_STATUS_FOUND, ASSAY_KIND_MALWARE, 0, ALGORITHM,
      "found by an algorithm for this worm", false}},
    {"Heuristics.",
     {ASSAY_STATUS_FOUND, ASSAY_KIND_SUSPICIOUS, 0, GUESS,
      "a heuristic of ClamAV", false}},
    {"PUA.",
     {ASSAY_STATUS_FOUND, ASSAY_KIND_SUSPICIOUS, 0, UNWANTED,
      "a potentially unwanted application", false}},
};

/* "Html.Phishing.Bank-3", "Phishing.Email-7": a family of signatures, by the
 * category that stands between dots. */
static bool is_phishing_signature(const char *name)
{
    static const char word[] = "Phishing";
    const char *at = strstr(name, word);
    if (at == NULL)
        return false;
    char after = at[sizeof word - 1];
    return (at == name || at[-1] == '.') && (after == '.' || after == '\0');
}

struct name_meaning name_meaning(const char *name)
{
    static const struct name_meaning signature = {ASSAY_STATUS_FOUND,
                                                  ASSAY_KIND_MALWARE,
                                                  0,
                                                  EXACT,
                                                  "a signature of ClamAV fits",
                                                  false};
    static const struct name_meaning phishing = {
        ASSAY_STATUS_FOUND,
        ASSAY_KIND_PHISHING,
        0,
        EXACT,
        "a phishing signature of ClamAV fits",
        false};
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
        if (strncmp(name, meanings[i].prefix, strlen(meanings[i].prefix)) == 0)
            return meanings[i].meaning;
    return is_phishing_signature(name) ? phishing : signature;
}

bool name_is_limit(const char *name)
{
    return strncmp(name, LIMITS "Max", strlen(LIMITS "Max")) == 0;
}
