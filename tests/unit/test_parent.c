/* SPDX-License-Identifier: MIT */
/*
 * The parent with a front and zygotes that are stand-ins: this program, run again with
 * "zygote" as its argument, answers questions on its descriptor 3.
 */
#include "pool/orders.h"
#include "pool/parent.h"
#include "proc.h"
#include "unit.h"

#include <glib.h>
#include <glib/gstdio.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    FRONT_UID = 65533,
    WORKER_UID = 65534,
    CAPS = 0xe0, /* KILL, SETGID, SETUID: bits 5, 6, 7 */
    FAILED = 100 /* exit codes of a front: line number follows on stderr */
};

/* A copy that every user may run. */
static char *program;

/* --- the zygote ------------------------------------------------------------------ */

/* Its user, and whether it has anything of root, as a line. */
static int zygote(void)
{
    char question = 0;
    char *text = NULL;
    size_t fds = 0;
    for (int fd = 0; fd < 100; fd++)
        fds += fcntl(fd, F_GETFD) >= 0;
    while (read(3, &question, 1) == 1 && question != 'q') {
        if (question == 'f' && fork() == 0) /* a worker that outlives it */
            for (;;)
                pause();
        text = g_strdup_printf("uid=%u fds=%zu env=%s back=%d", getuid(), fds,
                               g_getenv("WORD") != NULL ? g_getenv("WORD") : "",
                               setuid(0) == 0);
        (void)!write(3, text, strlen(text));
        g_free(text);
    }
    return 7;
}

/* --- the front ---------------------------------------------------------------------- */

static bool has_caps(pid_t pid, unsigned long long caps)
{
    return proc_status(pid, "CapEff", 16) == caps &&
           proc_status(pid, "CapPrm", 16) == caps &&
           proc_status(pid, "CapInh", 16) == 0 &&
           proc_status(pid, "CapAmb", 16) == 0 &&
           proc_status(pid, "NoNewPrivs", 10) == 1;
}

/* It gives its rights up while the front does. */
static bool is_parent_small(void)
{
    for (unsigned i = 0; i < 5000; i++) {
        if (has_caps(getppid(), CAPS) &&
            proc_status(getppid(), "CapBnd", 16) == CAPS)
            return true;
        g_usleep(1000);
    }
    return false;
}

/* It gives its rights away while the front begins, whichever of the two is faster. */
static bool parent_becomes_small(void)
{
    for (unsigned i = 0; i < 1000 && !is_parent_small(); i++)
        g_usleep(5000);
    return is_parent_small();
}

struct front {
    struct parent *parent;
    int socket; /* to the zygote */
    pid_t zygote;
};

static bool start(struct front *f)
{
    int ends[2];
    g_autoptr(GError) error = NULL;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return false;
    const int fds[2] = {ends[1], STDERR_FILENO};
    bool is_started =
        parent_start(f->parent, WORKER_UID, fds, &f->zygote, &error);
    if (!is_started)
        fprintf(stderr, "%s\n", error->message);
    close(ends[1]);
    f->socket = ends[0];
    return is_started;
}

/* Without the count of descriptors the answer of every zygote is the same. */
static bool answers(struct front *f, char question)
{
    char text[128] = {0};
    if (write(f->socket, &question, 1) != 1 ||
        read(f->socket, text, sizeof text - 1) <= 0)
        return false;
    return strcmp(text, "uid=65534 fds=4 env=given back=0") == 0;
}

static bool died(struct front *f, int signo)
{
    struct parent_news news;
    bool is_gone = false;
    struct pollfd look = {.fd = parent_fd(f->parent), .events = POLLIN};
    if (!parent_next(f->parent, &news, &is_gone) &&
        (poll(&look, 1, 5000) != 1 || !parent_next(f->parent, &news, &is_gone)))
        return false;
    close(f->socket);
    return news.pid == f->zygote &&
           (signo == 0
                ? WIFEXITED(news.status) && WEXITSTATUS(news.status) == 7
                : WIFSIGNALED(news.status) && WTERMSIG(news.status) == signo);
}

