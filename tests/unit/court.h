/* SPDX-License-Identifier: MIT */
/*
 * For the tests of core/verdict: a scan that says what the test wants, under a
 * policy that the test writes.
 */
#ifndef TESTS_COURT_H
#define TESTS_COURT_H

#include "fake.h"
#include "verdict/verdict.h"

#include <CUnit/CUnit.h>

/* One finding that a scanner will report.  object: id, or -1 for none. */
struct court_says {
    const char *scanner;
    uint32_t kind; /* 0: clean; FAILED: the scanner fails */
    const char *name;
    uint32_t confidence; /* 0: 100 */
    int32_t log_odds;
    uint32_t advice;
    int32_t rcpt; /* index + 1, 0: all */
    int32_t object;
};

enum {
    COURT_SAYS_MAX = 12
};

/* A scan by fakes and the verdict on it.  Owned by its test. */
struct court {
    struct fake fake;
    struct policy *policy;
    struct verdict *verdict;
    const struct court_says *says; /* ends with scanner NULL */
};

static inline int32_t court_handle(void *self, struct task *task)
{
    const struct court *court = self;
    for (const struct court_says *s = court->says; s->scanner != NULL; s++) {
        if (strcmp(s->scanner, task->scanner->name) != 0)
            continue;
        if (s->kind == ASSAY_KIND_FAILED)
            return ASSAY_RC_INTERNAL;
        struct object *object =
            s->object < 0 ? NULL : task_object(task, (uint64_t)s->object);
        struct finding *f = fake_finding(s->kind, s->name, object);
        f->confidence = s->confidence;
        f->log_odds_milli = s->log_odds;
        f->advice = s->advice;
        f->rcpt = s->rcpt - 1;
        if (s->kind == ASSAY_KIND_PARTIAL || s->kind == ASSAY_KIND_ENCRYPTED) {
            f->status = ASSAY_STATUS_UNSCANNABLE;
            f->reason = s->kind == ASSAY_KIND_PARTIAL ? ASSAY_REASON_DAMAGED
                                                      : ASSAY_REASON_ENCRYPTED;
            f->kind = 0;
        }
        CU_ASSERT_EQUAL(task_report(task, f), ASSAY_RC_OK);
    }
    return ASSAY_RC_OK;
}

/* The policy of that text, or the error's text in `*wrong` (yours). */
static inline struct policy *court_policy(const char *text, char **wrong)
{
    struct conf *conf = NULL;
    struct policy *policy = NULL;
    GError *error = NULL;
    if (conf_parse(text, strlen(text), "t.conf", "/", &conf, &error) &&
        policy_new(conf, &policy, &error)) {
        conf_free(conf);
        return policy;
    }
    conf_free(conf);
    if (wrong != NULL)
        *wrong = g_strdup(error->message);
    else
        fprintf(stderr, "%s\n", error->message);
    g_error_free(error);
    return NULL;
}

static inline void court_open(struct court *court, const char *conf)
{
    memset(court, 0, sizeof *court);
    fake_begin(&court->fake);
    court->policy = court_policy(conf, NULL);
    g_assert(court->policy != NULL);
}

static inline void court_rcpt(struct court *court, const char *rcpt)
{
    g_ptr_array_add(court->fake.session->rcpts, g_strdup(rcpt));
}

/* Scanners are made as `says` names them; those whose name begins with "av" are
 * malware engines. */
static inline const struct verdict *court_decide(struct court *court,
                                                 const struct court_says *says)
{
    court->says = says;
    for (const struct court_says *s = says; s->scanner != NULL; s++) {
        bool is_new = true;
        for (size_t i = 0; i < court->fake.plan.scanner_n; i++)
            is_new =
                is_new && strcmp(court->fake.scanners[i].name, s->scanner) != 0;
        if (!is_new)
            continue;
        struct scanner *made =
            fake_scanner(&court->fake, s->scanner, court_handle);
        made->self = court;
        made->stages = ASSAY_STAGE_BIT(ASSAY_STAGE_MESSAGE);
        made->flags =
            strncmp(s->scanner, "av", 2) == 0 ? ASSAY_FLAG_MALWARE : 0;
    }
    fake_run(&court->fake, FAKE_TEXT_MAIL);
    court->verdict = verdict_new(court->policy, court->fake.scan);
    return court->verdict;
}

static inline void court_close(struct court *court)
{
    verdict_free(court->verdict);
    policy_free(court->policy);
    fake_end(&court->fake);
}

/* "kind action"; what came out, on standard error where it differs. */
static inline bool court_is(const struct court *court, const char *expected)
{
    g_autofree char *text =
        g_strconcat(finding_kind_name(court->verdict->kind), " ",
                    verdict_action_name(court->verdict->action), NULL);
    if (strcmp(text, expected) == 0)
        return true;
    fprintf(stderr, "decided \"%s\" (%s), expected \"%s\"\n", text,
            court->verdict->because.line, expected);
    return false;
}

static inline bool court_because(const struct court *court,
                                 const char *expected)
{
    if (strcmp(court->verdict->because.line, expected) == 0)
        return true;
    fprintf(stderr, "because \"%s\", expected \"%s\"\n",
            court->verdict->because.line, expected);
    return false;
}

/* One case: what is said, under which configuration, and what comes out. */
struct court_row {
    const char *conf;
    struct court_says says[6];
    const char *expected; /* "kind action" */
    const char *because;  /* NULL: not looked at */
};

static inline void court_try(const struct court_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct court court;
        court_open(&court, rows[i].conf);
        court_decide(&court, rows[i].says);
        CU_ASSERT(court_is(&court, rows[i].expected));
        CU_ASSERT(rows[i].because == NULL ||
                  court_because(&court, rows[i].because));
        court_close(&court);
    }
}

#endif
