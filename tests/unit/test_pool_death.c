/* SPDX-License-Identifier: MIT */
/* A plugin that ends its worker is named, and costs nobody else anything. */
#include "pool/inside.h"
#include "pooling.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    EVERY = 64,
    FIRST = 32,
    ROUNDS = 20
};

#define FOUND "ASSAY-TEST-FOUND"
#define POOL  "[pool]\nworkers_min = 1\nworkers_max = 2\n" EVEN
#define EVEN                                                                   \
    "plugin_time = 1 s\nplugin_warn = 0\nbreaker_failures = 1000\n"            \
    "memory = 32 MiB\n"
/* As many workers as there are plugins that have to be waited for, less one. */
#define WIDE "[pool]\nworkers_min = 4\nworkers_max = 4\n" EVEN
#define WORD "[plugin word]\nfile = @/crash_on_word.so\nclass = main\n"

/* Each way to end a worker, and the name of the finding that is expected. */
static const struct way {
    const char *plugin;
    const char *name;
    const char *text; /* in the words of the finding */
} ways[] = {
    {"segfault", "crash", "SIGSEGV"},
    {"aborts", "crash", "SIGABRT"},
    {"exits", "crash", "ended its process"},
    {"overflows_stack", "crash", "SIGSEGV"},
    {"throws", "crash", "SIGABRT"},
    {"loops", "timeout", "did not return in time"},
    {"sleeps", "timeout", "did not return in time"},
    {"deadlock", "timeout", "did not return in time"},
    {"blocks_signals", "timeout", "did not return in time"},
    {"eats_memory", "memory", "took more memory than it may"},
    {"execs", "denied", "forbidden system call"},
    {"opens_sockets", "denied", "forbidden system call"},
    {"kills_parent", "denied", "forbidden system call"},
};

/* The sanitizers' allocator needs more address space than any limit, and tells of
 * signals itself before it exits. */
static bool is_sanitized(void)
{
#ifdef __SANITIZE_ADDRESS__
    return true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
    return true;
#else
    return false;
#endif
#else
    return false;
#endif
}

static bool is_testable(const struct way *way)
{
    return !is_sanitized() || strcmp(way->plugin, "eats_memory") != 0;
}

/* Each of them acts on one message in EVERY. */
static char *make_conf(bool are_together)
{
    GString *conf = g_string_new(WIDE WORD);
    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
        if (!is_testable(&ways[i]))
            continue;
        g_string_append_printf(conf,
                               "[plugin %s]\nfile = @/%s.so\nclass = %s\n"
                               "every = %d\nphase = %zu\n",
                               ways[i].plugin, ways[i].plugin,
                               are_together ? "main" : ways[i].plugin, EVERY,
                               FIRST + i);
    }
    return g_string_free(conf, false);
}

/* Words with which a mail is one that plugin `i` acts on. */
static char *words_for(size_t i)
{
    for (unsigned k = 0;; k++) {
        char *words = g_strdup_printf(FOUND " %u", k);
        g_autofree char *mail = pooling_mail(words);
        g_autofree char *digest =
            g_compute_checksum_for_string(G_CHECKSUM_SHA256, mail, -1);
        digest[4] = '\0';
        if (g_ascii_strtoull(digest, NULL, 16) % EVERY == FIRST + i)
            return words;
        g_free(words);
    }
}

static void expect_blamed(const struct asked *asked, const struct way *way,
                          bool are_together)
{
    g_autofree char *expected =
        g_strdup_printf("word:Test.Word %s:%s", way->plugin, way->name);
    bool is_good =
        g_strcmp0(asked->findings, expected) == 0 && !asked->is_unread;
    bool is_told = is_sanitized() || (asked->texts != NULL &&
                                      strstr(asked->texts, way->text) != NULL);
    if (!is_good || !is_told)
        printf("%s, %s: %s: %s", way->plugin,
               are_together ? "in main" : "apart",
               asked->findings != NULL ? asked->findings : "(no answer)",
               asked->texts != NULL ? asked->texts : "\n");
    CU_ASSERT(is_good);
    CU_ASSERT(is_told);
}

