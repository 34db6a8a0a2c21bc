/* SPDX-License-Identifier: MIT */
/*
 * A good plugin that takes its time, so many milliseconds each: in create() of its
 * zygote, in start(), in its self-test, over each message.  Time enough to be killed
 * meanwhile.
 */
#include "right.h"

#include <time.h>

static int64_t create_ms;
static int64_t start_ms;
static int64_t test_ms;
static int64_t handle_ms;

static void nap(int64_t ms)
{
    const struct timespec time = {.tv_sec = ms / 1000,
                                  .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&time, NULL);
}

static int32_t create(const struct assay_host *given,
                      const struct assay_create *create, void **inst,
                      struct assay_buf *err)
{
    int32_t rc = right_create(given, create, inst, err);
    host->option_int(create->options, "create_ms", &create_ms);
    host->option_int(create->options, "start_ms", &start_ms);
    host->option_int(create->options, "test_ms", &test_ms);
    host->option_int(create->options, "handle_ms", &handle_ms);
    if (create->mode == ASSAY_MODE_SCAN)
        nap(create_ms);
    return rc;
}

static int32_t start(void *inst, const struct assay_start *start,
                     struct assay_buf *err)
{
    (void)inst;
    (void)start;
    (void)err;
    nap(start_ms);
    return ASSAY_RC_OK;
}

static int32_t self_test(void *inst, struct assay_buf *err)
{
    (void)inst;
    (void)err;
    nap(test_ms);
    return ASSAY_RC_OK;
}

static int32_t handle(void *inst, const struct assay_task *task)
{
    const struct assay_finding clean = {.struct_size = sizeof clean,
                                        .status = ASSAY_STATUS_CLEAN,
                                        .rcpt = task->rcpt};
    (void)inst;
    nap(handle_ms);
    return host->report(task, task->object, &clean);
}

#define MS(option)                                                             \
    {                                                                          \
        .struct_size = sizeof(struct assay_option), .type = ASSAY_OPTION_INT,  \
        .name = #option, .default_text = "0", .min = 0, .max = 60000,          \
        .help = "How long."                                                    \
    }

static const struct assay_option option_create = MS(create_ms);
static const struct assay_option option_start = MS(start_ms);
static const struct assay_option option_test = MS(test_ms);
static const struct assay_option option_handle = MS(handle_ms);
static const struct assay_option *const options[] = {
    &option_create, &option_start, &option_test, &option_handle, NULL};

static const struct assay_plugin plugin = {
    RIGHT_PLUGIN,   .options = options, .create = create,
    .start = start, .handle = handle,   .self_test = self_test};
RIGHT_MODULE(plugin)
