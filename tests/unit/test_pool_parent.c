/* SPDX-License-Identifier: MIT */
/*
 * A pool as a daemon has it that was started as root: a parent with three capabilities,
 * a front without any, workers of a third user.  What holds at the beginning holds
 * after reloads and deaths, and nobody is left when one of the upper two is killed.
 */
#include "pool/account.h"
#include "pool/memory.h"
#include "pool/parent.h"
#include "pool/zygote.h"
#include "pooling.h"
#include "proc.h"
#include "unit.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    FRONT_UID = 65533,
    CAPS = 0xe0, /* KILL, SETGID, SETUID: bits 5, 6, 7 */
    FAILED = 100,
    PATIENCE_MS = 10000,
    RELOADS = 3
};

#define FOUND "ASSAY-TEST-FOUND"

/* Program and plugin where every user may open them. */
static char *folder;
static struct account worker;

/* --- the front ------------------------------------------------------------------- */

struct front {
    struct parent *parent;
    struct pooling *pooling;
    int said; /* to the test: a line for each process, then "ready" */
    bool is_told;
    bool is_good;
    unsigned zygotes;
    unsigned workers;
    pid_t zygote; /* the last one seen */
};

#define NEED(what)                                                             \
    do {                                                                       \
        if (!(what)) {                                                         \
            dprintf(f->said, "test_pool_parent.c:%d: %s\n", __LINE__, #what);  \
            return FAILED;                                                     \
        }                                                                      \
    } while (0)

static bool is_ordinary(pid_t pid, uid_t uid)
{
    return proc_status(pid, "Uid", 10) == uid &&
           proc_status(pid, "Gid", 10) != 0 &&
           proc_status(pid, "CapEff", 16) == 0 &&
           proc_status(pid, "CapPrm", 16) == 0 &&
           proc_status(pid, "NoNewPrivs", 10) == 1;
}

static void see_zygote(void *self, const char *class_name, pid_t pid)
{
    struct front *f = self;
    (void)class_name;
    f->zygotes++;
    f->zygote = pid;
    f->is_good = f->is_good && is_ordinary(pid, worker.uid);
    if (f->is_told)
        dprintf(f->said, "pid %d\n", (int)pid);
}

static void see_worker(void *self, const char *class_name, unsigned number,
                       pid_t pid)
{
    struct front *f = self;
    (void)class_name;
    (void)number;
    f->workers++;
    /* One that has only been forked is not shut in yet. */
    f->is_good = f->is_good && proc_status(pid, "Uid", 10) == worker.uid &&
                 proc_status(pid, "CapEff", 16) == 0 &&
                 memory_resident(pid) > 0;
    if (f->is_told)
        dprintf(f->said, "pid %d\n", (int)pid);
}

/* Everybody is who he should be. */
static bool are_users_right(struct front *f)
{
    pid_t root = getppid();
    f->is_good = proc_status(root, "Uid", 10) == 0 &&
                 proc_status(root, "CapEff", 16) == CAPS &&
                 proc_status(root, "CapPrm", 16) == CAPS &&
                 proc_status(root, "CapBnd", 16) == CAPS &&
                 is_ordinary(getpid(), FRONT_UID);
    f->zygotes = f->workers = 0;
    pool_each_zygote(f->pooling->pool, see_zygote, f);
    pool_each_worker(f->pooling->pool, see_worker, f);
    return f->is_good && f->zygotes >= 2 && f->workers >= 2;
}

static bool answers(struct front *f)
{
    return strcmp(pooling_scan(f->pooling, FOUND),
                  "word:Test.Word apart:Test.Word") == 0;
}

/* Mail is answered while it lasts. */
static int reload(struct front *f)
{
    struct pool *pool = f->pooling->pool;
    uint64_t before = pool_generation(pool);
    unsigned scans = 0;
    const struct pool_how how = {
        .conf = f->pooling->conf,
        .limits = &f->pooling->limits,
        .options = &f->pooling->options,
    };
    NEED(pool_reload(pool, &how, NULL, NULL, NULL));
    for (; pool_is_reloading(pool); scans++)
        NEED(answers(f));
    NEED(pool_reload_why(pool) == NULL);
    NEED(pool_generation(pool) == before + 1 && scans > 0);
    NEED(are_users_right(f));
    return 0;
}

/* Only the parent can: the front has another user. */
static int lose_zygote(struct front *f)
{
    pid_t lost = f->zygote;
    NEED(kill(lost, SIGKILL) != 0 && errno == EPERM);
    NEED(parent_kill(f->parent, lost, NULL));
    for (int i = 0; i < 10; i++)
        NEED(answers(f));
    uint64_t end_ms = pooling_ms() + PATIENCE_MS;
    do
        pool_run(f->pooling->pool, 5);
    while ((!are_users_right(f) || f->zygote == lost) && pooling_ms() < end_ms);
    NEED(f->zygote != lost && are_users_right(f));
    NEED(answers(f));
    return 0;
}

static int reloads_and_deaths(struct front *f)
{
    NEED(answers(f) && are_users_right(f));
    for (int i = 0; i < RELOADS; i++)
        if (reload(f) != 0)
            return FAILED;
    return lose_zygote(f);
}

/* Works until it is killed. */
static int works_on(struct front *f)
{
    NEED(answers(f));
    f->is_told = true;
    dprintf(f->said, "pid %d\npid %d\n", (int)getppid(), (int)getpid());
    NEED(are_users_right(f));
    dprintf(f->said, "ready\n");
    for (;;)
        (void)answers(f); /* whatever becomes of the others */
}

static _Noreturn void begin(int (*life)(struct front *), int said)
{
    static const char *const environment[] = {"ASAN_OPTIONS=detect_leaks=0",
                                              NULL};
    g_autofree char *program = g_build_filename(folder, "assay", NULL);
    const struct parent_setup setup = {
        .front = {FRONT_UID, FRONT_UID},
        .workers = &worker,
        .worker_n = 1,
        .program = program,
        .argv = zygote_arguments,
        .environment = environment,
    };
    struct front f = {.said = said};
    g_autoptr(GError) error = NULL;
    if (!parent_begin(&setup, &f.parent, &error)) {
        dprintf(said, "%s\n", error->message);
        _exit(FAILED);
    }
    const struct pool_how how = {.parent = f.parent};
    g_autofree char *conf = g_strdup_printf(
        "[pool]\nworkers_min = 1\nworkers_max = 2\nreload = overlap\n"
        "watch = no\n"
        "[plugin word]\nfile = %s/crash_on_word.so\nclass = main\n"
        "[plugin apart]\nfile = %s/crash_on_word.so\n",
        folder, folder);
    f.pooling = pooling_open(conf, &how);
    if (f.pooling->pool == NULL)
        _exit(FAILED);
    int rc = life(&f);
    pooling_free(f.pooling);
    parent_free(f.parent);
    _exit(rc);
}

/* --- the test -------------------------------------------------------------------- */

/* One run: the process that was started, and what its front says. */
struct started {
    pid_t pid;
    FILE *said;
    GArray *pids; /* pid_t: everybody, the parent first, then the front */
};

static struct started start(int (*life)(struct front *))
{
    int ends[2] = {-1, -1};
    struct started run = {.pids = g_array_new(false, false, sizeof(pid_t))};
    CU_ASSERT_EQUAL_FATAL(pipe2(ends, O_CLOEXEC), 0);
    fflush(stdout);
    run.pid = fork();
    if (run.pid == 0)
        begin(life, ends[1]);
    close(ends[1]);
    run.said = fdopen(ends[0], "r");
    return run;
}

static bool is_gone(pid_t pid)
{
    return kill(pid, 0) != 0 && errno == ESRCH;
}

/* Buries whom nobody else does: we are their subreaper. */
static bool are_gone(const GArray *pids)
{
    for (int ms = 0; ms < PATIENCE_MS; ms++) {
        unsigned left = 0;
        for (unsigned i = 0; i < pids->len; i++)
            left += !is_gone(g_array_index(pids, pid_t, i));
        if (left == 0)
            return true;
        while (waitpid(-1, NULL, WNOHANG) > 0)
            continue;
        g_usleep(1000);
    }
    return false;
}

static bool hear_until_ready(struct started *run)
{
    char line[512];
    while (fgets(line, sizeof line, run->said) != NULL) {
        int pid = 0;
        if (strcmp(line, "ready\n") == 0)
            return run->pids->len >= 6;
        if (sscanf(line, "pid %d", &pid) == 1)
            g_array_append_vals(run->pids, &(pid_t){pid}, 1);
        else
            fprintf(stderr, "%s", line);
    }
    return false;
}

/* Kills the parent (0) or the front (1). */
static void kill_one(unsigned which)
{
    struct started run = start(works_on);
    CU_ASSERT_FATAL(hear_until_ready(&run));
    CU_ASSERT_EQUAL(run.pid, g_array_index(run.pids, pid_t, 0));
    CU_ASSERT_EQUAL(kill(g_array_index(run.pids, pid_t, which), SIGKILL), 0);
    bool is_done = are_gone(run.pids);
    CU_ASSERT(is_done);
    for (unsigned i = 0; !is_done && i < run.pids->len; i++)
        kill(g_array_index(run.pids, pid_t, i), SIGKILL);
    fclose(run.said);
    g_array_unref(run.pids);
}

static void users_stay_apart_over_reloads_and_a_killed_zygote(void)
{
    char line[512];
    int status = 0;
    struct started run = start(reloads_and_deaths);
    while (fgets(line, sizeof line, run.said) != NULL)
        fprintf(stderr, "%s", line);
    CU_ASSERT_EQUAL(waitpid(run.pid, &status, 0), run.pid);
    CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    fclose(run.said);
    g_array_unref(run.pids);
}

static void nobody_outlives_a_front_that_was_killed(void)
{
    kill_one(1);
}

static void nobody_outlives_a_parent_that_was_killed(void)
{
    kill_one(0);
}

static bool copy(const char *name)
{
    g_autofree char *base = g_path_get_basename(name);
    g_autofree char *to = g_build_filename(folder, base, NULL);
    g_autofree char *text = NULL;
    gsize n = 0;
    return g_file_get_contents(unit_build(name), &text, &n, NULL) &&
           g_file_set_contents(to, text, (gssize)n, NULL) &&
           g_chmod(to, 0755) == 0;
}

static void remove_copy(const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    unlink(path);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT(users_stay_apart_over_reloads_and_a_killed_zygote),
        UNIT(nobody_outlives_a_front_that_was_killed),
        UNIT(nobody_outlives_a_parent_that_was_killed),
    };
    if (geteuid() != 0) {
        printf("  UNIT    pool_parent   skipped: only root can give processes "
               "other users\n");
        return 0;
    }
    prctl(PR_SET_CHILD_SUBREAPER, 1UL, 0UL, 0UL, 0UL);
    folder = g_dir_make_tmp("assay-test-parent-XXXXXX", NULL);
    int rc = 2;
    if (folder != NULL && g_chmod(folder, 0755) == 0 && copy("assay") &&
        copy("bad/crash_on_word.so") && account_find(NULL, &worker, NULL))
        rc = unit_run("pool_parent", tests, G_N_ELEMENTS(tests));
    remove_copy("assay");
    remove_copy("crash_on_word.so");
    g_rmdir(folder);
    g_free(folder);
    return rc;
}
