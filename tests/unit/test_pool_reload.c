/* SPDX-License-Identifier: MIT */
/*
 * Generations of a real pool: a new one takes over without a message being lost, a bad
 * one is turned away.
 */
#include "pool/inside.h"
#include "pooled.h"
#include "unit.h"

#include <assay/plugin.h>

#include <glib/gstdio.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>

enum {
    FLIGHT = 6, /* mails unanswered at any time */
    WARM_MS = 40,
    MOST_MS = 20000,
    LOAD_MS = 60000
};

#define GOOD                                                                   \
    "[plugin archive]\nfile = %/archive.so\nclass = main\n"                    \
    "[plugin tnef]\nfile = %/tnef.so\nclass = main\n"                          \
    "[plugin spam]\nfile = %/spam.so\nclass = main\n"
#define ILL "[plugin ill]\nfile = @/puppet.so\nclass = main\ndo = fail\n"

static void count_zygote(void *self, const char *class_name, pid_t pid)
{
    unsigned *n = self;
    (void)class_name;
    (void)pid;
    ++*n;
}

static unsigned zygotes(const struct pooled *p)
{
    unsigned n = 0;
    pool_each_zygote(p->pool, count_zygote, &n);
    return n;
}

static struct pooled *open_good(const char *conf)
{
    struct pooled *p = pooled_open(conf);
    if (p->error != NULL)
        printf("  %s\n", p->error->message);
    CU_ASSERT_PTR_NOT_NULL_FATAL(p->pool);
    return p;
}

/* Under load all the time. */
static void reload_loaded(struct pooled *p, const char *conf)
{
    pooled_for(p, FLIGHT, WARM_MS);
    CU_ASSERT_FATAL(pooled_reload(p, conf));
    pooled_until_reloaded(p, FLIGHT, MOST_MS);
    pooled_for(p, FLIGHT, WARM_MS);
    CU_ASSERT(pooled_drain(p));
    CU_ASSERT(p->is_reloaded);
}

/* Every answer is a whole one. */
static void expect_whole(const struct pooled *p)
{
    CU_ASSERT_EQUAL(p->unread, 0);
    CU_ASSERT_EQUAL(p->found, 0);
    if (p->found > 0)
        printf("  %u times: %s\n", (unsigned)p->found, p->last_found);
}

static void expect_taken(const struct pooled *p, uint64_t number)
{
    CU_ASSERT(p->is_good);
    if (!p->is_good)
        printf("  %s\n", p->why);
    CU_ASSERT_PTR_NULL(pool_reload_why(p->pool));
    CU_ASSERT_EQUAL(pool_generation(p->pool), number);
}

static void expect_refused(const struct pooled *p, const char *why)
{
    CU_ASSERT(!p->is_good);
    bool is_that = p->why != NULL && strstr(p->why, why) != NULL;
    CU_ASSERT(is_that);
    if (!is_that)
        printf("  %s\n", p->why != NULL ? p->why : "no reason");
    CU_ASSERT(g_strcmp0(pool_reload_why(p->pool), p->why) == 0);
    CU_ASSERT_EQUAL(pool_generation(p->pool), 1);
}

static void a_new_generation_takes_over_without_loss(void)
{
    struct pooled *p = open_good(GOOD);
    reload_loaded(p, GOOD "[plugin attachment]\nfile = %/attachment.so\n"
                          "class = main\n");
    expect_taken(p, 2);
    expect_whole(p);
    CU_ASSERT_EQUAL(pool_plan(p->pool)->scanner_n, 4);
    pooled_for(p, 0, 100);
    CU_ASSERT_EQUAL(zygotes(p), 1);
    printf("  %u mails, longest pause %.1f ms\n", (unsigned)p->answered,
           (double)p->longest_ns / 1e6);
    pooled_free(p);
}

/* What the status says of one plugin's calls; -1: it is not in there. */
static int64_t calls_of(const struct pooled *p, const char *plugin)
{
    g_autofree char *status = pool_status(p->pool);
    g_autofree char *name = g_strdup_printf("{\"name\":\"%s\",", plugin);
    const char *at = strstr(status, "\"plugins\":[");
    at = at != NULL ? strstr(at, name) : NULL;
    at = at != NULL ? strstr(at, "\"calls\":") : NULL;
    return at != NULL ? g_ascii_strtoll(at + strlen("\"calls\":"), NULL, 10)
                      : -1;
}

