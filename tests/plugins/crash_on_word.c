/* SPDX-License-Identifier: MIT */
/*
 * A plugin that does what a word in the message tells it to: the deaths that
 * `assay scan` must survive.
 *
 *     ASSAY-TEST-SEGV    dies by a signal        ASSAY-TEST-EXIT   leaves quietly
 *     ASSAY-TEST-HANG    never comes back        ASSAY-TEST-WRITE  writes nonsense
 *     ASSAY-TEST-FOUND   finds something         into every open descriptor
 */
#include "right.h"

#include <signal.h>
#include <unistd.h>

static const char nonsense[128] = "nonsense nonsense nonsense";

static int has(struct assay_str content, const char *word)
{
    return memmem(content.p, (size_t)content.n, word, strlen(word)) != NULL;
}

static void die_as_told(struct assay_str content)
{
    if (has(content, "ASSAY-TEST-SEGV")) {
        signal(SIGSEGV, SIG_DFL);
        raise(SIGSEGV);
    }
    if (has(content, "ASSAY-TEST-EXIT"))
        _exit(0);
    if (has(content, "ASSAY-TEST-WRITE"))
        for (int fd = 3; fd < 64; fd++)
            if (write(fd, nonsense, sizeof nonsense) < 0)
                continue;
    if (has(content, "ASSAY-TEST-HANG"))
        for (;;)
            pause();
}

static int32_t handle(void *inst, const struct assay_task *task)
{
    (void)inst;
    struct assay_str content = {NULL, 0};
    if (host->content(task, task->object, &content) != ASSAY_RC_OK)
        return ASSAY_RC_INTERNAL;
    die_as_told(content);
    struct assay_finding finding = {.struct_size = sizeof finding,
                                    .status = ASSAY_STATUS_CLEAN};
    if (has(content, "ASSAY-TEST-FOUND")) {
        finding.status = ASSAY_STATUS_FOUND;
        finding.kind = ASSAY_KIND_MALWARE;
        finding.name = right_str("Test.Word");
    }
    return host->report(task, task->object, &finding);
}

static const struct assay_wants wants = {
    .struct_size = sizeof wants,
    .flags = ASSAY_WANTS_LEAF,
};

static const struct assay_plugin plugin = {
    .struct_size = sizeof plugin,
    .id = "org.example.crash-on-word",
    .name = "Crash on word",
    .vendor = "Assay tests",
    .version = "1",
    .licence = "MIT",
    .stages = ASSAY_STAGE_BIT(ASSAY_STAGE_OBJECT),
    .flags_required = ASSAY_FLAG_FORK_SHARED,
    .flags_optional = ASSAY_FLAG_ANSWERS_ALL,
    .wants = &wants,
    .create = right_create,
    .destroy = right_destroy,
    .handle = handle,
};
RIGHT_MODULE(plugin)
