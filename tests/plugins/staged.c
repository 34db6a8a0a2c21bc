/* SPDX-License-Identifier: MIT */
/*
 * Sees all stages of a session, and the message at the end.
 *
 * Tells of each ("said.4") with a number that is another one in every call: who tells the
 * same one again was not asked again.  Sets the fact staged.sN in stage N.  What the
 * client says at HELO has it misbehave in a stage from then on:
 *
 *     die.4     ends its process     want.4    asks for a name first
 *     wait.4    takes a second
 */
#include "right.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static unsigned calls;

/* Is that what is to be done in this stage? */
static int is_told(const struct assay_task *task, const char *what)
{
    char word[16];
    struct assay_str helo = {NULL, 0};
    snprintf(word, sizeof word, "%s.%" PRIu32, what, task->stage);
    return host->attr_str(task, NULL, ASSAY_ATTR_HELO, 0, &helo) ==
               ASSAY_RC_OK &&
           helo.n == strlen(word) && memcmp(helo.p, word, helo.n) == 0;
}

static int32_t want(const struct assay_task *task)
{
    const struct assay_answer *answer;
    struct assay_question question = {.struct_size = sizeof question,
                                      .kind = ASSAY_WANT_DNS,
                                      .type = 16,
                                      .key = right_str("example.org")};
    int32_t rc = host->want(task, &question, &answer);
    if (rc == ASSAY_RC_OK && answer->count > 0)
        right_report(task, "answer", answer->records[0]->data.p);
    return rc;
}

static int32_t handle(void *inst, const struct assay_task *task)
{
    char text[64];
    char name[16];
    (void)inst;
    if (is_told(task, "die"))
        raise(SIGSEGV);
    if (is_told(task, "wait"))
        sleep(1);
    if (is_told(task, "want") && want(task) != ASSAY_RC_OK)
        return ASSAY_RC_PENDING;
    snprintf(text, sizeof text, "staged.s%" PRIu32, task->stage);
    host->fact_set(task, text, right_str("set"));
    snprintf(name, sizeof name, "said.%" PRIu32, task->stage);
    snprintf(text, sizeof text, "call %d.%u", (int)getpid(), ++calls);
    return right_report(task, name, text);
}

static const char *const facts[] = {"staged.*", NULL};

static const struct assay_plugin plugin = {
    RIGHT_PLUGIN,
    .stages = ASSAY_STAGE_BIT(ASSAY_STAGE_CONNECT) |
              ASSAY_STAGE_BIT(ASSAY_STAGE_HELO) |
              ASSAY_STAGE_BIT(ASSAY_STAGE_MAIL) |
              ASSAY_STAGE_BIT(ASSAY_STAGE_RCPT) |
              ASSAY_STAGE_BIT(ASSAY_STAGE_MESSAGE),
    .provides = facts, .handle = handle};
RIGHT_MODULE(plugin)
