/* SPDX-License-Identifier: MIT */
#include "bads.h"

#include <stdlib.h>
#include <string.h>

static const struct bad table[] = {
    {.name = "segfault", .outcome = BAD_DIES},
    {.name = "aborts", .outcome = BAD_DIES},
    {.name = "exits", .outcome = BAD_DIES},
    {.name = "overflows_stack", .outcome = BAD_DIES},
    {.name = "loops", .outcome = BAD_DIES},
    {.name = "sleeps", .outcome = BAD_DIES},
    {.name = "deadlock", .outcome = BAD_DIES},
    {.name = "blocks_signals", .outcome = BAD_DIES},
    {.name = "throws", .outcome = BAD_DIES},
    {.name = "eats_memory", .outcome = BAD_DIES},
    {.name = "pending_forever", .outcome = BAD_DIES},
    {.name = "nonsense", .outcome = BAD_DIES},
    {.name = "endless_children", .outcome = BAD_DIES, .adds_children = true},
    {.name = "asks_forever", .outcome = BAD_MAY},
    {.name = "fickle", .outcome = BAD_MAY, .adds_children = true},
    {.name = "fork_bomb", .outcome = BAD_MAY},
    {.name = "thread_bomb", .outcome = BAD_MAY},
    {.name = "scribbles", .outcome = BAD_MAY},
    {.name = "forges", .outcome = BAD_MAY, .settings = "as = clamav\n"},
    {.name = "closes_all", .outcome = BAD_MAY},
    {.name = "changes_cwd", .outcome = BAD_MAY},
    {.name = "writes_content", .outcome = BAD_HOLE},
    {.name = "opens_files", .outcome = BAD_HOLE},
    {.name = "opens_sockets", .outcome = BAD_HOLE},
    {.name = "execs", .outcome = BAD_HOLE},
    {.name = "kills_parent", .outcome = BAD_HOLE},
    {.name = "leaks", .outcome = BAD_WELL},
    {.name = "prints", .outcome = BAD_WELL},
    {.name = "slow_create", .outcome = BAD_WELL},
    {.name = "destroy_dies", .outcome = BAD_WELL},
    {.name = "stop_hangs", .outcome = BAD_WELL},
    {.name = "create_dies", .outcome = BAD_REFUSED},
    {.name = "self_test_dies", .outcome = BAD_WELL},
    {.name = "start_dies", .outcome = BAD_DOWN},
    {.name = "start_sleeps", .outcome = BAD_DOWN, .is_slow = true},
};

/* The phase of a mail of its own for bad plugin `i` of `n`: they are spread over the
 * mails, and two of them share a phase only where there are too few mails. */
static uint32_t choose_phase(const struct mails *mails, GHashTable *taken,
                             unsigned i, unsigned n)
{
    unsigned first = (unsigned)((uint64_t)i * mails->all->len / n);
    uint32_t phase = 0;
    for (unsigned k = 0; k < mails->all->len; k++) {
        const struct mail *mail =
            mails->all->pdata[(first + k) % mails->all->len];
        phase = mail->number % BADS_EVERY;
        if (g_hash_table_add(taken, GUINT_TO_POINTER(phase)))
            break;
    }
    return phase;
}

/* Where it shares their class, one that never gets up keeps the good ones down. */
static bool is_chosen(const struct bad *bad, const GStrv names,
                      const struct bads_how *how)
{
    if (bad->is_slow && how->is_short)
        return false;
    if (names != NULL &&
        !g_strv_contains((const char *const *)names, bad->name))
        return false;
    return !how->are_together ||
           (bad->outcome != BAD_DOWN && bad->outcome != BAD_REFUSED);
}

GPtrArray *bads_new(const struct mails *mails, const struct bads_how *how)
{
    GPtrArray *bads = g_ptr_array_new_with_free_func(g_free);
    GHashTable *taken = g_hash_table_new(NULL, NULL);
    g_auto(GStrv) names =
        how->only != NULL ? g_strsplit(how->only, ",", -1) : NULL;
    for (unsigned i = 0; i < G_N_ELEMENTS(table); i++) {
        if (!is_chosen(&table[i], names, how))
            continue;
        struct bad *bad = g_memdup2(&table[i], sizeof table[i]);
        bad->name = g_intern_static_string(bad->name);
        bad->phase = choose_phase(mails, taken, i, G_N_ELEMENTS(table));
        g_ptr_array_add(bads, bad);
    }
    g_hash_table_unref(taken);
    return bads;
}

bool bad_acts(const struct bad *bad, const struct mail *mail)
{
    return bad->outcome == BAD_DOWN || bad->outcome == BAD_REFUSED ||
           mail->number % BADS_EVERY == bad->phase;
}

void bads_conf(GString *to, const GPtrArray *bads, const char *folder,
               bool are_together)
{
    if (are_together)
        g_string_append(to, "[class main]\nplugin_time = 1 s\n");
    for (unsigned i = 0; i < bads->len; i++) {
        const struct bad *bad = bads->pdata[i];
        g_string_append_printf(
            to, "[plugin %s]\nfile = %s/%s.so\nevery = %d\nphase = %u\n",
            bad->name, folder, bad->name, BADS_EVERY, bad->phase);
        g_string_append_printf(to, "class = %s\n%s",
                               are_together ? "main" : bad->name,
                               bad->settings != NULL ? bad->settings : "");
        if (!are_together)
            g_string_append_printf(to,
                                   "[class %s]\nplugin_time = 500 ms\n"
                                   "workers_min = 1\nworkers_max = 2\n",
                                   bad->name);
    }
}
