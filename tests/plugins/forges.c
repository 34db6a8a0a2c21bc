/* SPDX-License-Identifier: MIT */
/*
 * Speaks with another's voice: everywhere in memory it writes another instance's name
 * over its own, and it reports through every table of the host's that is not its own.
 *
 *     as = clamav     whose name; at most as long as its own
 */
#include <assay/plugin.h>

static const struct assay_option option_as = {
    .struct_size = sizeof option_as,
    .type = ASSAY_OPTION_TEXT,
    .name = "as",
    .default_text = "clamav",
    .help = "Whose voice.",
};
#define BAD_OPTIONS &option_as,
#include "bad.h"
#include "bad_memory.h"

static char as[128];

static int32_t create(const struct assay_host *given,
                      const struct assay_create *create, void **inst,
                      struct assay_buf *err)
{
    struct assay_str text;
    int32_t rc = bad_create(given, create, inst, err);
    if (host->option_text(create->options, "as", 0, &text) == ASSAY_RC_OK &&
        text.n < sizeof as && text.n <= strlen(bad_instance))
        memcpy(as, text.p, (size_t)text.n);
    return rc;
}

static void rename_at(char *p)
{
    /* Its own copy is how it knows what to look for. */
    if (p != bad_instance)
        memcpy(p, as, strlen(as) + 1);
}

static void report_by(const struct assay_task *task,
                      const struct assay_host *other)
{
    struct assay_finding finding = {.struct_size = sizeof finding,
                                    .status = ASSAY_STATUS_FOUND,
                                    .kind = ASSAY_KIND_MALWARE,
                                    .name = right_str("Forged")};
    other->report(task, task->object, &finding);
    other->log(other, NULL, ASSAY_LOG_ERROR, right_str("forged"));
}

static int is_table(const char *p)
{
    const struct assay_host *table = (const struct assay_host *)p;
    return (uintptr_t)p % sizeof(void *) == 0 && table != host &&
           table->struct_size == host->struct_size &&
           table->abi_major == host->abi_major && table->name == host->name &&
           table->version == host->version && table->report == host->report;
}

static void forge_page(const struct assay_task *task, char *page, char *end)
{
    size_t n = strlen(bad_instance) + 1;
    if (sigsetjmp(memory_fault, 0) != 0)
        return;
    for (char *p = page; p < page + MEMORY_PAGE; p++) {
        if (p + n <= end && memcmp(p, bad_instance, n) == 0)
            rename_at(p);
        if (p + sizeof *host <= end && is_table(p))
            report_by(task, (const struct assay_host *)p);
    }
}

static int32_t misbehave(const struct assay_task *task)
{
    const void *const pointers[] = {task, host, &as, NULL};
    if (as[0] == '\0')
        return ASSAY_RC_INVAL;
    memory_find(pointers);
    memory_guard(1);
    for (unsigned i = 0; i < memory_area_n; i++) {
        uintptr_t end = memory_areas[i].to;
        if (end - memory_areas[i].from > MEMORY_REACH)
            end = memory_areas[i].from + MEMORY_REACH;
        for (uintptr_t at = memory_areas[i].from; at < end; at += MEMORY_PAGE)
            forge_page(task, (char *)at, (char *)end);
    }
    memory_guard(0);
    report_by(task, host);
    return ASSAY_RC_OK;
}

BAD_MODULE(.create = create)
