/* SPDX-License-Identifier: MIT */
#include "cli/record.h"

#include <string.h>

/* limits.max_findings bounds what a record can hold far below this. */
#define TEXT_MAX (UINT64_C(1) << 30)

void record_make(struct record *out, uint64_t index, const struct view *view,
                 const struct answer *answer, GString *text)
{
    size_t before = text->len;
    view_answer(view, answer, text);
    *out = (struct record){
        .magic = RECORD_MAGIC,
        .kind = answer->verdict->kind,
        .action = answer->verdict->action,
        .is_trouble = answer_is_trouble(answer),
        .index = index,
        .bytes = answer->bytes,
        .text_n = text->len - before,
    };
}

void record_append(GString *to, uint64_t index, const struct view *view,
                   const struct answer *answer)
{
    struct record record = {0};
    size_t head = to->len;
    g_string_append_len(to, (const char *)&record, sizeof record);
    record_make(&record, index, view, answer, to);
    memcpy(to->str + head, &record, sizeof record);
}

bool record_parse(const char *p, size_t n, struct record *out, size_t *used)
{
    *used = 0;
    if (n < sizeof *out)
        return true;
    memcpy(out, p, sizeof *out);
    if (out->magic != RECORD_MAGIC || out->text_n > TEXT_MAX)
        return false;
    if (n - sizeof *out >= out->text_n)
        *used = sizeof *out + (size_t)out->text_n;
    return true;
}
