/* SPDX-License-Identifier: MIT */
#include "scan/resolver.h"

#include <string.h>

struct wish_record *wish_record_dup(const struct wish_record *record)
{
    /* The data lies behind the record, in one piece. */
    struct wish_record *copy = g_malloc(sizeof *copy + record->data_n + 1);
    char *data = (char *)(copy + 1);
    *copy = *record;
    copy->data = data;
    if (record->data_n > 0)
        memcpy(data, record->data, record->data_n);
    data[record->data_n] = '\0';
    return copy;
}

void wish_record_free(struct wish_record *record)
{
    g_free(record);
}

static void free_record(void *record)
{
    wish_record_free(record);
}

struct wish *wish_new(uint32_t kind, uint32_t type, const char *key)
{
    struct wish *wish = g_new0(struct wish, 1);
    wish->kind = kind;
    wish->type = type;
    wish->key = g_strdup(key);
    wish->records = g_ptr_array_new_with_free_func(free_record);
    return wish;
}

void wish_free(struct wish *wish)
{
    if (wish == NULL)
        return;
    g_ptr_array_unref(wish->records);
    g_free(wish->key);
    g_free(wish);
}

void wish_add_record(struct wish *wish, const struct wish_record *record)
{
    g_ptr_array_add(wish->records, wish_record_dup(record));
}
