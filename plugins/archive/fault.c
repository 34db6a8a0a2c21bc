/* SPDX-License-Identifier: MIT */
#include "fault.h"

#include <assay/plugin.h>

#include <stddef.h>
#include <string.h>

/* In order: "Unsupported encryption format" is encrypted, not unsupported. */
static const struct {
    const char *part;
    uint32_t reason;
} rules[] = {
    {"emory", ASSAY_REASON_LIMIT_SIZE}, /* "Out of memory", "No memory for" */
    {"llocate", ASSAY_REASON_LIMIT_SIZE},
    {"ncrypt", ASSAY_REASON_ENCRYPTED},
    {"Crypto codec", ASSAY_REASON_ENCRYPTED},
    {"assphrase", ASSAY_REASON_ENCRYPTED},
    {"ultivolume", ASSAY_REASON_MULTIVOLUME},
    {"ulti-volume", ASSAY_REASON_MULTIVOLUME},
    {"runcated", ASSAY_REASON_TRUNCATED},
    {"remature", ASSAY_REASON_TRUNCATED},
    {"Insufficient compressed data", ASSAY_REASON_TRUNCATED},
    {"End of file trying to read", ASSAY_REASON_TRUNCATED},
    {"less bytes", ASSAY_REASON_TRUNCATED},
    {"decompression failed (-5)", ASSAY_REASON_TRUNCATED}, /* Z_BUF_ERROR */
    {"beyond end-of-media", ASSAY_REASON_TRUNCATED},
    {"nsupported", ASSAY_REASON_UNSUPPORTED},
    {"not supported", ASSAY_REASON_UNSUPPORTED},
    {"No support", ASSAY_REASON_UNSUPPORTED},
    {"unavailable", ASSAY_REASON_UNSUPPORTED},
    {"Unknown codec", ASSAY_REASON_UNSUPPORTED},
    {"Unexpected codec", ASSAY_REASON_UNSUPPORTED},
};

uint32_t fault_reason(const char *text)
{
    if (text == NULL || text[0] == '\0')
        return ASSAY_REASON_TRUNCATED;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (strstr(text, rules[i].part) != NULL)
            return rules[i].reason;
    return ASSAY_REASON_DAMAGED;
}

uint64_t fault_flag(uint32_t reason)
{
    switch (reason) {
    case ASSAY_REASON_ENCRYPTED:
        return ASSAY_OBJECT_ENCRYPTED;
    case ASSAY_REASON_TRUNCATED:
    case ASSAY_REASON_MULTIVOLUME:
        return ASSAY_OBJECT_TRUNCATED;
    case ASSAY_REASON_UNSUPPORTED:
        return 0;
    default:
        return ASSAY_OBJECT_DAMAGED;
    }
}