static void expect_all_blamed(bool are_together)
{
    g_autofree char *conf = make_conf(are_together);
    struct pooling *p = pooling_open(conf, NULL);
    const struct asked *asked[G_N_ELEMENTS(ways)] = {NULL};
    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
        g_autofree char *words = words_for(i);
        if (is_testable(&ways[i]))
            asked[i] = pooling_ask(p, words, POOL_TRANSPORT);
    }
    CU_ASSERT(pooling_wait(p, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++)
        if (asked[i] != NULL)
            expect_blamed(asked[i], &ways[i], are_together);
    CU_ASSERT_STRING_EQUAL(pooling_scan(p, FOUND), "word:Test.Word");
    pooling_free(p);
}

static void whatever_ends_a_worker_is_blamed_on_its_plugin(void)
{
    expect_all_blamed(true);
}

static void the_same_in_a_class_of_its_own(void)
{
    expect_all_blamed(false);
}

static void a_message_that_kills_two_plugins_is_held_aside(void)
{
    struct pooling *p =
        pooling_open(POOL WORD "[plugin one]\nfile = @/segfault.so\n"
                               "class = main\n"
                               "[plugin two]\nfile = @/aborts.so\n"
                               "class = main\n",
                     NULL);
    const struct asked *asked = pooling_ask(p, FOUND, POOL_TRANSPORT);
    CU_ASSERT(pooling_wait(p, asked));
    CU_ASSERT_STRING_EQUAL(asked->findings, "one:crash two:crash core:deadly");
    CU_ASSERT(asked->is_unread);
    pooling_free(p);
}

/* One plugin that dies of everything, and another, each in a class of its own. */
#define APART                                                                  \
    POOL "[plugin one]\nfile = @/segfault.so\nclass = first\n"                 \
         "[plugin two]\nfile = @/aborts.so\nclass = second\n"

static void so_is_one_that_kills_guests_of_two_classes(void)
{
    static const char *const confs[] = {
        APART,
        POOL "[plugin one]\nfile = @/segfault.so\nclass = main\n"
             "[plugin two]\nfile = @/aborts.so\nclass = second\n",
        POOL "[plugin one]\nfile = @/segfault.so\nclass = first\n"
             "[plugin two]\nfile = @/aborts.so\nclass = main\n",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(confs); i++) {
        struct pooling *p = pooling_open(confs[i], NULL);
        for (int round = 0; round < 2; round++) {
            const struct asked *asked = pooling_ask(p, FOUND, POOL_TRANSPORT);
            CU_ASSERT(pooling_wait(p, asked));
            CU_ASSERT_STRING_EQUAL(asked->findings,
                                   "one:crash two:crash core:deadly");
            CU_ASSERT(asked->is_unread);
        }
        pooling_free(p);
    }
}

static void a_guest_that_dies_is_not_asked_about_that_message_again(void)
{
    static const char mail[] =
        "Subject: x\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        "--b\r\n\r\nASSAY-TEST-SEGV 1\r\n--b\r\n\r\nASSAY-TEST-SEGV 2\r\n"
        "--b\r\n\r\nASSAY-TEST-SEGV 3\r\n--b--\r\n";
    struct pooling *p = pooling_open(
        POOL "[plugin one]\nfile = @/crash_on_word.so\nclass = first\n", NULL);
    for (unsigned i = 1; i <= 2; i++) {
        const struct asked *asked = pooling_ask_mail(p, mail);
        CU_ASSERT(pooling_wait(p, asked));
        CU_ASSERT_STRING_EQUAL(asked->findings,
                               "one:crash one:crash one:crash");
        CU_ASSERT_FALSE(asked->is_unread);
        CU_ASSERT_EQUAL(pooling_logged(p, "event=crash "), i);
    }
    pooling_free(p);
}

