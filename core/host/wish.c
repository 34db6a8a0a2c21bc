/* SPDX-License-Identifier: MIT */
/*
 * Facts, questions and counters.
 */
#include "host/call.h"
#include "host/sized.h"

#include <string.h>

enum {
    KEY_MAX = 64,
    QUESTION_MAX = 1024
};

/* An answer that was told in this call: told once.  Both are lent. */
struct call_answer {
    const struct wish *wish;
    const struct assay_answer *answer;
};

static bool is_key(const char *key)
{
    return key != NULL && strnlen(key, KEY_MAX + 1) <= KEY_MAX;
}

int32_t wish_fact_set(const struct assay_task *task, const char *key,
                      struct assay_str value)
{
    struct call *call = call_of(task);
    if (call == NULL)
        return ASSAY_RC_STATE;
    if (!is_key(key) || !call_is_str(value))
        return call_blame(call, ASSAY_RC_INVAL,
                          "set a fact with a wrong key or value");
    return task_fact_set(call->task, key, value.n > 0 ? value.p : "", value.n);
}

int32_t wish_fact_get(const struct assay_task *task, const char *key,
                      struct assay_str *out)
{
    struct call *call = call_of(task);
    if (call == NULL)
        return ASSAY_RC_STATE;
    const char *value;
    if (!is_key(key))
        return ASSAY_RC_NOTFOUND;
    int32_t rc = task_fact_get(call->task, key, &value);
    if (rc != ASSAY_RC_OK)
        return rc;
    /* A copy: the scan's own goes away where the fact is set again. */
    const char *lent = call_lend_text(call, g_strdup(value));
    if (lent == NULL)
        return ASSAY_RC_NOMEM;
    *out = (struct assay_str){.p = lent, .n = strlen(lent)};
    return ASSAY_RC_OK;
}

/* Questions are often made of mail: one that cannot be asked is INVAL, but breaks no
 * rule. */
static char *question_key(const struct assay_question *question)
{
    struct assay_str key = question->key;
    if (key.n == 0 || key.n > QUESTION_MAX || key.p == NULL)
        return NULL;
    for (uint64_t i = 0; i < key.n; i++) {
        unsigned char c = (unsigned char)key.p[i];
        if (c < ' ' || c == 0x7f ||
            (question->kind == ASSAY_WANT_DNS && (c == ' ' || c > '~')))
            return NULL;
    }
    return g_utf8_validate(key.p, (gssize)key.n, NULL) ? g_strndup(key.p, key.n)
                                                       : NULL;
}

/* The scan's answer as the ABI tells it, in memory of the call; NULL: too much. */
static const struct assay_answer *tell(struct call *call,
                                       const struct wish *wish)
{
    unsigned n = wish->records != NULL ? wish->records->len : 0;
    struct assay_answer *answer = call_lend(call, sizeof *answer);
    struct assay_record *records = call_lend(call, (n + 1) * sizeof *records);
    const struct assay_record **list =
        call_lend(call, (n + 1) * sizeof(const struct assay_record *));
    if (answer == NULL || records == NULL || list == NULL)
        return NULL;
    for (unsigned i = 0; i < n; i++) {
        const struct wish_record *from = wish->records->pdata[i];
        records[i] = (struct assay_record){
            .struct_size = sizeof *records,
            .type = from->type,
            .ttl_s = from->ttl_s,
            .preference = from->preference,
            .data = {.p = from->data, .n = from->data_n},
        };
        list[i] = &records[i];
        if (i == 0 || from->ttl_s < answer->ttl_s)
            answer->ttl_s = from->ttl_s;
    }
    answer->struct_size = sizeof *answer;
    answer->state = wish->state;
    answer->flags = wish->flags;
    answer->count = n;
    answer->records = list;
    return answer;
}

static int32_t give(struct call *call, const struct wish *wish,
                    const struct assay_answer **out)
{
    if (call->answers == NULL)
        call->answers = g_array_new(false, false, sizeof(struct call_answer));
    for (unsigned i = 0; i < call->answers->len; i++) {
        const struct call_answer *known =
            &g_array_index(call->answers, struct call_answer, i);
        if (known->wish == wish) {
            *out = known->answer;
            return ASSAY_RC_OK;
        }
    }
    struct call_answer made = {wish, tell(call, wish)};
    if (made.answer == NULL)
        return ASSAY_RC_NOMEM;
    g_array_append_val(call->answers, made);
    *out = made.answer;
    return ASSAY_RC_OK;
}

int32_t wish_want(const struct assay_task *task,
                  const struct assay_question *question,
                  const struct assay_answer **out)
{
    struct call *call = call_of(task);
    if (call == NULL)
        return ASSAY_RC_STATE;
    struct assay_question q;
    if (question == NULL ||
        !sized_copy_whole(&q, sizeof q, question, SIZED_QUESTION))
        return call_blame(call, ASSAY_RC_INVAL,
                          "asked a question whose struct_size is wrong");
    g_autofree char *key = question_key(&q);
    if (key == NULL)
        return ASSAY_RC_INVAL;
    const struct wish *wish;
    int32_t rc = task_want(call->task, q.kind, q.type, key, &wish);
    return rc == ASSAY_RC_OK ? give(call, wish, out) : rc;
}

int32_t wish_count(const struct assay_task *task, const char *name,
                   struct assay_str key, int64_t n)
{
    struct call *call = call_of(task);
    if (call == NULL)
        return ASSAY_RC_STATE;
    if (!is_key(name) || !call_is_str(key))
        return call_blame(call, ASSAY_RC_INVAL,
                          "count() with a wrong name or key");
    return task_count(call->task, name, key.n > 0 ? key.p : "", key.n, n);
}
