/* SPDX-License-Identifier: MIT */
/*
 * Facts and counts: what a scanner leaves for those after it, and for the host.
 */
#include "scan/state.h"

#include <string.h>

enum {
    KEY_MAX = 64,
    VALUE_MAX = 4096,
    LIST_MAX = 1024 /* facts, counts of one run, each */
};

static int32_t refuse(struct task *task, int32_t rc, const char *rule)
{
    task_blame(task, rule);
    return rc;
}

/* "vendor.name". */
bool fact_is_key(const char *key)
{
    size_t n = strlen(key);
    return n > 0 && n <= KEY_MAX && strchr(key, '.') != NULL &&
           strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789._-") == n;
}

bool fact_is_value(const char *value, size_t n)
{
    return n <= VALUE_MAX && g_utf8_validate_len(value, n, NULL);
}

bool count_is_key(const char *key, size_t n)
{
    return n <= VALUE_MAX && memchr(key, '\0', n) == NULL;
}

static void fact_free(void *p)
{
    struct fact *fact = p;
    if (fact == NULL)
        return;
    g_free(fact->key);
    g_free(fact->value);
    g_free(fact);
}

static struct fact *find_fact(const struct draft *draft, const char *key)
{
    for (unsigned i = 0; draft->facts != NULL && i < draft->facts->len; i++) {
        struct fact *fact = draft->facts->pdata[i];
        if (strcmp(fact->key, key) == 0)
            return fact;
    }
    return NULL;
}

int32_t task_fact_set(struct task *task, const char *key, const char *value,
                      size_t n)
{
    struct draft *draft = task->draft;
    if (!fact_is_key(key) || !fact_is_value(value, n))
        return refuse(task, ASSAY_RC_INVAL,
                      "set a fact with a wrong key or value");
    if (!fact_is_listed(task->scanner->provides, key))
        return refuse(task, ASSAY_RC_STATE,
                      "set a fact that is not in its `provides`");
    struct fact *fact = find_fact(draft, key);
    if (fact == NULL) {
        if (draft->facts == NULL)
            draft->facts = g_ptr_array_new_with_free_func(fact_free);
        if (draft->facts->len >= LIST_MAX)
            return ASSAY_RC_LIMIT;
        fact = g_new0(struct fact, 1);
        fact->key = g_strdup(key);
        g_ptr_array_add(draft->facts, fact);
    }
    g_free(fact->value);
    fact->value = g_strndup(value, n);
    return ASSAY_RC_OK;
}

int32_t task_fact_get(struct task *task, const char *key, const char **value)
{
    if (!fact_is_listed(task->scanner->reads, key))
        return ASSAY_RC_NOTFOUND;
    const struct fact *own = find_fact(task->draft, key);
    const char *found =
        own != NULL ? own->value : g_hash_table_lookup(task->scan->facts, key);
    if (found == NULL)
        return ASSAY_RC_NOTFOUND;
    *value = found;
    return ASSAY_RC_OK;
}

static void count_free(void *p)
{
    struct scan_count *count = p;
    if (count == NULL)
        return;
    g_free(count->name);
    g_free(count->key);
    g_free(count);
}

GPtrArray *draft_counts_new(void)
{
    return g_ptr_array_new_with_free_func(count_free);
}

struct scan_count *count_new(const char *name, const char *key, size_t key_n,
                             int64_t n)
{
    struct scan_count *count = g_new0(struct scan_count, 1);
    count->name = g_strdup(name);
    count->key = g_strndup(key, key_n);
    count->n = n;
    return count;
}

int32_t task_count(struct task *task, const char *name, const char *key,
                   size_t key_n, int64_t n)
{
    if (!fact_is_key(name) || !count_is_key(key, key_n))
        return refuse(task, ASSAY_RC_INVAL, "count() with a wrong name or key");
    struct draft *draft = task->draft;
    if (draft->counts == NULL)
        draft->counts = draft_counts_new();
    if (draft->counts->len >= LIST_MAX)
        return ASSAY_RC_LIMIT;
    g_ptr_array_add(draft->counts, count_new(name, key, key_n, n));
    return ASSAY_RC_OK;
}
