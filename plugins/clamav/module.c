/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The plugin clamav: libclamav (GPL-2.0-only) as a scanner for Assay.
 *
 *     settings  options, and the bounds they make with the host's
 *     database  what the signature files are: age, digest, what they need
 *     cvd       the lines inside of official signature archives
 *     engine    one instance: load, compile, scratch folder, stamp
 *     mail      raw messages: what libclamav's mail parser adds
 *     layers    callbacks of one scan: names found, contents seen
 *     name      what one of ClamAV's names means
 *     look      one object: scan and report
 *     notice    libclamav's messages to the host's log
 */
#include "engine.h"
#include "look.h"
#include "settings.h"

#include <assay/plugin.h>

#define PLUGIN_VERSION "0.1.0"

/* Contents below 6 bytes are clean to libclamav without a look. */
static const struct assay_wants wants = {
    .struct_size = sizeof wants,
    .flags = ASSAY_WANTS_MESSAGE,
    .min_size = 6,
};

static const char *const provides[] = {
    "clamav.version",
    "clamav.signatures",
    "clamav.age_days",
    NULL,
};

static const struct assay_plugin clamav = {
    .struct_size = sizeof clamav,
    .min_stack_kib = 2048,
    .id = "org.assay.clamav",
    .name = "ClamAV",
    .vendor = "Assay",
    .version = PLUGIN_VERSION,
    .licence = "GPL-2.0-only",
    .url = "https://www.clamav.net/",
    .stages = ASSAY_STAGE_BIT(ASSAY_STAGE_HEADERS) |
              ASSAY_STAGE_BIT(ASSAY_STAGE_OBJECT),
    .flags_required = ASSAY_FLAG_SCRATCH,
    .flags_optional = ASSAY_FLAG_FORK_SHARED | ASSAY_FLAG_ANSWERS_ALL |
                      ASSAY_FLAG_STAMPED | ASSAY_FLAG_MALWARE,
    .wants = &wants,
    .provides = provides,
    .options = settings_options,
    .create = engine_create,
    .destroy = engine_destroy,
    .handle = look_handle,
    .start = engine_start,
    .stamp = engine_stamp,
    .self_test = look_self_test,
};

static const struct assay_plugin *const plugins[] = {&clamav};

static const struct assay_module module = {
    .struct_size = sizeof module,
    .magic = ASSAY_MAGIC,
    .abi_major = ASSAY_ABI_MAJOR,
    .abi_minor = ASSAY_ABI_MINOR,
    .min_host_minor = 0,
    .plugin_count = sizeof plugins / sizeof plugins[0],
    .plugins = plugins,
};

const struct assay_module *assay_plugin_v1(void)
{
    return &module;
}