static void counters_stay_with_those_who_stay(void)
{
    struct pooled *p =
        open_good(GOOD "[plugin gone]\nfile = @/right.so\nclass = beside\n");
    pooled_for(p, FLIGHT, WARM_MS);
    CU_ASSERT(pooled_drain(p));
    int64_t before = calls_of(p, "spam");
    CU_ASSERT(before > 0);
    CU_ASSERT(calls_of(p, "gone") > 0);
    reload_loaded(p, GOOD);
    expect_taken(p, 2);
    while (zygotes(p) > 1)
        pooled_for(p, 0, 10);
    CU_ASSERT(calls_of(p, "spam") > before);
    CU_ASSERT_EQUAL(calls_of(p, "gone"), -1);
    g_autofree char *status = pool_status(p->pool);
    CU_ASSERT_PTR_NULL(strstr(status, "beside"));
    pooled_free(p);
}

static void three_reloads_leave_nothing_behind(void)
{
    struct pooled *p = open_good(GOOD);
    for (unsigned i = 0; i < 3; i++)
        reload_loaded(p, GOOD);
    expect_taken(p, 4);
    expect_whole(p);
    pooled_for(p, 0, 100);
    CU_ASSERT_EQUAL(zygotes(p), 1);
    CU_ASSERT(!pool_is_reloading(p->pool));
    pooled_free(p);
}

static void of_several_that_wait_the_last_is_done(void)
{
    struct pooled *p = open_good(GOOD);
    CU_ASSERT(pooled_reload(p, GOOD));
    CU_ASSERT(pooled_reload(p, GOOD ILL));
    CU_ASSERT(p->told == 1 && !p->is_good);
    CU_ASSERT(pooled_reload(p, "[plugin spam]\nfile = %/spam.so\n"
                               "class = main\n"));
    pooled_until_reloaded(p, FLIGHT, MOST_MS);
    CU_ASSERT(pooled_drain(p));
    expect_taken(p, 2);
    CU_ASSERT_EQUAL(pool_plan(p->pool)->scanner_n, 1);
    pooled_free(p);
}

/* --- admission ------------------------------------------------------------------------ */

static void one_that_fails_its_self_test_is_turned_away(void)
{
    pooled_log_begin();
    struct pooled *p = open_good(GOOD);
    reload_loaded(p, GOOD ILL);
    expect_refused(p, "cannot find its own nose");
    expect_whole(p);
    CU_ASSERT_EQUAL(pool_plan(p->pool)->scanner_n, 3);
    reload_loaded(p, GOOD);
    g_autofree char *log = pooled_log_end();
    expect_taken(p, 3);
    CU_ASSERT_PTR_NOT_NULL(strstr(log, "event=reload.failed"));
    CU_ASSERT_PTR_NOT_NULL(strstr(log, "event=admission.fault"));
    pooled_free(p);
}

static void one_that_dies_in_its_self_test_is_turned_away(void)
{
    pooled_log_begin();
    struct pooled *p = open_good(GOOD);
    reload_loaded(p, GOOD "[plugin ill]\nfile = @/self_test_dies.so\n"
                          "class = main\n");
    expect_refused(p, "ill: died in its self-test: ended by SIGSEGV");
    reload_loaded(p, GOOD "[plugin ill]\nfile = @/self_test_dies.so\n");
    expect_refused(p, "ill: died in its self-test: ended by SIGSEGV");
    g_free(pooled_log_end());
    expect_whole(p);
    pooled_free(p);
}

#define SLEEPY                                                                 \
    GOOD "[plugin sleepy]\nfile = @/naps.so\ntest_ms = 1000\nclass = "

