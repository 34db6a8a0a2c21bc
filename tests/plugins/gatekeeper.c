/* SPDX-License-Identifier: MIT */
/*
 * Refuses at the stage where it first sees what it does not like: a client's address that
 * ends in .66, a HELO, a sender, a recipient that begins with "evil"; with "later" it
 * defers.  Words of its own in the reply, so that it is seen which stage it was.
 */
#include "right.h"

#include <inttypes.h>
#include <stdio.h>

static int begins(struct assay_str s, const char *word)
{
    size_t n = strlen(word);
    return s.n >= n && memcmp(s.p, word, n) == 0;
}

static int ends(struct assay_str s, const char *word)
{
    size_t n = strlen(word);
    return s.n >= n && memcmp(s.p + s.n - n, word, n) == 0;
}

static int32_t refuse(const struct assay_task *task, int is_later)
{
    char text[64];
    struct assay_finding finding = {.struct_size = sizeof finding,
                                    .status = ASSAY_STATUS_FOUND,
                                    .kind = ASSAY_KIND_POLICY,
                                    .name = right_str("gate"),
                                    .rcpt = task->rcpt,
                                    .reply_code = is_later ? 450 : 553,
                                    .advice = is_later ? ASSAY_ACTION_DEFER
                                                       : ASSAY_ACTION_REJECT};
    snprintf(text, sizeof text, "%s.7.1 gate at stage %" PRIu32,
             is_later ? "4" : "5", task->stage);
    finding.reply_text = right_str(text);
    return host->report(task, task->object, &finding);
}

static int32_t handle(void *inst, const struct assay_task *task)
{
    static const struct {
        uint32_t stage;
        uint32_t attr;
    } looks[] = {{ASSAY_STAGE_CONNECT, ASSAY_ATTR_CLIENT_IP},
                 {ASSAY_STAGE_HELO, ASSAY_ATTR_HELO},
                 {ASSAY_STAGE_MAIL, ASSAY_ATTR_MAIL_FROM},
                 {ASSAY_STAGE_RCPT, ASSAY_ATTR_RCPT}};

    (void)inst;
    for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++) {
        struct assay_str s = {NULL, 0};
        uint32_t at =
            task->stage == ASSAY_STAGE_RCPT && task->rcpt != ASSAY_RCPT_ALL
                ? task->rcpt - ASSAY_RCPT(0)
                : 0;
        if (looks[i].stage != task->stage ||
            host->attr_str(task, NULL, looks[i].attr, at, &s) != ASSAY_RC_OK)
            continue;
        if (begins(s, "evil") || ends(s, ".66"))
            return refuse(task, 0);
        if (begins(s, "later"))
            return refuse(task, 1);
    }
    return ASSAY_RC_OK;
}

static const struct assay_plugin plugin = {
    RIGHT_PLUGIN,
    .stages = ASSAY_STAGE_BIT(ASSAY_STAGE_CONNECT) |
              ASSAY_STAGE_BIT(ASSAY_STAGE_HELO) |
              ASSAY_STAGE_BIT(ASSAY_STAGE_MAIL) |
              ASSAY_STAGE_BIT(ASSAY_STAGE_RCPT),
    .handle = handle};
RIGHT_MODULE(plugin)
