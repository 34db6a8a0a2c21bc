/* SPDX-License-Identifier: MIT */
/*
 * A plugin that misbehaves with some messages and is a good one with all others.
 *
 *     every = 100    it acts on messages of which the first two bytes of the SHA-256
 *     phase = 7      of the raw bytes, modulo `every`, are `phase`: whoever has the
 *                    message knows whether this plugin will act on it.  1: always
 *                    (the default), 0: never
 *
 * It is asked once for each message.  With all those that it does not act on it
 * reports CLEAN, so that one whose voice was lost or altered is seen.  A file says
 * what it does in misbehave(); what that returns is handle()'s answer.
 *
 *     static int32_t misbehave(const struct assay_task *task) { ... }
 *     BAD_MODULE(.start = start)
 *
 * Everything here must leave the machine alive without a sandbox too: what has no end
 * ends after BAD_ENDLESS_S, children after BAD_CHILD_S, and bombs are bounded.
 */
#ifndef TESTS_PLUGINS_BAD_H
#define TESTS_PLUGINS_BAD_H

#include "right.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum {
    BAD_ENDLESS_S = 60,
    BAD_CHILD_S = 4,
};

static int64_t bad_every = 1;
static int64_t bad_phase;
static char bad_instance[128];

static inline uint16_t bad_number(const struct assay_task *task)
{
    const struct assay_object *root = NULL;
    struct assay_str digest = {NULL, 0};
    if (host->object_by_id(task, 0, &root) != ASSAY_RC_OK ||
        host->attr_str(task, root, ASSAY_ATTR_SHA256, 0, &digest) !=
            ASSAY_RC_OK ||
        digest.n < 2)
        return 0;
    return (uint16_t)((unsigned char)digest.p[0] << 8 |
                      (unsigned char)digest.p[1]);
}

/* Is this the task that it acts on?  In stage OBJECT only the message itself is. */
static inline int bad_acts(const struct assay_task *task)
{
    uint64_t id = 0;
    if (task->object != NULL)
        host->attr_u64(task, task->object, ASSAY_ATTR_ID, 0, &id);
    return id == 0 && bad_every > 0 &&
           bad_number(task) % bad_every == bad_phase % bad_every;
}

static inline int32_t bad_clean(const struct assay_task *task)
{
    struct assay_finding finding = {};
    finding.struct_size = sizeof finding;
    finding.status = ASSAY_STATUS_CLEAN;
    finding.rcpt = task->rcpt;
    return host->report(task, task->object, &finding);
}

/* Waits in a busy loop or asleep, but not for ever. */
static inline void bad_wait(int is_busy)
{
    time_t end = time(NULL) + BAD_ENDLESS_S;
    while (time(NULL) < end)
        if (!is_busy)
            sleep(1);
}

static inline int32_t bad_create(const struct assay_host *given,
                                 const struct assay_create *create, void **inst,
                                 struct assay_buf *err)
{
    int32_t rc = right_create(given, create, inst, err);
    host->option_int(create->options, "every", &bad_every);
    host->option_int(create->options, "phase", &bad_phase);
    snprintf(bad_instance, sizeof bad_instance, "%s", create->instance);
    return rc;
}

static int32_t misbehave(const struct assay_task *task);

static inline int32_t bad_handle(void *inst, const struct assay_task *task)
{
    (void)inst;
    return bad_acts(task) ? misbehave(task) : bad_clean(task);
}

static const struct assay_option bad_option_every = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_INT,
    .name = "every",
    .default_text = "1",
    .min = 0,
    .max = 65536,
    .help = "Acts on one of so many messages.",
};
static const struct assay_option bad_option_phase = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_INT,
    .name = "phase",
    .default_text = "0",
    .min = 0,
    .max = 65535,
    .help = "On which one of them.",
};

/* Options of a file's own, before it includes this header. */
#ifndef BAD_OPTIONS
#define BAD_OPTIONS
#endif

#ifndef __cplusplus
static const struct assay_option *const bad_options[] = {
    &bad_option_every, &bad_option_phase, BAD_OPTIONS NULL};

/* For those that act in stage OBJECT, on the message itself. */
static const struct assay_wants bad_wants = {
    .struct_size = sizeof(struct assay_wants),
    .flags = ASSAY_WANTS_MESSAGE | ASSAY_WANTS_EMPTY};

/* clang-format off */
#define BAD_PLUGIN                                                              \
    RIGHT_PLUGIN,                                                               \
    .wants = &bad_wants,                                                        \
    .options = bad_options,                                                     \
    .create = bad_create,                                                       \
    .handle = bad_handle

/* With the members that a file has of its own. */
#define BAD_MODULE(...)                                                         \
    static const struct assay_plugin plugin = {BAD_PLUGIN, ##__VA_ARGS__};      \
    RIGHT_MODULE(plugin)

#define BAD_IN_OBJECT .stages = ASSAY_STAGE_BIT(ASSAY_STAGE_OBJECT)
/* clang-format on */
#endif

#endif
