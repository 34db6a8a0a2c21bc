/* SPDX-License-Identifier: MIT */
/*
 * A real zygote and real workers, driven by orders: what a worker answers is what a
 * scan in this process finds, and every death is told.
 */
#include "beside.h"
#include "hand.h"
#include "unit.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void workers_are_ready_and_shut_in(void)
{
    struct hand *hand = hand_open_main(beside_in_tree);
    CU_ASSERT_PTR_NOT_NULL_FATAL(hand->cards);
    CU_ASSERT_EQUAL(hand->cards->len, 4);
    CU_ASSERT_EQUAL(hand->refusals->len, 0);
    struct hand_worker *w = hand_fork(hand, 7);
    CU_ASSERT(w->pid > 0);
    CU_ASSERT(w->ready_ns > 0);
    CU_ASSERT_PTR_NULL(w->hello.downs);
    g_autofree char *log = hand_log(w);
    CU_ASSERT_STRING_EQUAL(log, "");
    CU_ASSERT_EQUAL(w->hello.sandbox.words[SANDBOX_SECCOMP].state,
                    SANDBOX_GIVEN);
    printf("  ready after %.2f ms\n", (double)w->ready_ns / 1e6);
    int status = hand_kill(w);
    CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    hand_worker_free(w);
    hand_free(hand);
}

static void workers_find_what_this_process_finds(void)
{
    struct beside both;
    beside_open_main(&both, beside_in_tree);
    g_autoptr(GPtrArray) mails = beside_samples();
    CU_ASSERT(mails->len > 20);
    struct hand_worker *w[] = {hand_fork(both.hand, 0),
                               hand_fork(both.hand, 1)};
    CU_ASSERT_FATAL(w[0]->ready_ns > 0 && w[1]->ready_ns > 0);
    for (unsigned i = 0; i < mails->len; i++)
        beside_compare(&both, w[i % 2], i / 2 % 4, mails->pdata[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(w); i++) {
        g_autofree char *log = hand_log(w[i]);
        CU_ASSERT_STRING_EQUAL(log, "");
        hand_worker_free(w[i]);
    }
    beside_close(&both);
}

/* --- deaths ---------------------------------------------------------------------- */

static const char crasher[] =
    "[plugin right]\nfile = @/right.so\nclass = main\n"
    "[plugin crash]\nfile = @/crash_on_word.so\nclass = main\n";

static void a_death_is_told_with_plugin_and_object(void)
{
    static const struct {
        const char *word;
        int signal;
    } cases[] = {{"ASSAY-TEST-SEGV", SIGSEGV}, {"ASSAY-TEST-EXIT", 0}};
    struct beside both;
    beside_open_main(&both, crasher);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct hand_worker *w = hand_fork(both.hand, i);
        struct crumb_copy crumb;
        g_autoptr(GBytes) raw = beside_mail(cases[i].word);
        beside_ask(&both, w, 1, raw);
        CU_ASSERT_FATAL(hand_news(both.hand, NEWS_DIED));
        const struct news *news = &both.hand->news;
        CU_ASSERT_EQUAL(news->number, i);
        CU_ASSERT_EQUAL(news->pid, w->pid);
        CU_ASSERT(news->max_rss_kib > 1000);
        CU_ASSERT_EQUAL(WIFSIGNALED(news->status) ? WTERMSIG(news->status) : 0,
                        cases[i].signal);
        crumb_read(&w->tray.head->crumb, both.plan.scanner_n, &crumb);
        CU_ASSERT_EQUAL(crumb.ticket, w->tray.head->slots[1].ticket);
        CU_ASSERT_EQUAL_FATAL(crumb.scanner, 2);
        CU_ASSERT_STRING_EQUAL(crumb.where, "2");
        CU_ASSERT_STRING_EQUAL(crumb.type, "text/html");
        CU_ASSERT(crumb.call_ns >= crumb.since_ns && crumb.since_ns > 0);
        /* The same seat again. */
        tray_reset(&w->tray);
        hand_worker_free(w);
    }
    beside_close(&both);
}

