/* SPDX-License-Identifier: MIT */
/*
 * Questions: kept for the whole scan, asked all at once, answered for ever.
 */
#include "scan/state.h"
#include "scan/wishes.h"

#include <string.h>

enum {
    DNS_NAME_MAX = 253,   /* RFC 1035 3.1, without the final dot */
    LOOKUP_KEY_MAX = 1024 /* what a directory will surely take */
};

/* The key as all askers share it, or NULL for one that cannot be asked. */
static char *shared_key(uint32_t kind, const char *key)
{
    size_t n = strlen(key);
    if (kind == ASSAY_WANT_LOOKUP)
        return n <= LOOKUP_KEY_MAX ? g_strdup(key) : NULL;
    if (n > 0 && key[n - 1] == '.')
        n--;
    return n <= DNS_NAME_MAX ? g_ascii_strdown(key, (gssize)n) : NULL;
}

static void free_wish(void *wish)
{
    wish_free(wish);
}

static struct wish *find(const struct scan_state *state,
                         const struct wish *probe)
{
    return state->wishes != NULL ? g_hash_table_lookup(state->wishes, probe)
                                 : NULL;
}

/* Has the scan asked all that it may? */
static bool is_full(const struct scan *scan)
{
    GHashTable *wishes = scan->state->wishes;
    return wishes != NULL &&
           g_hash_table_size(wishes) >= wishes_max(&scan->plan->limits);
}

static void take(struct scan_state *state, struct wish *wish)
{
    if (state->wishes == NULL) {
        state->wishes =
            g_hash_table_new_full(wish_hash, wish_same, free_wish, NULL);
        state->open = g_ptr_array_new();
        state->asked = g_ptr_array_new();
    }
    g_hash_table_add(state->wishes, wish);
    g_ptr_array_add(state->asked, wish);
    if (wish->state == 0)
        g_ptr_array_add(state->open, wish);
}

static struct wish *add(struct scan_state *state, const struct wish *probe)
{
    struct wish *wish = wish_new(probe->kind, probe->type, probe->key);
    take(state, wish);
    return wish;
}

bool want_add(struct scan *scan, struct wish *wish)
{
    struct scan_state *state = scan->state;
    if (find(state, wish) != NULL)
        return false;
    take(state, wish);
    return true;
}

static bool has_asked(const struct draft *draft, const struct wish *wish)
{
    for (unsigned i = 0; draft->asked != NULL && i < draft->asked->len; i++)
        if (draft->asked->pdata[i] == wish)
            return true;
    return false;
}

/* May the task ask this, which is NULL where nobody has asked it yet? */
static bool may_ask(const struct task *task, const struct wish *wish)
{
    const struct limits *limits = &task->scan->plan->limits;
    const GPtrArray *asked = task->draft->asked;
    if (!has_asked(task->draft, wish) && asked != NULL &&
        asked->len >= limits->max_wishes)
        return false;
    if (wish == NULL && task->scan->state->replay.is_rerun)
        return false; /* it did not ask that when its children were made */
    return (wish != NULL && wish->state != 0) ||
           (task->round < limits->max_rounds &&
            (wish != NULL || !is_full(task->scan)));
}

static int32_t blocked(struct scan_state *state, const struct wish **out)
{
    if (state->blocked == NULL) {
        state->blocked = wish_new(0, 0, "");
        state->blocked->state = ASSAY_ANSWER_BLOCKED;
    }
    *out = state->blocked;
    return ASSAY_RC_OK;
}

int32_t task_want(struct task *task, uint32_t kind, uint32_t type,
                  const char *key, const struct wish **out)
{
    if (kind != ASSAY_WANT_DNS && kind != ASSAY_WANT_LOOKUP)
        return ASSAY_RC_NOTSUP;
    g_autofree char *shared = shared_key(kind, key);
    if (shared == NULL)
        return ASSAY_RC_INVAL;
    struct scan_state *state = task->scan->state;
    struct draft *draft = task->draft;
    struct wish probe = {.kind = kind, .type = type, .key = shared};
    struct wish *wish = find(state, &probe);
    if (!may_ask(task, wish))
        return blocked(state, out);
    if (wish == NULL)
        wish = add(state, &probe);
    if (draft->asked == NULL)
        draft->asked = g_ptr_array_new();
    if (!has_asked(draft, wish))
        g_ptr_array_add(draft->asked, wish);
    draft->waits = draft->waits || wish->state == 0;
    if (wish->state == 0)
        return ASSAY_RC_PENDING;
    *out = wish;
    return ASSAY_RC_OK;
}

/* Asks the resolver; every wish has an answer then. */
static void ask_resolver(struct scan *scan)
{
    const GPtrArray *open = scan->state->open;
    const struct resolver *resolver = scan->plan->resolver;
    /* One that may be suspended has its answers from elsewhere, or gets none. */
    bool is_alone = scan->state->replay.may_suspend;
    if (resolver != NULL && !is_alone)
        resolver->resolve(resolver->self, (struct wish *const *)open->pdata,
                          open->len);
    for (unsigned i = 0; i < open->len; i++) {
        struct wish *wish = open->pdata[i];
        if (wish->state == 0)
            wish->state = resolver == NULL && !is_alone ? ASSAY_ANSWER_BLOCKED
                                                        : ASSAY_ANSWER_SERVFAIL;
    }
}

bool want_resolve(struct scan *scan)
{
    struct scan_state *state = scan->state;
    if (state->open == NULL || state->open->len == 0)
        return true;
    replay_answers(scan);
    if (state->open->len > 0 && state->replay.is_on) {
        state->replay.refused = "it lacks a wish that is asked in it";
        return false;
    }
    if (state->open->len > 0 && !budget_is_late(scan) && replay_suspend(scan))
        return false;
    if (state->open->len > 0)
        ask_resolver(scan);
    g_ptr_array_set_size(state->open, 0);
    return true;
}

void want_clear(struct scan_state *state)
{
    g_clear_pointer(&state->wishes, g_hash_table_unref);
    g_clear_pointer(&state->open, g_ptr_array_unref);
    g_clear_pointer(&state->asked, g_ptr_array_unref);
    g_clear_pointer(&state->blocked, wish_free);
}
