/* SPDX-License-Identifier: MIT */
/*
 * Falls asleep over one message of `one_in`, whichever it is: the same message gets
 * through when it is sent again.
 */
#define BAD_OPTIONS &one_in_option,
#include "right.h"

static const struct assay_option one_in_option = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_INT,
    .name = "one_in",
    .default_text = "1",
    .min = 1,
    .max = 1000000,
    .help = "Sleeps over one of so many messages.",
};

#include "bad.h"

static int64_t one_in = 1;

static int32_t misbehave(const struct assay_task *task)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    /* SplitMix64's last step: neighbours are not alike. */
    uint64_t z = (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    if ((z ^ (z >> 31)) % (uint64_t)one_in == 0)
        bad_wait(0);
    return bad_clean(task);
}

static int32_t create(const struct assay_host *given,
                      const struct assay_create *how, void **inst,
                      struct assay_buf *err)
{
    int32_t rc = bad_create(given, how, inst, err);
    host->option_int(how->options, "one_in", &one_in);
    return rc;
}

static const struct assay_plugin plugin = {
    RIGHT_PLUGIN,     .wants = &bad_wants,  .options = bad_options,
    .create = create, .handle = bad_handle,
};
RIGHT_MODULE(plugin)