static void a_hanging_worker_is_killed_by_order(void)
{
    struct beside both;
    beside_open_main(&both, crasher);
    struct hand_worker *w = hand_fork(both.hand, 3);
    g_autoptr(GBytes) raw = beside_mail("ASSAY-TEST-HANG");
    beside_ask(&both, w, 0, raw);
    while (atomic_load(&w->tray.head->crumb.scanner) != 2)
        usleep(1000);
    int status = hand_kill(w);
    CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    CU_ASSERT_EQUAL(atomic_load(&w->tray.head->slots[0].state), TRAY_RUNNING);
    hand_worker_free(w);
    beside_close(&both);
}

/* The line of /proc/PID/status that begins with `what`; yours. */
static char *status_line(pid_t pid, const char *what)
{
    g_autofree char *path = g_strdup_printf("/proc/%ld/status", (long)pid);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return g_strdup("");
    const char *at = strstr(text, what);
    return at != NULL ? g_strndup(at, strcspn(at, "\n")) : g_strdup("");
}

/* Or dead, and its new parent has not looked yet. */
static bool is_gone(pid_t pid)
{
    for (unsigned i = 0; i < 200; i++) {
        g_autofree char *state = status_line(pid, "State:");
        if (state[0] == '\0' || strchr(state, 'Z') != NULL)
            return true;
        usleep(10000);
    }
    return false;
}

static void all_end_when_the_socket_is_closed(void)
{
    struct hand *hand = hand_open_main(crasher);
    struct hand_worker *w[] = {hand_fork(hand, 0), hand_fork(hand, 1)};
    pid_t zygote = hand->pid;
    hand_free(hand);
    CU_ASSERT(is_gone(zygote));
    for (size_t i = 0; i < G_N_ELEMENTS(w); i++) {
        CU_ASSERT(is_gone(w[i]->pid));
        hand_worker_free(w[i]);
    }
}

static void a_killed_zygote_takes_its_workers_along(void)
{
    struct hand *hand = hand_open_main(crasher);
    struct hand_worker *w[] = {hand_fork(hand, 0), hand_fork(hand, 1)};
    kill(hand->pid, SIGKILL);
    CU_ASSERT(!hand_news(hand, NEWS_DIED));
    for (size_t i = 0; i < G_N_ELEMENTS(w); i++) {
        CU_ASSERT(w[i]->pid > 0 && is_gone(w[i]->pid));
        hand_worker_free(w[i]);
    }
    hand_free(hand);
}

/* Nobody hears of it, as when the front has given up on its zygote. */
static void a_worker_that_nobody_was_told_of_does_not_begin(void)
{
    struct hand *hand = hand_open_main(crasher);
    pid_t zygote = hand->pid;
    shutdown(hand->fd, SHUT_RD);
    struct hand_worker *w = hand_fork(hand, 0);
    CU_ASSERT_EQUAL(w->ready_ns, 0);
    CU_ASSERT(is_gone(zygote));
    CU_ASSERT_EQUAL(atomic_load(&w->tray.head->phase), TRAY_STARTING);
    hand_worker_free(w);
    hand_free(hand);
}

static void a_zygote_says_why_it_does_not_open(void)
{
    struct hand *hand = hand_open_main("[plugin right]\nfile = @/right.so\n"
                                       "class = main\nno_such = 1\n");
    CU_ASSERT_PTR_NULL(hand->cards);
    CU_ASSERT_PTR_NOT_NULL_FATAL(hand->failed);
    CU_ASSERT_PTR_NOT_NULL(strstr(hand->failed, "plugins.conf:4: [right]"));
    hand_free(hand);
}

/* --- other classes --------------------------------------------------------------- */