static void who_merely_waits_behind_a_deadly_one_is_not_tried_with_it(void)
{
    struct pooling *p = pooling_open(POOL WORD, NULL);
    CU_ASSERT(pooling_wait_ready(p, 1));
    const struct asked *asked[9];
    for (int i = 0; i < 9; i++)
        asked[i] = pooling_ask(p, i % 3 == 0 ? FOUND " ASSAY-TEST-SEGV" : FOUND,
                               POOL_TRANSPORT);
    CU_ASSERT(pooling_wait(p, NULL));
    for (int i = 0; i < 9; i++) {
        CU_ASSERT_STRING_EQUAL(asked[i]->findings,
                               i % 3 == 0 ? "word:crash" : "word:Test.Word");
        CU_ASSERT_EQUAL(asked[i]->tries, i % 3 == 0 ? 2 : 1);
    }
    pooling_free(p);
}

/* Each mail has its own pattern that is written over breadcrumb and slots. */
static void who_writes_over_what_tells_of_it_is_answered(void)
{
    struct pooling *p = pooling_open(
        POOL "[plugin scribbles]\nfile = @/scribbles.so\nclass = main\n"
             "every = 1\nphase = 0\n",
        NULL);
    CU_ASSERT(pooling_wait_ready(p, 1));
    for (int i = 0; i < 24; i++) {
        g_autofree char *words = g_strdup_printf("pattern %d", i);
        pooling_ask(p, words, POOL_TRANSPORT);
    }
    CU_ASSERT(pooling_wait(p, NULL));
    CU_ASSERT_EQUAL(p->answers, 24);
    pooling_free(p);
}

static void killing_workers_from_outside_loses_and_blames_nobody(void)
{
    struct pooling *p = pooling_open(
        POOL WORD "[plugin apart]\nfile = @/crash_on_word.so\n", NULL);
    unsigned killed = 0;
    for (int round = 0; round < ROUNDS; round++) {
        const struct asked *asked[20];
        for (int i = 0; i < 20; i++)
            asked[i] = pooling_ask(p, FOUND, POOL_TRANSPORT);
        pool_run(p->pool, 1);
        killed += pooling_kill_workers(p);
        CU_ASSERT(pooling_wait(p, NULL));
        for (int i = 0; i < 20; i++)
            CU_ASSERT_STRING_EQUAL(asked[i]->findings,
                                   "word:Test.Word apart:Test.Word");
    }
    CU_ASSERT(killed >= 5);
    CU_ASSERT(pooling_logged(p, "reason=killed") >= 5);
    CU_ASSERT_EQUAL(pooling_logged(p, "reason=signal"), 0);
    pooling_free(p);
}

static void killing_zygotes_from_outside_loses_and_blames_nobody(void)
{
    struct pooling *p = pooling_open(
        POOL WORD "[plugin apart]\nfile = @/crash_on_word.so\n", NULL);
    unsigned killed = 0;
    for (int round = 0; round < 3; round++) {
        const struct asked *asked[20];
        for (int i = 0; i < 20; i++)
            asked[i] = pooling_ask(p, FOUND, POOL_TRANSPORT);
        pool_run(p->pool, 1);
        killed += pooling_kill_zygotes(p);
        CU_ASSERT(pooling_wait(p, NULL));
        for (int i = 0; i < 20; i++)
            CU_ASSERT_STRING_EQUAL(asked[i]->findings,
                                   "word:Test.Word apart:Test.Word");
    }
    CU_ASSERT_EQUAL(killed, 6);
    CU_ASSERT_EQUAL(pooling_logged(p, "reason=signal"), 0);
    pooling_free(p);
}

