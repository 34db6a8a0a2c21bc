/* SPDX-License-Identifier: MIT */
/*
 * Findings: what was said about a message, with all that is needed to explain it.
 */
#ifndef SCAN_FINDING_H
#define SCAN_FINDING_H

#include "mail/object.h"

#include <assay/plugin.h>

#include <stdbool.h>
#include <stdint.h>

/* struct finding.rcpt: holds for all recipients. */
#define FINDING_ALL_RCPTS (-1)

/*
 * One finding.  Owned by its scan.
 */
struct finding {
    const char *plugin;  /* instance name, "core" for core's own; interned */
    uint32_t status;     /* ASSAY_STATUS_*; 0: the plugin failed */
    uint32_t kind;       /* ASSAY_KIND_*, the host-made ones included; 0 for a
                              status CLEAN or TRUSTED */
    uint32_t reason;     /* ASSAY_REASON_*, 0: none */
    uint32_t confidence; /* 1..100 */
    int32_t log_odds_milli;
    uint32_t advice; /* ASSAY_ACTION_* */
    int32_t rcpt;    /* index or FINDING_ALL_RCPTS */
    uint32_t delay_ms;
    uint32_t reply_code;
    struct object *object; /* NULL: the message or session as a whole */
    char *name;            /* clean UTF-8, may be "" */
    char *text;            /* clean UTF-8, may be "" */
    char *reply_text;      /* printable ASCII, may be "" */
};

/* What a finding of a plugin stays within. */
enum {
    FINDING_NAME_MAX = 255, /* bytes */
    FINDING_TEXT_MAX = 1024,
    FINDING_REPLY_MAX = 240,
    FINDING_LOG_ODDS_MAX = 30000, /* either way */
    FINDING_DELAY_MS_MAX =
        300000, /* a client waits 5 minutes: RFC 5321 4.5.3.2 */
};

struct finding *finding_new(const char *plugin);
void finding_free(struct finding *finding);

/* Its three texts from bytes of whatever kind: cut and made clean
 * (escape_clean_dup); the reply is one line of printable ASCII, so that nobody can
 * add another to the dialogue. */
void finding_set_texts(struct finding *finding, struct assay_str name,
                       struct assay_str text, struct assay_str reply);

/* "malware", "partial"; kind 0 is "clean". */
const char *finding_kind_name(uint32_t kind);
/* The kind of that name, or 0. */
uint32_t finding_kind_by_name(const char *name);
/* How bad: malware above all, then phishing and suspicious, then what could not be
 * looked at, then rules and evidence; kind 0 is 0. */
unsigned finding_kind_rank(uint32_t kind);

enum {
    FINDING_RANKS = 12 /* ranks are 0 to 11 */
};

/* "clean", "trusted", "found", "unscannable"; 0 is "failed". */
const char *finding_status_name(uint32_t status);
/* "encrypted", "depth", "ratio"; 0 is "". */
const char *finding_reason_name(uint32_t reason);
bool finding_reason_is_known(uint32_t reason);

#endif
