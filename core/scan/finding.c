/* SPDX-License-Identifier: MIT */
#include "scan/finding.h"

#include "base/escape.h"

#include <glib.h>

#include <string.h>

/* Indexed by ASSAY_KIND_*. */
static const struct {
    const char *name;
    unsigned rank;
} kinds[] = {
    [0] = {"clean", 0},
    [ASSAY_KIND_INFO] = {"info", 1},
    [ASSAY_KIND_ANOMALY] = {"anomaly", 2},
    [ASSAY_KIND_SPAM] = {"spam", 3},
    [ASSAY_KIND_SPOOF] = {"spoof", 4},
    [ASSAY_KIND_POLICY] = {"policy", 5},
    [ASSAY_KIND_ENCRYPTED] = {"encrypted", 6},
    [ASSAY_KIND_PARTIAL] = {"partial", 7},
    [ASSAY_KIND_FAILED] = {"failed", 8},
    [ASSAY_KIND_SUSPICIOUS] = {"suspicious", 9},
    [ASSAY_KIND_PHISHING] = {"phishing", 10},
    [ASSAY_KIND_MALWARE] = {"malware", 11},
};

static const char *const statuses[] = {
    [0] = "failed",
    [ASSAY_STATUS_CLEAN] = "clean",
    [ASSAY_STATUS_TRUSTED] = "trusted",
    [ASSAY_STATUS_FOUND] = "found",
    [ASSAY_STATUS_UNSCANNABLE] = "unscannable",
};

static const char *const reasons[] = {
    [0] = "",
    [ASSAY_REASON_ENCRYPTED] = "encrypted",
    [ASSAY_REASON_DAMAGED] = "damaged",
    [ASSAY_REASON_TRUNCATED] = "truncated",
    [ASSAY_REASON_UNSUPPORTED] = "unsupported",
    [ASSAY_REASON_MULTIVOLUME] = "multivolume",
    [ASSAY_REASON_LIMIT_SIZE] = "size",
    [ASSAY_REASON_LIMIT_COUNT] = "count",
    [ASSAY_REASON_LIMIT_DEPTH] = "depth",
    [ASSAY_REASON_LIMIT_RATIO] = "ratio",
    [ASSAY_REASON_LIMIT_TIME] = "time",
    [ASSAY_REASON_LIMIT_BYTES] = "bytes",
};

struct finding *finding_new(const char *plugin)
{
    struct finding *finding = g_new0(struct finding, 1);
    finding->plugin = plugin;
    finding->confidence = 100;
    finding->rcpt = FINDING_ALL_RCPTS;
    return finding;
}

void finding_free(struct finding *finding)
{
    if (finding == NULL)
        return;
    g_free(finding->name);
    g_free(finding->text);
    g_free(finding->reply_text);
    g_free(finding);
}

static char *printable_dup(struct assay_str s)
{
    char *text = g_strndup(s.n > 0 ? s.p : "", MIN(s.n, FINDING_REPLY_MAX));
    for (char *c = text; *c != '\0'; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
    return text;
}

void finding_set_texts(struct finding *finding, struct assay_str name,
                       struct assay_str text, struct assay_str reply)
{
    g_free(finding->name);
    g_free(finding->text);
    g_free(finding->reply_text);
    finding->name = escape_clean_dup(name.p, name.n, FINDING_NAME_MAX);
    finding->text = escape_clean_dup(text.p, text.n, FINDING_TEXT_MAX);
    finding->reply_text = printable_dup(reply);
}

const char *finding_kind_name(uint32_t kind)
{
    g_assert(kind < G_N_ELEMENTS(kinds));
    return kinds[kind].name;
}

uint32_t finding_kind_by_name(const char *name)
{
    for (uint32_t kind = 1; kind < G_N_ELEMENTS(kinds); kind++)
        if (strcmp(name, kinds[kind].name) == 0)
            return kind;
    return 0;
}

unsigned finding_kind_rank(uint32_t kind)
{
    g_assert(kind < G_N_ELEMENTS(kinds));
    return kinds[kind].rank;
}

const char *finding_status_name(uint32_t status)
{
    g_assert(status < G_N_ELEMENTS(statuses));
    return statuses[status];
}

const char *finding_reason_name(uint32_t reason)
{
    g_assert(reason < G_N_ELEMENTS(reasons));
    return reasons[reason];
}

bool finding_reason_is_known(uint32_t reason)
{
    return reason > 0 && reason < G_N_ELEMENTS(reasons);
}
