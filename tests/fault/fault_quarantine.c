/* SPDX-License-Identifier: MIT */
/*
 * Every system call on the way into the quarantine fails once, fails for good, writes
 * short, or is the last that the process makes.  After each:
 *
 *     what was told to be held is on the disk, whole, before anything is mended
 *     when it is told, nothing of it waits for fsync
 *     quarantine_verify() mends the rest, and then finds nothing to do
 *     held again there is one copy
 *
 * A deletion that dies half-way is finished, or has not begun.  A release delivers once:
 * what is told as held was not delivered, what is told as released was, and what was
 * delivered is never sent again unasked.
 */
#include "shim.h"
#include "store/inside.h"
#include "store/release.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    MAILS = 2,
    CALLS_MAX = 5000
};

static const char *const mails[MAILS] = {"Subject: one\r\n\r\n1\r\n",
                                         "Subject: two\r\n\r\n2\r\n"};

/* What the child did; shared with it. */
static struct told {
    bool is_open;
    bool is_kept[MAILS];   /* told so, at least once */
    bool is_deleted;       /* told so */
    bool is_released;      /* told so */
    bool was_unsynced;     /* when it was told */
    bool failed_after_all; /* a fault that was over stopped later calls */
    unsigned calls;
    char what[256];
} * told;

/* One way to go wrong. */
struct way {
    const char *name;
    enum shim_fault fault;
    int error;
};

static const struct way ways[] = {
    {"EIO", SHIM_FAIL, EIO},
    {"ENOSPC", SHIM_FAIL, ENOSPC},
    {"EIO from there on", SHIM_FAIL_FROM, EIO},
    {"a short write", SHIM_SHORT, 0},
    {"SIGKILL", SHIM_DIE, 0},
};

static char *dir;
static struct quarantine_options options;
static unsigned wrong;

static void fail(const char *scenario, const struct way *way, unsigned at,
                 const char *what)
{
    fprintf(stderr, "fault: %s, %s at call %u: %s\n", scenario, way->name, at,
            what);
    wrong++;
}