/* A worker of the coming generation that is in a plugin's self-test right now. */
static struct seat *seat_in_test(const struct pooled *p)
{
    const struct generation *coming = p->pool->coming;
    for (unsigned i = 0; coming != NULL && i < coming->crews->len; i++) {
        const struct crew *crew = coming->crews->pdata[i];
        for (unsigned k = 0; k < crew->seat_n; k++) {
            struct seat *seat = &crew->seats[k].seat;
            const struct crumb *crumb = &seat->tray.head->crumb;
            int slot = seat->state == SEAT_READY ? seat_oldest(seat) : -1;
            if (slot >= 0 && seat->loads[slot].task == TRAY_SELF_TEST &&
                atomic_load(&crumb->ticket) != 0 &&
                atomic_load(&crumb->scanner) != 0)
                return seat;
        }
    }
    return NULL;
}

/* Reloads, and kills the first `most` workers that it sees in a self-test.  So many
 * there were. */
static unsigned reload_killed(struct pooled *p, const char *conf, unsigned most)
{
    pid_t last = 0;
    unsigned kills = 0;
    CU_ASSERT_FATAL(pooled_reload(p, conf));
    for (unsigned i = 0; i < MOST_MS / 10 && !p->is_reloaded; i++) {
        const struct seat *seat = seat_in_test(p);
        if (seat != NULL && seat->pid != last && kills < most) {
            last = seat->pid;
            kills += kill(last, SIGKILL) == 0;
        }
        pooled_for(p, FLIGHT, 5);
    }
    CU_ASSERT(pooled_drain(p));
    CU_ASSERT(p->is_reloaded);
    return kills;
}

static void whom_somebody_else_kills_in_its_self_test_is_tested_again(void)
{
    pooled_log_begin();
    struct pooled *p = open_good(GOOD);
    CU_ASSERT_EQUAL(reload_killed(p, SLEEPY "main\n", 1), 1);
    expect_taken(p, 2);
    CU_ASSERT_EQUAL(reload_killed(p, SLEEPY "alone\n", TRIAL_OUTSIDE_MAX),
                    TRIAL_OUTSIDE_MAX);
    expect_taken(p, 3);
    expect_whole(p);
    g_free(pooled_log_end());
    pooled_free(p);
}

static void whose_self_test_is_killed_each_time_is_turned_away(void)
{
    pooled_log_begin();
    struct pooled *p = open_good(GOOD);
    CU_ASSERT_EQUAL(reload_killed(p, SLEEPY "alone\n", 100),
                    TRIAL_OUTSIDE_MAX + 1);
    expect_refused(p, "sleepy: died in its self-test: its process was killed "
                      "from outside");
    expect_whole(p);
    g_free(pooled_log_end());
    pooled_free(p);
}

/* Does a home worker of the coming generation wait for a guest's answer? */
static bool has_question(const struct pooled *p)
{
    const struct generation *coming = p->pool->coming;
    return coming != NULL && coming->carries->len > 0;
}

static void kill_zygote_of(const struct generation *generation,
                           const char *class_name)
{
    for (unsigned i = 0; i < generation->crews->len; i++) {
        const struct crew *crew = generation->crews->pdata[i];
        if (strcmp(crew->class_name, class_name) == 0)
            CU_ASSERT_EQUAL(kill(crew->zygote, SIGKILL), 0);
    }
}

/* However long it takes to load again: more than the time that a question waits. */
static void a_class_that_is_killed_under_a_canary_is_waited_for(void)
{
    pooled_log_begin();
    struct pooled *p = open_good(GOOD);
    unsigned kills = 0;
    CU_ASSERT_FATAL(
        pooled_reload(p, GOOD "[class apart]\nplugin_time = 1 s\n"
                              "[plugin naps]\nfile = @/naps.so\nclass = apart\n"
                              "create_ms = 6000\nhandle_ms = 200\n"));
    for (unsigned i = 0; i < LOAD_MS / 5 && !p->is_reloaded; i++) {
        if (kills == 0 && has_question(p)) {
            kill_zygote_of(p->pool->coming, "apart");
            kills++;
        }
        pooled_for(p, FLIGHT, 5);
    }
    CU_ASSERT(pooled_drain(p));
    CU_ASSERT_EQUAL(kills, 1);
    expect_taken(p, 2);
    g_free(pooled_log_end());
    pooled_free(p);
}

