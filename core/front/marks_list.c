/* SPDX-License-Identifier: MIT */
#include "front/marks_list.h"

#include <string.h>

struct marks *marks_list_new(void)
{
    struct marks *marks = g_new0(struct marks, 1);
    marks->edits = g_array_new(FALSE, FALSE, sizeof(struct milter_edit));
    marks->texts = g_ptr_array_new_with_free_func(g_free);
    marks->counts =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    marks->edited =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    marks->seen = g_array_new(FALSE, FALSE, sizeof(struct marks_seen));
    marks->gone = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    return marks;
}

void marks_free(struct marks *marks)
{
    if (marks == NULL)
        return;
    g_array_unref(marks->edits);
    g_ptr_array_unref(marks->texts);
    g_hash_table_unref(marks->counts);
    g_hash_table_unref(marks->edited);
    g_array_unref(marks->seen);
    g_array_unref(marks->gone);
    g_free(marks);
}

const char *marks_keep(struct marks *marks, char *text)
{
    g_ptr_array_add(marks->texts, text);
    return text;
}

void marks_add(struct marks *marks, const char *name, const char *value)
{
    const struct milter_edit edit = {
        .kind = MILTER_EDIT_ADD_HEADER, .name = name, .value = value};
    g_array_append_val(marks->edits, edit);
}

static bool claim(struct marks *marks, const char *name, uint32_t index)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);
    return g_hash_table_add(marks->edited,
                            g_strdup_printf("%s %u", lower, index));
}

bool marks_change(struct marks *marks, const char *name, uint32_t index,
                  const char *value)
{
    if (!claim(marks, name, index))
        return false;
    const struct milter_edit edit = {.kind = MILTER_EDIT_CHANGE_HEADER,
                                     .index = index,
                                     .name = name,
                                     .value = value};
    g_array_append_val(marks->edits, edit);
    return true;
}

bool marks_delete(struct marks *marks, const char *name, uint32_t index,
                  uint32_t ordinal)
{
    if (!claim(marks, name, index))
        return false;
    const struct milter_edit edit = {
        .kind = MILTER_EDIT_DELETE_HEADER, .index = index, .name = name};
    g_array_append_val(marks->edits, edit);
    g_array_append_val(marks->gone, ordinal);
    return true;
}

bool marks_is_ours(const char *name, size_t n)
{
    static const char prefix[] = "X-Assay-";
    return n >= strlen(prefix) &&
           g_ascii_strncasecmp(name, prefix, strlen(prefix)) == 0;
}
