/* SPDX-License-Identifier: MIT */
/*
 * What workers are shut in by, and what is missing: into the log, once.
 */
#include "base/error.h"
#include "base/log.h"
#include "pool/account.h"
#include "pool/inside.h"
#include "pool/sandbox.h"

#include <unistd.h>

static void tell_gap(const struct crew *crew, enum sandbox_measure measure,
                     const char *why)
{
    struct log_event event;
    log_begin(&event, LOG_LEVEL_WARNING, "sandbox.gap");
    log_text(&event, "class", crew->class_name);
    log_text(&event, "measure", sandbox_measure_name(measure));
    log_text(&event, "why", why);
    log_end(&event);
}

static void tell_all(const struct crew *crew,
                     const struct sandbox_report *report)
{
    struct log_event event;
    log_begin(&event, LOG_LEVEL_INFO, "sandbox");
    log_text(&event, "class", crew->class_name);
    for (unsigned i = 0; event.line != NULL && i < SANDBOX_MEASURES; i++) {
        const struct sandbox_word *word = &report->words[i];
        g_autofree char *text =
            g_strconcat(sandbox_state_name((enum sandbox_state)word->state),
                        word->why[0] != '\0' ? ": " : NULL, word->why, NULL);
        log_text(&event, sandbox_measure_name((enum sandbox_measure)i), text);
    }
    log_end(&event);
}

void gaps_tell(struct crew *crew, const struct sandbox_report *report)
{
    struct generation *generation = crew->self;
    struct pool *pool = generation->pool;
    if (!crew->has_told_sandbox)
        tell_all(crew, report);
    crew->has_told_sandbox = true;
    for (unsigned i = 0; i < SANDBOX_MEASURES; i++) {
        uint32_t bit = UINT32_C(1) << i;
        if ((pool->gaps_told & bit) != 0 ||
            report->words[i].state != SANDBOX_MISSING)
            continue;
        pool->gaps_told |= bit;
        tell_gap(crew, (enum sandbox_measure)i, report->words[i].why);
    }
}

/* A user of their own is had later: a zygote of root's drops to it, or says why not;
 * one of a parent's has it. */
bool gaps_allow(const struct pool *pool, const struct recipe *recipe,
                GError **error)
{
    struct sandbox_report report;
    enum sandbox_measure gap = SANDBOX_UID;
    if (recipe->options.sandbox != POOL_SANDBOX_REQUIRED)
        return true;
    sandbox_probe(recipe->how.landlock_abi_max, &report);
    if (geteuid() == 0 || pool->parent != NULL)
        report.words[SANDBOX_UID].state = SANDBOX_GIVEN;
    if (!sandbox_report_gap(&report, &gap))
        return true;
    g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                "[pool] sandbox = required, but this machine does not give %s: "
                "%s; with \"sandbox = best\" Assay goes on without it",
                sandbox_measure_name(gap), report.words[gap].why);
    return false;
}

bool gaps_account(const struct pool *pool, const char *user,
                  struct account *out, GError **error)
{
    *out = (struct account){0};
    return (geteuid() != 0 && pool->parent == NULL) ||
           account_find(user, out, error);
}