static void an_optional_one_may_be_ill(void)
{
    pooled_log_begin();
    struct pooled *p = open_good(GOOD);
    reload_loaded(p, GOOD ILL "optional = yes\n");
    g_free(pooled_log_end());
    expect_taken(p, 2);
    pooled_free(p);
}

static void what_was_ill_before_keeps_nobody_out(void)
{
    pooled_log_begin();
    struct pooled *p = open_good(GOOD ILL);
    reload_loaded(p, GOOD ILL);
    g_autofree char *log = pooled_log_end();
    expect_taken(p, 2);
    CU_ASSERT_PTR_NOT_NULL(strstr(log, "nose"));
    pooled_free(p);
}

static void one_that_cannot_be_loaded_is_turned_away(void)
{
    pooled_log_begin();
    struct pooled *p = open_good(GOOD);
    reload_loaded(p, GOOD "[plugin none]\nfile = %/no-such-file.so\n");
    expect_refused(p, "no-such-file");
    reload_loaded(p, GOOD "[plugin more]\nfile = %/spam.so\nclass = main\n"
                          "no_such_option = 1\n");
    expect_refused(p, "no_such_option");
    g_free(pooled_log_end());
    expect_whole(p);
    pooled_free(p);
}

static void one_that_takes_a_clean_mail_for_malware_is_turned_away(void)
{
    pooled_log_begin();
    struct pooled *p = open_good(GOOD);
    reload_loaded(p, GOOD "[plugin ill]\nfile = @/segfault.so\nclass = main\n");
    expect_refused(p, "ill: ");
    g_free(pooled_log_end());
    expect_whole(p);
    pooled_free(p);
}

/* --- signatures ------------------------------------------------------------------------ */

/* A folder with Assay's test signatures, EICAR's among them. */
static char *make_signatures(void)
{
    char *dir = g_dir_make_tmp("assay-XXXXXX", NULL);
    g_autofree char *to = g_build_filename(dir, "test.ndb", NULL);
    g_autofree char *text = NULL;
    gsize n;
    CU_ASSERT_FATAL(
        g_file_get_contents("sigs/clamav/assay-test.ndb", &text, &n, NULL));
    CU_ASSERT_FATAL(g_file_set_contents(to, text, (gssize)n, NULL));
    return dir;
}

static void set_signatures(const char *dir, const char *text)
{
    g_autofree char *to = g_build_filename(dir, "test.ndb", NULL);
    CU_ASSERT_FATAL(g_file_set_contents(to, text, -1, NULL));
}

static void an_engine_that_has_gone_blind_is_turned_away(void)
{
    pooled_log_begin();
    g_autofree char *dir = make_signatures();
    g_autofree char *conf =
        g_strconcat(GOOD "[plugin clamav]\nfile = %/clamav.so\nclass = main\n"
                         "database = ",
                    dir, "\n", NULL);
    struct pooled *p = open_good(conf);
    reload_loaded(p, conf);
    expect_taken(p, 2);
    set_signatures(dir, "Other.Thing:0:*:6f7468657274657374\n");
    CU_ASSERT(pooled_reload(p, conf));
    pooled_until_reloaded(p, FLIGHT, MOST_MS);
    CU_ASSERT(pooled_drain(p));
    CU_ASSERT(!p->is_good);
    CU_ASSERT(p->why != NULL && strstr(p->why, "EICAR") != NULL);
    set_signatures(dir, "Half a signa");
    CU_ASSERT(pooled_reload(p, conf));
    pooled_until_reloaded(p, FLIGHT, MOST_MS);
    CU_ASSERT(pooled_drain(p));
    CU_ASSERT(!p->is_good);
    g_autofree char *log = pooled_log_end();
    CU_ASSERT_EQUAL(pool_generation(p->pool), 2);
    expect_whole(p);
    pooled_free(p);
    g_autofree char *file = g_build_filename(dir, "test.ndb", NULL);
    g_unlink(file);
    g_rmdir(dir);
}