static const char split[] =
    "[plugin attachment]\nfile = %/attachment.so\nclass = main\n"
    "block_lists = sigs/attachment/owa-today.list, "
    "sigs/attachment/assay-detected.list\n"
    "macro_lists = sigs/attachment/macro-documents.list\n"
    "[plugin archive]\nfile = %/archive.so\nclass = abroad\n"
    "[plugin tnef]\nfile = %/tnef.so\nclass = main\n"
    "[plugin spam]\nfile = %/spam.so\nclass = abroad\n";

/* A home worker and a guest; both->hand is the home's. */
struct split_pool {
    struct beside both;
    struct hand *abroad;
    struct hand_worker *home;
    struct hand_worker *guest;
};

static void split_open(struct split_pool *p, const char *conf)
{
    *p = (struct split_pool){
        .abroad =
            hand_open(&(struct hand_how){.conf = conf, .class_name = "abroad"}),
    };
    CU_ASSERT_PTR_NOT_NULL_FATAL(p->abroad->cards);
    beside_open(&p->both,
                &(struct hand_how){.conf = conf, .foreign = p->abroad->cards});
    p->home = hand_fork(p->both.hand, 0);
    p->guest = hand_fork_guest(p->abroad, 0, p->home);
    CU_ASSERT_FATAL(p->home->ready_ns > 0 && p->guest->ready_ns > 0);
}

static void split_close(struct split_pool *p)
{
    hand_worker_free(p->home);
    hand_worker_free(p->guest);
    beside_close(&p->both);
    hand_free(p->abroad);
}

static void a_plugin_of_another_class_finds_the_same(void)
{
    struct split_pool p;
    split_open(&p, split);
    g_autoptr(GPtrArray) mails = beside_samples();
    for (unsigned i = 0; i < mails->len; i++)
        beside_compare(&p.both, p.home, i % 4, mails->pdata[i]);
    /* Its answers did come from there. */
    CU_ASSERT(p.guest->tray.head->slots[0].ticket > mails->len);
    split_close(&p);
}

static void a_missing_class_is_told_of_every_plugin(void)
{
    struct split_pool p;
    split_open(&p, split);
    g_autoptr(GBytes) raw = beside_mail("nothing");
    p.home->guest = NULL;
    beside_ask(&p.both, p.home, 0, raw);
    g_autofree char *there = beside_there(&p.both, p.home, 0, raw);
    CU_ASSERT_PTR_NOT_NULL_FATAL(there);
    CU_ASSERT_PTR_NOT_NULL(strstr(there, "\"its worker is not there\""));
    split_close(&p);
}

/* --- who it is ------------------------------------------------------------------- */

enum {
    NOBODY = 65534
};

/* Can everybody come to the build folder? */
static bool is_open_to_all(void)
{
    g_autofree char *path = g_canonicalize_filename(unit_build("assay"), NULL);
    struct stat st;
    while (stat(path, &st) == 0 && (st.st_mode & S_IXOTH) != 0) {
        if (strcmp(path, "/") == 0)
            return true;
        char *above = g_path_get_dirname(path);
        g_free(path);
        path = above;
    }
    return false;
}

static void root_is_given_up_before_the_first_plugin(void)
{
    if (geteuid() != 0 || !is_open_to_all()) {
        puts("  not tried: needs root, and a build folder open to all");
        return;
    }
    struct hand *hand = hand_open(&(struct hand_how){
        .conf = crasher, .uid = NOBODY, .sandbox_is_required = true});
    if (hand->failed != NULL)
        puts(hand->failed);
    CU_ASSERT_PTR_NOT_NULL_FATAL(hand->cards);
    struct hand_worker *w = hand_fork(hand, 0);
    g_autofree char *log = hand_log(w);
    CU_ASSERT_STRING_EQUAL(log, "");
    CU_ASSERT_FATAL(w->ready_ns > 0);
    const pid_t pids[] = {hand->pid, w->pid};
    for (size_t i = 0; i < G_N_ELEMENTS(pids); i++) {
        g_autofree char *uid = status_line(pids[i], "Uid:");
        g_autofree char *groups = status_line(pids[i], "Groups:");
        CU_ASSERT_STRING_EQUAL(uid, "Uid:\t65534\t65534\t65534\t65534");
        CU_ASSERT_PTR_NULL(strpbrk(groups, "0123456789"));
    }
    for (unsigned i = 0; i < SANDBOX_MEASURES; i++)
        CU_ASSERT_NOT_EQUAL(w->hello.sandbox.words[i].state, SANDBOX_MISSING);
    hand_worker_free(w);
    hand_free(hand);
}

