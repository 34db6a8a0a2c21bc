/* SPDX-License-Identifier: MIT */
#include "pool/landlock.h"
#include "pool/rights.h"
#include "pool/sandbox_word.h"
#include "pool/syscalls.h"

#include <stdio.h>
#include <string.h>

/* From here on Landlock restricts all that we rely on. */
enum {
    LANDLOCK_ABI_WHOLE = 6
};

void word_set(struct sandbox_report *report, enum sandbox_measure measure,
              enum sandbox_state state, const char *why)
{
    struct sandbox_word *word = &report->words[measure];
    word->state = (uint8_t)state;
    g_strlcpy(word->why, why, sizeof word->why);
}

void word_uid(struct sandbox_report *report, const char *why)
{
    const char *excess = rights_excess();
    if (excess != NULL && why != NULL)
        excess = why;
    word_set(report, SANDBOX_UID,
             excess == NULL ? SANDBOX_GIVEN : SANDBOX_MISSING,
             excess == NULL ? "" : excess);
}

uint32_t word_landlock(struct sandbox_report *report, uint32_t abi_max)
{
    char text[sizeof report->words[0].why];
    const char *why = "taken away by a setting";
    uint32_t abi =
        abi_max == SANDBOX_NO_LANDLOCK ? 0 : landlock_abi(abi_max, &why);
    report->landlock_abi = abi;
    if (abi == 0) {
        word_set(report, SANDBOX_LANDLOCK, SANDBOX_MISSING, why);
        return 0;
    }
    bool is_whole = abi >= LANDLOCK_ABI_WHOLE;
    (void)snprintf(text, sizeof text, "ABI %u%s", abi,
                   is_whole ? "" : "; what it lacks seccomp refuses");
    word_set(report, SANDBOX_LANDLOCK,
             is_whole ? SANDBOX_GIVEN : SANDBOX_PARTLY, text);
    return abi;
}

void sandbox_probe(uint32_t landlock_abi_max, struct sandbox_report *out)
{
    memset(out, 0, sizeof *out);
    /* Of any process, and never refused. */
    for (size_t i = 0; i < SANDBOX_MEASURES; i++)
        out->words[i].state = SANDBOX_GIVEN;
    word_uid(out, NULL);
    (void)word_landlock(out, landlock_abi_max);
    const char *why = syscalls_lacking();
    if (why != NULL)
        word_set(out, SANDBOX_SECCOMP, SANDBOX_MISSING, why);
}

bool sandbox_report_gap(const struct sandbox_report *report,
                        enum sandbox_measure *out)
{
    for (unsigned i = 0; i < SANDBOX_MEASURES; i++) {
        if (report->words[i].state != SANDBOX_MISSING)
            continue;
        *out = (enum sandbox_measure)i;
        return true;
    }
    return false;
}

void sandbox_report_mend(struct sandbox_report *report)
{
    report->spare = 0;
    for (size_t i = 0; i < SANDBOX_MEASURES; i++) {
        struct sandbox_word *word = &report->words[i];
        if (word->state > SANDBOX_MISSING)
            word->state = SANDBOX_MISSING;
        word->why[sizeof word->why - 1] = '\0';
        for (char *c = word->why; *c != '\0'; c++)
            if (!g_ascii_isprint(*c))
                *c = '?';
    }
}

const char *sandbox_measure_name(enum sandbox_measure measure)
{
    static const char *const names[SANDBOX_MEASURES] = {
        [SANDBOX_UID] = "uid",
        [SANDBOX_SESSION] = "session",
        [SANDBOX_UNDUMPABLE] = "undumpable",
        [SANDBOX_ENVIRONMENT] = "environment",
        [SANDBOX_DESCRIPTORS] = "descriptors",
        [SANDBOX_LIMITS] = "limits",
        [SANDBOX_MEMORY] = "memory",
        [SANDBOX_NO_NEW_PRIVS] = "no_new_privs",
        [SANDBOX_LANDLOCK] = "landlock",
        [SANDBOX_SECCOMP] = "seccomp",
    };
    return (unsigned)measure < SANDBOX_MEASURES ? names[measure] : "unknown";
}

const char *sandbox_state_name(enum sandbox_state state)
{
    static const char *const names[] = {
        [SANDBOX_UNASKED] = "unasked",
        [SANDBOX_GIVEN] = "given",
        [SANDBOX_PARTLY] = "partly",
        [SANDBOX_MISSING] = "missing",
    };
    return (unsigned)state < G_N_ELEMENTS(names) ? names[state] : "unknown";
}

void sandbox_report_text(GString *to, const struct sandbox_report *report)
{
    for (unsigned i = 0; i < SANDBOX_MEASURES; i++) {
        const struct sandbox_word *word = &report->words[i];
        g_string_append_printf(
            to, "%-12s  %s%s%s\n",
            sandbox_measure_name((enum sandbox_measure)i),
            sandbox_state_name((enum sandbox_state)word->state),
            word->why[0] != '\0' ? ": " : "", word->why);
    }
}