static void changed_signatures_are_noticed(void)
{
    pooled_log_begin();
    g_autofree char *dir = make_signatures();
    g_autofree char *file = g_build_filename(dir, "test.ndb", NULL);
    g_autofree char *conf = g_strconcat(
        "[plugin clamav]\nfile = %/clamav.so\nclass = main\ndatabase = ", dir,
        "\n", NULL);
    g_usleep(20000); /* the file system's clock is coarse */
    struct pooled *p = open_good(conf);
    g_autofree char *more = NULL;
    CU_ASSERT_FATAL(g_file_get_contents(file, &more, NULL, NULL));
    g_autofree char *text =
        g_strconcat(more, "Other.Thing:0:*:6f7468657274657374\n", NULL);
    set_signatures(dir, text);
    pooled_for(p, 0, 1500);
    CU_ASSERT_EQUAL(p->changed, 0);
    for (unsigned i = 0; i < 100 && p->changed == 0; i++)
        pooled_for(p, 0, 100);
    CU_ASSERT_EQUAL(p->changed, 1);
    reload_loaded(p, conf);
    expect_taken(p, 2);
    /* What was loaded is no change, nor is the one before told again. */
    pooled_for(p, 0, 2500);
    CU_ASSERT_EQUAL(p->changed, 1);
    g_free(pooled_log_end());
    pooled_free(p);
    g_unlink(file);
    g_rmdir(dir);
}

/* --- drain-first ------------------------------------------------------------------------ */

#define DRAIN "[pool]\nreload = drain-first\n"

static void with_drain_first_there_is_never_more_than_one(void)
{
    pooled_log_begin();
    struct pooled *p = open_good(DRAIN GOOD);
    unsigned most = 0;
    pooled_for(p, FLIGHT, WARM_MS);
    CU_ASSERT_FATAL(pooled_reload(p, DRAIN GOOD));
    for (unsigned i = 0; i < 2000 && !p->is_reloaded; i++) {
        pooled_for(p, FLIGHT, 1);
        most = MAX(most, zygotes(p));
    }
    pooled_for(p, FLIGHT, WARM_MS);
    CU_ASSERT(pooled_drain(p));
    g_autofree char *log = pooled_log_end();
    expect_taken(p, 2);
    expect_whole(p);
    CU_ASSERT_EQUAL(most, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(log, "event=reload.drain-first"));
    printf("  longest pause %.1f ms\n", (double)p->longest_ns / 1e6);
    pooled_free(p);
}

static void with_drain_first_the_old_one_comes_back(void)
{
    pooled_log_begin();
    struct pooled *p = open_good(DRAIN GOOD);
    reload_loaded(p, DRAIN GOOD ILL);
    expect_refused(p, "nose");
    pooled_for(p, FLIGHT, WARM_MS);
    CU_ASSERT(pooled_drain(p));
    reload_loaded(p, DRAIN GOOD);
    g_free(pooled_log_end());
    expect_whole(p);
    expect_taken(p, 3);
    pooled_free(p);
}

UNIT_MAIN("pool_reload", UNIT(a_new_generation_takes_over_without_loss),
          UNIT(counters_stay_with_those_who_stay),
          UNIT(three_reloads_leave_nothing_behind),
          UNIT(of_several_that_wait_the_last_is_done),
          UNIT(one_that_fails_its_self_test_is_turned_away),
          UNIT(one_that_dies_in_its_self_test_is_turned_away),
          UNIT(whom_somebody_else_kills_in_its_self_test_is_tested_again),
          UNIT(whose_self_test_is_killed_each_time_is_turned_away),
          UNIT(a_class_that_is_killed_under_a_canary_is_waited_for),
          UNIT(an_optional_one_may_be_ill),
          UNIT(what_was_ill_before_keeps_nobody_out),
          UNIT(one_that_cannot_be_loaded_is_turned_away),
          UNIT(one_that_takes_a_clean_mail_for_malware_is_turned_away),
          UNIT(an_engine_that_has_gone_blind_is_turned_away),
          UNIT(changed_signatures_are_noticed),
          UNIT(with_drain_first_there_is_never_more_than_one),
          UNIT(with_drain_first_the_old_one_comes_back))
