/* SPDX-License-Identifier: MIT */
#include "look.h"

#include <stdio.h>
#include <string.h>

enum {
    TEXT = 512
};

static const struct {
    enum telling telling;
    uint32_t kind;
} kinds[] = {{TELL_OFF, 0},
             {TELL_INFO, ASSAY_KIND_INFO},
             {TELL_POLICY, ASSAY_KIND_POLICY},
             {TELL_SUSPICIOUS, ASSAY_KIND_SUSPICIOUS}};

void attachment_tell(const struct attachment *self,
                     const struct assay_task *task,
                     const struct assay_object *object,
                     const struct statement *statement)
{
    struct assay_finding finding = {
        .struct_size = sizeof(finding),
        .status = ASSAY_STATUS_FOUND,
        .kind = kinds[statement->telling].kind,
        .confidence = statement->confidence,
        .advice = statement->telling == TELL_POLICY
                      ? statement->advice
                      : (uint32_t)ASSAY_ACTION_NONE,
        .name = {statement->name, strlen(statement->name)},
        .text = {statement->text, strlen(statement->text)},
    };

    if (statement->telling != TELL_OFF)
        self->host->report(task, object, &finding);
}

void tell(const struct look *look, const struct statement *statement)
{
    attachment_tell(look->self, look->task, look->task->object, statement);
}

void tell_deceptive(struct look *look, const char *before, const char *what,
                    const char *after)
{
    char text[TEXT];
    struct statement statement = {.name = "attachment.deceptive_name",
                                  .telling = look->self->deceptive,
                                  .confidence = DECEPTIVE,
                                  .advice = ASSAY_ACTION_QUARANTINE,
                                  .text = text};

    if (look->is_deceptive)
        return;
    look->is_deceptive = true;
    snprintf(text, sizeof(text), "%s%s%s", before, what, after);
    tell(look, &statement);
}

void tell_macro(const struct look *look, uint32_t confidence, const char *text)
{
    struct statement statement = {.name = "attachment.macro",
                                  .telling = look->self->macros,
                                  .confidence = confidence,
                                  .advice = ASSAY_ACTION_TAG,
                                  .text = text};

    tell(look, &statement);
}

void tell_macro_rule(const struct look *look, const struct rules_hit *hit)
{
    char text[TEXT];

    rules_explain(hit, text, sizeof(text));
    tell_macro(look, MACRO_NAMED, text);
}

void tell_block(const struct look *look)
{
    char text[TEXT];
    struct statement statement = {.name = look->block_name,
                                  .telling = TELL_POLICY,
                                  .confidence = SURE,
                                  .advice = ASSAY_ACTION_QUARANTINE,
                                  .text = text};

    rules_explain(&look->block, text, sizeof(text));
    if (look->is_archived) {
        size_t n = strlen(text);
        snprintf(text + n, sizeof(text) - n, "; the file is in an archive");
        statement.name = "attachment.archived_block";
        statement.telling = look->self->archived;
    }
    tell(look, &statement);
}

void tell_save(const struct look *look)
{
    char text[TEXT];
    struct statement statement = {.name = "attachment.level2",
                                  .telling = look->self->level2,
                                  .confidence = LEVEL2,
                                  .advice = ASSAY_ACTION_TAG,
                                  .text = text};

    rules_explain(&look->save, text, sizeof(text));
    tell(look, &statement);
}

void tell_size(const struct look *look)
{
    char text[TEXT];
    struct statement statement = {.name = "attachment.size",
                                  .telling = TELL_POLICY,
                                  .confidence = SURE,
                                  .advice = ASSAY_ACTION_QUARANTINE,
                                  .text = text};

    snprintf(text, sizeof(text), "it has %llu bytes; max_size allows %llu",
             (unsigned long long)look->file.size,
             (unsigned long long)look->self->max_size);
    tell(look, &statement);
}