#define NEED(what)                                                             \
    do {                                                                       \
        if (!(what)) {                                                         \
            fprintf(stderr, "test_parent.c:%d: %s\n", __LINE__, #what);        \
            return FAILED;                                                     \
        }                                                                      \
    } while (0)

/* Three changes of generation and a zygote that was killed. */
static int front_lives(struct front *f)
{
    NEED(getuid() == FRONT_UID && has_caps(getpid(), 0) &&
         parent_becomes_small());
    NEED(setuid(0) != 0);
    for (int i = 1; i <= 3; i++) {
        NEED(start(f) && answers(f, 'u') && has_caps(f->zygote, 0));
        NEED(proc_status(f->zygote, "PPid", 10) ==
             (unsigned long long)getppid());
        NEED(kill(f->zygote, SIGKILL) != 0 && errno == EPERM);
        NEED(write(f->socket, "q", 1) == 1 && died(f, 0));
    }
    NEED(start(f) && answers(f, 'u'));
    NEED(parent_kill(f->parent, f->zygote, NULL) && died(f, SIGKILL));
    NEED(start(f) && answers(f, 'u') && is_parent_small());
    return 0;
}

static bool refuses_user(struct front *f, uint32_t uid)
{
    const struct parent_order order = {.kind = PARENT_START, .uid = uid};
    const int fds[2] = {STDERR_FILENO, STDERR_FILENO};
    struct parent_news news = {0};
    struct pollfd look = {.fd = parent_fd(f->parent), .events = POLLIN};
    int none[ORDERS_FDS_MAX];
    return orders_send(parent_fd(f->parent), &order, sizeof order, fds, 2) &&
           poll(&look, 1, 5000) == 1 &&
           orders_take(parent_fd(f->parent), &news, sizeof news, none) ==
               ORDERS_GOT &&
           news.kind == PARENT_REFUSED && news.status == EPERM &&
           !parent_start(f->parent, uid, fds, &f->zygote, NULL);
}

static int front_asks_too_much(struct front *f)
{
    pid_t own = fork();
    if (own == 0)
        for (;;)
            pause();
    g_autoptr(GError) error = NULL;
    NEED(!parent_kill(f->parent, 1, NULL));
    NEED(!parent_kill(f->parent, 0, NULL) && !parent_kill(f->parent, -1, NULL));
    NEED(!parent_kill(f->parent, getppid(), NULL));
    NEED(!parent_kill(f->parent, getpid(), NULL));
    NEED(!parent_kill(f->parent, own, &error));
    NEED(strstr(error->message, "refused: No such process") != NULL);
    NEED(kill(own, 0) == 0 && waitpid(own, NULL, WNOHANG) == 0);
    /* Users that are none of the workers', past our own look at it. */
    NEED(refuses_user(f, 0) && refuses_user(f, FRONT_UID));
    /* Left to the parent, who ends it when this front ends. */
    return start(f) && answers(f, 'f') ? 9 : FAILED;
}

static int front_makes_no_sense(struct front *f)
{
    const struct parent_order order = {.kind = 77};
    NEED(start(f) && answers(f, 'f'));
    NEED(send(parent_fd(f->parent), &order, sizeof order, 0) == sizeof order);
    for (;;)
        pause();
}

static int front_sends_a_fragment(struct front *f)
{
    struct parent_news news;
    bool is_gone = false;
    NEED(start(f));
    NEED(send(parent_fd(f->parent), "x", 1, 0) == 1);
    struct pollfd look = {.fd = parent_fd(f->parent), .events = POLLIN};
    NEED(poll(&look, 1, 5000) == 1);
    NEED(!parent_next(f->parent, &news, &is_gone) && is_gone);
    return 0;
}

static int front_finds_no_program(struct front *f)
{
    return start(f) ? FAILED : 3;
}

static volatile sig_atomic_t is_hung_up;

static void on_hangup(int signo)
{
    (void)signo;
    is_hung_up = 1;
}

static int front_is_signalled(struct front *f)
{
    (void)f;
    sigset_t hangup;
    sigset_t before;
    sigemptyset(&hangup);
    sigaddset(&hangup, SIGHUP);
    sigprocmask(SIG_BLOCK, &hangup, &before);
    signal(SIGHUP, on_hangup);
    (void)!write(STDERR_FILENO, "!", 1); /* ready */
    while (!is_hung_up)
        sigsuspend(&before);
    return 5;
}

/* --- promises --------------------------------------------------------------------------- */

/* Becomes parent and front; every process below holds `held` open.  */
static _Noreturn void begin(const char *path, int (*front)(struct front *),
                            int held)
{
    static const char *const argv[] = {"test_parent", "zygote", NULL};
    static const char *const environment[] = {
        "WORD=given", "ASAN_OPTIONS=detect_leaks=0", NULL};
    static const struct account workers[] = {{WORKER_UID, WORKER_UID}};
    const struct parent_setup setup = {
        .front = {FRONT_UID, FRONT_UID},
        .workers = workers,
        .worker_n = 1,
        .program = path,
        .argv = argv,
        .environment = environment,
    };
    struct front f = {0};
    g_autoptr(GError) error = NULL;
    dup2(held, STDERR_FILENO);
    if (!parent_begin(&setup, &f.parent, &error)) {
        fprintf(stderr, "%s\n", error->message);
        _exit(FAILED);
    }
    _exit(front(&f));
}

/* What the processes say on standard error until none of them is left. */
static void hear(int fd, pid_t parent, int signo, GString *said)
{
    char text[1024];
    struct pollfd look = {.fd = fd, .events = POLLIN};
    while (poll(&look, 1, 20 * 1000) == 1) {
        ssize_t n = read(fd, text, sizeof text);
        if (n <= 0)
            return;
        g_string_append_len(said, text, n);
        if (text[0] == '!' && signo != 0)
            kill(parent, signo);
    }
    g_string_append(said, "some process is left\n");
}

/* Whether the parent ends with `code`, having said `words`, and leaves nobody. */
static bool ends_with(const char *path, int (*front)(struct front *), int code,
                      const char *words)
{
    int held[2];
    int status = 0;
    g_autoptr(GString) said = g_string_new("");
    if (pipe2(held, O_CLOEXEC) != 0)
        return false;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0)
        begin(path, front, held[1]);
    close(held[1]);
    hear(held[0], pid, SIGHUP, said);
    close(held[0]);
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    bool is_good = WIFEXITED(status) && WEXITSTATUS(status) == code &&
                   strcmp(said->str, words) == 0;
    if (!is_good)
        fprintf(stderr, "status %x: %s\n", (unsigned)status, said->str);
    return is_good;
}

