/* SPDX-License-Identifier: MIT */
#include "cli/plugins_words.h"

#include <assay/plugin.h>

#include <stddef.h>

const struct word words_stages[] = {
    {ASSAY_STAGE_BIT(ASSAY_STAGE_CONNECT), "connect"},
    {ASSAY_STAGE_BIT(ASSAY_STAGE_HELO), "helo"},
    {ASSAY_STAGE_BIT(ASSAY_STAGE_MAIL), "mail"},
    {ASSAY_STAGE_BIT(ASSAY_STAGE_RCPT), "rcpt"},
    {ASSAY_STAGE_BIT(ASSAY_STAGE_HEADERS), "headers"},
    {ASSAY_STAGE_BIT(ASSAY_STAGE_OBJECT), "object"},
    {ASSAY_STAGE_BIT(ASSAY_STAGE_MESSAGE), "message"},
    {0, NULL},
};

const struct word words_flags[] = {
    {ASSAY_FLAG_FORK_SHARED, "fork_shared"},
    {ASSAY_FLAG_THREADS, "threads"},
    {ASSAY_FLAG_NETWORK, "network"},
    {ASSAY_FLAG_CHILDREN, "children"},
    {ASSAY_FLAG_ANSWERS_ALL, "answers_all"},
    {ASSAY_FLAG_STAMPED, "stamped"},
    {ASSAY_FLAG_STAMP_NAMES, "stamp_names"},
    {ASSAY_FLAG_MALWARE, "malware"},
    {ASSAY_FLAG_SCRATCH, "scratch"},
    {ASSAY_FLAG_STATE, "state"},
    {ASSAY_FLAG_EDITS, "edits"},
    {0, NULL},
};