static int remove_one(const char *path, const struct stat *st, int type,
                      struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static void clean(void)
{
    g_autofree char *path = g_build_filename(dir, "delivered", NULL);
    unlink(path);
    nftw(options.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static struct quarantine_item *make_item(unsigned i)
{
    struct quarantine_item *item = g_new0(struct quarantine_item, 1);
    item->raw = g_bytes_new_static(mails[i], strlen(mails[i]));
    item->kept = (struct kept){.size = strlen(mails[i]),
                               .time_s = 1700000000 + i,
                               .kind = ASSAY_KIND_MALWARE,
                               .action = ASSAY_ACTION_QUARANTINE,
                               .findings = g_strdup("[]"),
                               .session = session_new()};
    g_ptr_array_add(item->kept.session->rcpts, g_strdup("a@example.org"));
    inside_complete(item);
    return item;
}

/* The other's sub-folder, which begins its files' names too: what a failure left of it
 * need not be on the disk for this one. */
static char *fan_of_other(unsigned i)
{
    struct quarantine_item *item = make_item(1 - i);
    char *fan = g_strdup_printf("/q/%.2s", item->kept.id);
    quarantine_item_free(item);
    return fan;
}

static bool keep(struct quarantine *q, unsigned i)
{
    g_autofree char *id = NULL;
    g_autofree char *other = fan_of_other(i);
    struct quarantine_item *item = make_item(i);
    bool is_kept = quarantine_keep(q, item, &id, NULL);
    const char *unsynced = is_kept ? shim_unsynced(other) : NULL;
    if (unsynced != NULL) {
        told->was_unsynced = true;
        g_strlcpy(told->what, unsynced, sizeof told->what);
    }
    if (is_kept)
        told->is_kept[i] = true;
    quarantine_item_free(item);
    return is_kept;
}

/* --- scenarios: run in a child that may die anywhere ------------------------------- */

/* From nothing: the folder, the index, two messages, one of them again. */
static void hold(void)
{
    struct quarantine *q = NULL;
    told->is_open = quarantine_open(&options, &q, NULL);
    if (!told->is_open)
        return;
    keep(q, 0);
    keep(q, 1);
    keep(q, 0);
    told->calls = shim_calls();
    shim_disarm();
    told->failed_after_all = !keep(q, 0) || !keep(q, 1);
    quarantine_close(q);
}

/* Both are there; one is deleted. */
static void delete_one(void)
{
    struct quarantine *q = NULL;
    struct quarantine_item *item = make_item(0);
    told->is_open = quarantine_open(&options, &q, NULL);
    if (told->is_open && inside_begin(q, NULL)) {
        told->is_deleted = inside_delete(q, item->kept.id, NULL);
        inside_end(q);
    }
    told->calls = shim_calls();
    shim_disarm();
    quarantine_close(q);
    quarantine_item_free(item);
}

/* By a sendmail(1) that adds a line to a file. */
static enum release_end release(struct quarantine *q, bool is_again,
                                bool *is_run)
{
    struct quarantine_item *item = make_item(0);
    struct release_told out = {0};
    const struct release_how how = {.is_again = is_again, .now_s = 1700000100};
    *is_run = release_run(q, item->kept.id, &how, &out, NULL);
    state_clear(&out.state);
    quarantine_item_free(item);
    return out.end;
}

static void release_one(void)
{
    struct quarantine *q = NULL;
    bool is_run = false;
    told->is_open = quarantine_open(&options, &q, NULL);
    if (told->is_open) {
        enum release_end end = release(q, false, &is_run);
        told->is_released = is_run && end == RELEASE_DONE;
    }
    told->calls = shim_calls();
    shim_disarm();
    quarantine_close(q);
}

static void prepare_both(void)
{
    struct quarantine *q = NULL;
    if (!quarantine_open(&options, &q, NULL) || !keep(q, 0) || !keep(q, 1))
        abort();
    quarantine_close(q);
    memset(told, 0, sizeof *told);
}

/* --- what must hold afterwards ----------------------------------------------------- */

/* By the file alone. */
static bool is_on_disk(unsigned i)
{
    struct quarantine bare = {.place = {.fd = -1, .lock_fd = -1}};
    struct quarantine_item *item = make_item(i);
    struct sealed sealed = {0};
    const struct inside_wanted all = {SEALED_ALL, &sealed, NULL};
    bool is_there = key_ring_read(options.key_file, NULL, &bare.ring, NULL) &&
                    place_open(&options, false, &bare.place, NULL) &&
                    inside_read(&bare, item->kept.id, &all, NULL) &&
                    g_bytes_equal(sealed.raw, item->raw);
    sealed_clear(&sealed);
    place_close(&bare.place);
    key_ring_clear(&bare.ring);
    quarantine_item_free(item);
    return is_there;
}

static bool has_row(struct quarantine *q, unsigned i)
{
    struct quarantine_item *item = make_item(i);
    struct row row = {0};
    bool found = false;
    bool is_read = index_find(&q->index, item->kept.id, &found, &row, NULL);
    bool is_held = is_read && found && row.now == STATE_HELD;
    row_clear(&row);
    quarantine_item_free(item);
    return is_held;
}

static bool is_mended(struct quarantine *q)
{
    struct quarantine_report r = {0};
    if (!quarantine_verify(q, true, &r, NULL))
        return false;
    quarantine_report_clear(&r);
    if (!quarantine_verify(q, false, &r, NULL))
        return false;
    bool is_well = r.temporary + r.added + r.deleted + r.states +
                           r.interrupted + r.unknown + r.lost + r.damaged ==
                       0 &&
                   r.problems->len == 0;
    quarantine_report_clear(&r);
    return is_well;
}

static const char *check_kept(struct quarantine *q)
{
    uint64_t bytes = 0;
    uint64_t n = 0;
    if (!is_mended(q))
        return "verify did not mend it";
    for (unsigned i = 0; i < MAILS; i++)
        if (is_on_disk(i) != has_row(q, i))
            return "file and row differ after verify";
    if (!keep(q, 0) || !keep(q, 1))
        return "it cannot be held again";
    if (!quarantine_sum(q, &bytes, &n, NULL) || n != MAILS)
        return "there is more than one copy";
    return is_mended(q) ? NULL : "it is not well when held again";
}

static const char *check_hold(struct quarantine *q, bool was_killed)
{
    if (!was_killed && told->failed_after_all)
        return "a fault that is over stops what comes after it";
    return check_kept(q);
}

static const char *check_deletion(struct quarantine *q, bool was_killed)
{
    (void)was_killed;
    if (told->is_deleted && (is_on_disk(0) || has_row(q, 0)))
        return "it was told to be deleted and is there";
    if (!is_on_disk(1))
        return "another message is gone";
    const char *what = is_mended(q) ? NULL : "verify did not mend it";
    if (what == NULL && is_on_disk(0) != has_row(q, 0))
        return "it is half deleted";
    return what != NULL ? what : check_kept(q);
}

static unsigned delivered(void)
{
    g_autofree char *path = g_build_filename(dir, "delivered", NULL);
    g_autofree char *text = NULL;
    gsize n = 0;
    return g_file_get_contents(path, &text, &n, NULL) ? (unsigned)n : 0;
}

static bool now_of(struct quarantine *q, enum state_now *now)
{
    struct quarantine_item *item = make_item(0);
    struct row row = {0};
    bool found = false;
    bool is_read = index_find(&q->index, item->kept.id, &found, &row, NULL);
    *now = row.now;
    row_clear(&row);
    quarantine_item_free(item);
    return is_read && found;
}

/* What is told must be so, and the way on must lead to one delivery. */
static const char *check_release(struct quarantine *q, bool was_killed)
{
    enum state_now now = STATE_LOST;
    bool is_run = false;
    unsigned n = delivered();
    (void)was_killed;
    if (!is_mended(q) || !now_of(q, &now))
        return "verify did not mend it";
    if (now != STATE_UNKNOWN && (now == STATE_RELEASED) != (n == 1))
        return "its state is not what happened";
    if (told->is_released && now != STATE_RELEASED)
        return "told as released, and not remembered";
    release(q, false, &is_run);
    if (!is_run || delivered() > 1)
        return "it was delivered twice";
    if (now == STATE_UNKNOWN && delivered() != n)
        return "it was sent although its fate was unknown";
    if (delivered() == 0)
        release(q, true, &is_run);
    return is_run && delivered() == 1 ? NULL : "it was not delivered once";
}

/* One scenario. */
struct scenario {
    const char *name;
    void (*prepare)(void); /* NULL: from nothing */
    void (*run)(void);
    const char *(*check)(struct quarantine *q, bool was_killed);
    bool is_holding;
};

static const struct scenario scenarios[] = {
    {"holding", NULL, hold, check_hold, true},
    {"deleting", prepare_both, delete_one, check_deletion, false},
    {"releasing", prepare_both, release_one, check_release, false},
};

/* False: the scenario makes fewer calls. */
static bool try(const struct scenario *s, const struct way *way, unsigned at)
{
    int status = 0;
    clean();
    memset(told, 0, sizeof *told);
    if (s->prepare != NULL)
        s->prepare();
    /* Whoever has its other end lives: sendmail(1) outlives who started it. */
    int alive[2];
    char byte;
    if (pipe(alive) != 0)
        abort();
    pid_t pid = fork();
    if (pid == 0) {
        shim_arm(way->fault, at, way->error);
        s->run();
        _exit(0);
    }
    close(alive[1]);
    if (pid < 0 || waitpid(pid, &status, 0) != pid ||
        read(alive[0], &byte, 1) != 0)
        abort();
    close(alive[0]);
    bool was_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    if (!was_killed && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
        fail(s->name, way, at, "the process crashed");
    if (told->was_unsynced)
        fail(s->name, way, at, told->what);
    for (unsigned i = 0; s->is_holding && i < MAILS; i++)
        if (told->is_kept[i] && !is_on_disk(i))
            fail(s->name, way, at, "TOLD TO BE HELD, AND NOT ON THE DISK");
    bool is_reached = was_killed || !told->is_open || told->calls >= at;
    struct quarantine *q = NULL;
    GError *error = NULL;
    if (!quarantine_open(&options, &q, &error)) {
        fail(s->name, way, at, error->message);
        g_error_free(error);
        return is_reached;
    }
    const char *what = s->check(q, was_killed);
    quarantine_close(q);
    if (what != NULL)
        fail(s->name, way, at, what);
    return is_reached;
}

static char *make_sendmail(void)
{
    char *path = g_build_filename(dir, "sendmail", NULL);
    g_autofree char *script = g_strdup_printf(
        "#!/bin/sh\nread -r field && printf x >>'%s/delivered'\n", dir);
    if (!g_file_set_contents(path, script, -1, NULL) || chmod(path, 0700) != 0)
        abort();
    return path;
}

int main(int argc, char **argv)
{
    unsigned tries = 0;
    told = mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE,
                MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    dir = g_dir_make_tmp("fault-XXXXXX", NULL);
    if (told == MAP_FAILED || dir == NULL ||
        !quarantine_options_read(NULL, &options, NULL))
        return 2;
    g_free(options.folder);
    options.folder = g_build_filename(dir, "q", NULL);
    options.min_free = 0;
    options.release_by = QUARANTINE_BY_SENDMAIL;
    g_free(options.sendmail);
    options.sendmail = make_sendmail();
    options.key_file = g_strdup(argc > 1 ? argv[1] : NULL);
    for (size_t s = 0; s < G_N_ELEMENTS(scenarios); s++)
        for (size_t w = 0; w < G_N_ELEMENTS(ways); w++) {
            unsigned at = 1;
            while (at < CALLS_MAX && try(&scenarios[s], &ways[w], at))
                at++;
            printf("fault: %s, %s: at each of %u calls\n", scenarios[s].name,
                   ways[w].name, at - 1);
            tries += at - 1;
            if (at == CALLS_MAX || at < 20)
                fail(scenarios[s].name, &ways[w], at, "the count is not true");
        }
    clean();
    unlink(options.sendmail);
    rmdir(dir);
    printf("fault: %u faults, wrong=%u\n", tries, wrong);
    quarantine_options_clear(&options);
    g_free(dir);
    return wrong > 0 ? 1 : 0;
}
