/* SPDX-License-Identifier: MIT */
/* A descriptor that says something in every field that is told to other processes. */
#include "right.h"

static const char *const types[] = {"application/zip", "text/*", NULL};
static const struct assay_wants wants = {
    .struct_size = sizeof wants,
    .flags = ASSAY_WANTS_LEAF | ASSAY_WANTS_EMPTY,
    .min_size = 3,
    .max_size = 5 << 20,
    .types = types,
};
static const char *const reads[] = {"auth.*", "mail.size", NULL};
static const char *const provides[] = {"told.fact", NULL};

static int32_t stamp(void *inst, struct assay_stamp *out)
{
    (void)inst;
    out->flags = ASSAY_STAMP_TEST_ONLY;
    memcpy(out->engine, "engine 7", sizeof "engine 7");
    memcpy(out->database, "database 8", sizeof "database 8");
    out->database_time = 1700000000;
    out->signatures = 4711;
    memset(out->database_digest, 0x5a, sizeof out->database_digest);
    return ASSAY_RC_OK;
}

static const struct assay_plugin plugin = {
    RIGHT_PLUGIN,         .wants = &wants, .reads = reads,
    .provides = provides, .stamp = stamp,
};
RIGHT_MODULE(plugin)