static void three_users_none_with_more_than_it_needs(void)
{
    CU_ASSERT(ends_with(program, front_lives, 0, ""));
}

static void only_workers_are_killed_and_all_end_with_the_front(void)
{
    CU_ASSERT(ends_with(program, front_asks_too_much, 9, ""));
}

static void a_front_that_makes_no_sense_is_ended(void)
{
    CU_ASSERT(ends_with(
        program, front_makes_no_sense, 70,
        "assay: the front sent an order that makes no sense; ends\n"));
}

static void a_fragment_of_an_order_cuts_the_link(void)
{
    CU_ASSERT(ends_with(program, front_sends_a_fragment, 0, ""));
}

static void a_program_that_is_not_there_is_told(void)
{
    CU_ASSERT(
        ends_with("/nonexistent", front_finds_no_program, 3,
                  "the parent process refused: No such file or directory\n"));
}

static void signals_are_handed_on(void)
{
    CU_ASSERT(ends_with(program, front_is_signalled, 5, "!"));
}

static void users_have_to_differ(void)
{
    static const struct account workers[] = {{FRONT_UID, FRONT_UID},
                                             {WORKER_UID, WORKER_UID}};
    struct parent_setup setup = {
        .front = {WORKER_UID, WORKER_UID},
        .workers = workers,
        .worker_n = 2,
        .program = program,
    };
    struct parent *parent = NULL;
    CU_ASSERT_FALSE(parent_begin(&setup, &parent, NULL));
    setup.front.uid = 0;
    CU_ASSERT_FALSE(parent_begin(&setup, &parent, NULL));
    setup.front.uid = FRONT_UID;
    CU_ASSERT_FALSE(parent_begin(&setup, &parent, NULL));
    setup.workers = &workers[1];
    setup.worker_n = 1;
    setup.program = "relative";
    CU_ASSERT_FALSE(parent_begin(&setup, &parent, NULL));
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        UNIT(users_have_to_differ),
        UNIT(three_users_none_with_more_than_it_needs),
        UNIT(only_workers_are_killed_and_all_end_with_the_front),
        UNIT(a_front_that_makes_no_sense_is_ended),
        UNIT(a_fragment_of_an_order_cuts_the_link),
        UNIT(a_program_that_is_not_there_is_told),
        UNIT(signals_are_handed_on),
    };
    g_autofree char *own = NULL;
    gsize n = 0;
    if (argc > 1 && strcmp(argv[1], "zygote") == 0)
        return zygote();
    program = g_strdup_printf("/tmp/assay-test-parent-%d", (int)getpid());
    if (!g_file_get_contents("/proc/self/exe", &own, &n, NULL) ||
        !g_file_set_contents(program, own, (gssize)n, NULL) ||
        g_chmod(program, 0755) != 0)
        return 2;
    /* An ordinary user can only look at what is refused. */
    int rc =
        unit_run("parent", tests, geteuid() == 0 ? G_N_ELEMENTS(tests) : 1);
    unlink(program);
    g_free(program);
    return rc;
}