/* Children of this process that nobody has buried. */
static unsigned unburied(void)
{
    unsigned n = 0;
    uint64_t end_ms = pooling_ms() + 500;
    pid_t pid;
    while ((pid = waitpid(-1, NULL, WNOHANG)) >= 0 && pooling_ms() < end_ms) {
        n += pid > 0;
        usleep(1000);
    }
    return n;
}

/* Files that it takes a while to sweep up. */
static void litter(const char *folder)
{
    for (unsigned i = 0; i < 4000; i++) {
        g_autofree char *path = g_strdup_printf("%s/%u", folder, i);
        CU_ASSERT_FATAL(g_file_set_contents(path, "", 0, NULL));
    }
}

/* Its workers die, and the next one has been ordered. */
static void kill_until_forked(struct pooling *p)
{
    const struct crew *home = p->pool->now->home;
    uint64_t forks = home->forks;
    CU_ASSERT(pooling_kill_workers(p) > 0);
    while (home->forks == forks)
        pool_run(p->pool, 1);
}

static void who_sweeps_up_when_the_zygote_dies_is_buried(void)
{
    g_autofree char *conf = g_strconcat(
        POOL WORD "[plugin late]\nfile = @/late_reader.so\nclass = main\n"
                  "path = ",
        "Makefile\n", NULL);
    struct pooling *p = pooling_open(conf, NULL);
    CU_ASSERT(pooling_wait_ready(p, 1));
    const struct asked *asked = pooling_ask(p, "", POOL_TRANSPORT);
    CU_ASSERT(pooling_wait(p, asked));
    const char *kept = strrchr(asked->texts, '/');
    const char *from = strchr(asked->texts, '/');
    CU_ASSERT_FATAL(kept != NULL && from != NULL && from < kept);
    g_autofree char *folder = g_strndup(from, (size_t)(kept - from));
    litter(folder);
    kill_until_forked(p);
    pooling_free(p);
    CU_ASSERT_EQUAL(unburied(), 0);
}

static void who_is_being_forked_when_the_pool_ends_is_buried(void)
{
    unsigned orphans = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct pooling *p = pooling_open(POOL WORD, NULL);
        CU_ASSERT(pooling_wait_ready(p, 1));
        kill_until_forked(p);
        pooling_free(p);
        orphans += unburied();
    }
    CU_ASSERT_EQUAL(orphans, 0);
}

/* Of a class with so little time for a call a new worker takes longer to come up. */
static void a_worker_that_was_killed_is_waited_for(void)
{
    struct pooling *p = pooling_open(
        "[pool]\nworkers_min = 1\nworkers_max = 1\n"
        "[class apart]\nplugin_time = 100 ms\n"
        "[plugin naps]\nfile = @/naps.so\nclass = apart\nstart_ms = 700\n",
        NULL);
    CU_ASSERT_STRING_EQUAL(pooling_scan(p, "hello"), "");
    CU_ASSERT(pooling_kill_workers(p) >= 2);
    CU_ASSERT_STRING_EQUAL(pooling_scan(p, "hello"), "");
    pooling_free(p);
}

UNIT_MAIN("pool_death", UNIT(a_worker_that_was_killed_is_waited_for),
          UNIT(whatever_ends_a_worker_is_blamed_on_its_plugin),
          UNIT(the_same_in_a_class_of_its_own),
          UNIT(a_message_that_kills_two_plugins_is_held_aside),
          UNIT(so_is_one_that_kills_guests_of_two_classes),
          UNIT(a_guest_that_dies_is_not_asked_about_that_message_again),
          UNIT(who_merely_waits_behind_a_deadly_one_is_not_tried_with_it),
          UNIT(who_writes_over_what_tells_of_it_is_answered),
          UNIT(killing_workers_from_outside_loses_and_blames_nobody),
          UNIT(who_is_being_forked_when_the_pool_ends_is_buried),
          UNIT(who_sweeps_up_when_the_zygote_dies_is_buried),
          UNIT(killing_zygotes_from_outside_loses_and_blames_nobody))
