/* SPDX-License-Identifier: MIT */
/*
 * A malware engine that finds the EICAR test file, with signatures of any age:
 *
 *     days = 3     so old they are
 *     tests = yes  they find test files only
 */
#include "right.h"

#include <time.h>

static int64_t days;
static int64_t tests;
static int64_t made_s;

static const struct assay_option option_days = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_INT,
    .name = "days",
    .default_text = "0",
    .min = 0,
    .max = 10000,
    .help = "Age of its signatures.",
};
static const struct assay_option option_tests = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_BOOL,
    .name = "tests",
    .default_text = "no",
    .help = "It has test signatures only.",
};
static const struct assay_option *const options[] = {&option_days,
                                                     &option_tests, NULL};
static const struct assay_wants wants = {
    .struct_size = sizeof wants,
    .flags = ASSAY_WANTS_LEAF,
};

static int32_t create(const struct assay_host *given,
                      const struct assay_create *create, void **inst,
                      struct assay_buf *err)
{
    int32_t rc = right_create(given, create, inst, err);
    host->option_int(create->options, "days", &days);
    host->option_int(create->options, "tests", &tests);
    made_s = (int64_t)time(NULL) - days * 86400;
    return rc;
}

static int32_t stamp(void *inst, struct assay_stamp *out)
{
    (void)inst;
    out->flags = tests ? ASSAY_STAMP_TEST_ONLY : 0;
    memcpy(out->engine, "1", 2);
    memcpy(out->database, "1", 2);
    out->database_time = made_s;
    out->signatures = 1;
    return ASSAY_RC_OK;
}

static int32_t handle(void *inst, const struct assay_task *task)
{
    static const char words[] = "EICAR-STANDARD-ANTIVIRUS-TEST-FILE";
    (void)inst;
    struct assay_str content = {NULL, 0};
    if (host->content(task, task->object, &content) != ASSAY_RC_OK)
        return ASSAY_RC_INTERNAL;
    struct assay_finding finding = {.struct_size = sizeof finding,
                                    .status = ASSAY_STATUS_CLEAN};
    if (memmem(content.p, (size_t)content.n, words, sizeof words - 1) != NULL) {
        finding.status = ASSAY_STATUS_FOUND;
        finding.kind = ASSAY_KIND_MALWARE;
        finding.name = right_str("Eicar");
    }
    return host->report(task, task->object, &finding);
}

static const struct assay_plugin plugin = {
    .struct_size = sizeof plugin,
    .id = "org.example.engine",
    .name = "An engine",
    .vendor = "Assay tests",
    .version = "1",
    .licence = "MIT",
    .stages = ASSAY_STAGE_BIT(ASSAY_STAGE_OBJECT),
    .flags_optional =
        ASSAY_FLAG_FORK_SHARED | ASSAY_FLAG_MALWARE | ASSAY_FLAG_ANSWERS_ALL,
    .wants = &wants,
    .options = options,
    .create = create,
    .destroy = right_destroy,
    .handle = handle,
    .stamp = stamp,
};
RIGHT_MODULE(plugin)