static void a_required_sandbox_that_lacks_something_is_no_worker(void)
{
    if (geteuid() != 0)
        return; /* what is lacking here is that it is not root */
    struct hand *hand = hand_open(
        &(struct hand_how){.conf = crasher, .sandbox_is_required = true});
    CU_ASSERT_PTR_NOT_NULL_FATAL(hand->cards);
    struct hand_worker *w = hand_fork(hand, 0);
    CU_ASSERT_EQUAL(w->ready_ns, 0);
    CU_ASSERT(hand_news(hand, NEWS_DIED));
    g_autofree char *log = hand_log(w);
    CU_ASSERT_PTR_NOT_NULL(strstr(log, "sandbox = required, but uid"));
    hand_worker_free(w);
    hand_free(hand);
}

/* --- figures --------------------------------------------------------------------- */

static double fork_ms(const char *conf, unsigned n)
{
    struct hand *hand = hand_open_main(conf);
    CU_ASSERT_PTR_NOT_NULL_FATAL(hand->cards);
    uint64_t best = UINT64_MAX;
    for (unsigned i = 0; i < n; i++) {
        struct hand_worker *w = hand_fork(hand, i);
        CU_ASSERT(w->ready_ns > 0);
        best = MIN(best, w->ready_ns);
        hand_kill(w);
        hand_worker_free(w);
    }
    hand_free(hand);
    return (double)best / 1e6;
}

/* A folder with as many hashes of malware as a small official database; yours. */
static char *many_signatures(void)
{
    enum {
        SIGNATURES = 100000
    };

    char *dir = g_dir_make_tmp("assay-signatures-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "many.hsb", NULL);
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    for (unsigned i = 0; i < SIGNATURES; i++)
        fprintf(file, "%08x%056x:%u:Test.Many-%u:73\n", i * 2654435761U, i,
                1000 + i % 5000, i);
    fclose(file);
    return dir;
}

static void a_fork_is_quick_whatever_is_loaded(void)
{
    g_autofree char *dir = many_signatures();
    g_autofree char *path = g_build_filename(dir, "many.hsb", NULL);
    g_autofree char *conf = g_strdup_printf(
        "[plugin clamav]\nfile = %%/clamav.so\nclass = main\ndatabase = %s\n",
        dir);
    double small = fork_ms(crasher, 5);
    double large = fork_ms(conf, 5);
    printf("  ready after %.2f ms, with 100,000 signatures %.2f ms\n", small,
           large);
    CU_ASSERT(small < 1000 && large < 1000);
    unlink(path);
    rmdir(dir);
}

UNIT_MAIN("zygote", UNIT(workers_are_ready_and_shut_in),
          UNIT(workers_find_what_this_process_finds),
          UNIT(a_death_is_told_with_plugin_and_object),
          UNIT(a_hanging_worker_is_killed_by_order),
          UNIT(all_end_when_the_socket_is_closed),
          UNIT(a_killed_zygote_takes_its_workers_along),
          UNIT(a_worker_that_nobody_was_told_of_does_not_begin),
          UNIT(a_zygote_says_why_it_does_not_open),
          UNIT(a_plugin_of_another_class_finds_the_same),
          UNIT(a_missing_class_is_told_of_every_plugin),
          UNIT(root_is_given_up_before_the_first_plugin),
          UNIT(a_required_sandbox_that_lacks_something_is_no_worker),
          UNIT(a_fork_is_quick_whatever_is_loaded))
