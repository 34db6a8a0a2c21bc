// SPDX-License-Identifier: MIT
// Lets an exception cross into the host, which knows none.
#include "bad.h"

#include <stdexcept>

static int32_t misbehave(const struct assay_task *task)
{
    (void)task;
    throw std::runtime_error("nobody will catch this");
}

static const assay_option *const options[] = {&bad_option_every,
                                              &bad_option_phase, nullptr};
static const assay_plugin plugin = {
    .struct_size = sizeof plugin,
    .id = "org.example.test",
    .name = "a test",
    .vendor = "example.org",
    .version = "1.0",
    .licence = "MIT",
    .stages = ASSAY_STAGE_BIT(ASSAY_STAGE_MESSAGE),
    .flags_optional = ASSAY_FLAG_FORK_SHARED,
    .options = options,
    .create = bad_create,
    .destroy = right_destroy,
    .handle = bad_handle,
};
static const assay_plugin *const plugins[] = {&plugin};
static const assay_module module_ = {
    .struct_size = sizeof module_,
    .magic = ASSAY_MAGIC,
    .abi_major = ASSAY_ABI_MAJOR,
    .abi_minor = ASSAY_ABI_MINOR,
    .plugin_count = 1,
    .plugins = plugins,
};

const assay_module *assay_plugin_v1(void)
{
    return &module_;
}
