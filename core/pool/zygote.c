/* SPDX-License-Identifier: MIT */
#include "pool/zygote.h"

#include "base/clock.h"
#include "base/error.h"
#include "host/card.h"
#include "host/paths.h"
#include "host/scratch.h"
#include "pool/children.h"
#include "pool/gate.h"
#include "pool/opened.h"
#include "pool/worker.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    TASK_MAX = 64 << 20 /* bytes of an ORDER_OPEN: its text and its cards */
};

/* The whole program. */
struct zygote {
    int signals;           /* signalfd: SIGCHLD */
    struct opened *opened; /* NULL: not yet */
    GArray *children;      /* struct child */
    bool is_over;
};

/* --- news ------------------------------------------------------------------------ */

static void tell(struct zygote *z, const struct news *news, int blob)
{
    if (!orders_send(ZYGOTE_FD, news, sizeof *news, &blob, blob >= 0 ? 1 : 0))
        z->is_over = true;
    if (blob >= 0)
        close(blob);
}

static void tell_failed(struct zygote *z, const char *text)
{
    const struct news news = {.kind = NEWS_FAILED};
    tell(z, &news, orders_blob(text, strlen(text)));
    z->is_over = true;
}

/* What was read, beside the configuration: for whoever watches. */
static void pack_paths(const struct host *host, struct packer *to)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    paths_read(host, paths);
    pack_u32(to, paths->len);
    for (unsigned i = 0; i < paths->len; i++)
        pack_text(to, paths->pdata[i]);
}

static void tell_opened(struct zygote *z, uint64_t since_ns)
{
    struct news news = {.kind = NEWS_OPENED};
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    struct packer to;
    packer_grow(&to, bytes, TASK_MAX);
    card_pack_host(z->opened->host, &to);
    pack_paths(z->opened->host, &to);
    int blob = to.is_full ? -1 : orders_blob(bytes->data, bytes->len);
    if (blob < 0) {
        tell_failed(z, "no memory to tell of the plugins");
        return;
    }
    news.took_ns = clock_mono_ns() - since_ns;
    tell(z, &news, blob);
}

/* --- orders ---------------------------------------------------------------------- */

/* As at the start: a plugin's create() may have changed any of it. */
static bool take_signals(void)
{
    static const int ignored[] = {SIGINT, SIGHUP, SIGTERM, SIGQUIT, SIGPIPE};
    sigset_t mask;
    for (size_t i = 0; i < G_N_ELEMENTS(ignored); i++)
        signal(ignored[i], SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    sigemptyset(&mask);
    sigaddset(&mask, SIGCHLD);
    return pthread_sigmask(SIG_SETMASK, &mask, NULL) == 0;
}

static void obey_open(struct zygote *z, int fd)
{
    uint64_t since_ns = clock_mono_ns();
    struct zygote_task task;
    struct unpacker from = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = orders_blob_read(fd, TASK_MAX);
    if (bytes != NULL) {
        size_t n = 0;
        const void *p = g_bytes_get_data(bytes, &n);
        unpacker_init(&from, p, n);
    }
    if (bytes == NULL || z->opened != NULL ||
        !zygote_task_unpack(&from, &task)) {
        tell_failed(z, "an order to open plugins is not well made");
        return;
    }
    bool is_open = opened_new(&task, &z->opened, &error);
    /* A change of user has taken this away. */
    prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL, 0UL, 0UL, 0UL);
    take_signals();
    if (is_open)
        tell_opened(z, since_ns);
    else
        tell_failed(z, error->message);
}

/* In the child.  Never returns. */
static _Noreturn void become_worker(const struct zygote *z,
                                    const struct order *order, const int *fds)
{
    struct worker_how how = {
        .host = z->opened->host,
        .sandbox = z->opened->sandbox,
        .rules = &z->opened->rules,
        .shape = &order->shape,
        .is_home = z->opened->is_home,
        .tray_fd = fds[ORDER_FD_TRAY],
        .bell_fd = fds[ORDER_FD_BELL],
        .chime_fd = fds[ORDER_FD_CHIME],
        .log_fd = fds[ORDER_FD_LOG],
        .home_fds = fds + ORDER_FORK_FDS,
        .home_n = order->home_n,
        .home_shape = &order->home_shape,
        .link = &z->opened->link,
        .extra_fds = fds + ORDER_FORK_FDS + order->home_n,
        .net = z->opened->options.net,
        .class_name = z->opened->task.class_name,
    };
    while (ORDER_FORK_FDS + how.home_n + how.extra_n < ORDERS_FDS_MAX &&
           how.extra_fds[how.extra_n] >= 0)
        how.extra_n++;
    close(ZYGOTE_FD);
    close(z->signals);
    worker_main(&how);
}

static bool is_fork(const struct order *order, const int *fds)
{
    return order->shape.slots >= 1 && order->shape.slots <= TRAY_SLOTS_MAX &&
           order->home_n <= ORDERS_HOMES_MAX &&
           fds[ORDER_FORK_FDS + order->home_n - 1] >= 0;
}

static void obey_fork(struct zygote *z, const struct order *order,
                      const int *fds)
{
    struct news news = {.kind = NEWS_FORKED, .number = order->number};
    uint64_t since_ns = clock_mono_ns();
    bool is_good = z->opened != NULL && is_fork(order, fds) &&
                   children_find(z->children, order->number) == 0;
    struct gate gate;
    errno = EINVAL;
    is_good = is_good && gate_make(&gate);
    pid_t pid = is_good ? fork() : -1;
    if (pid == 0) {
        gate_wait(&gate);
        become_worker(z, order, fds);
    }
    news.status = pid < 0 ? errno : 0;
    news.took_ns = clock_mono_ns() - since_ns;
    if (pid > 0) {
        children_add(z->children, order->number, pid);
        news.pid = (int32_t)pid;
    }
    tell(z, &news, -1);
    if (is_good)
        gate_close(&gate, !z->is_over);
}

static void obey(struct zygote *z, const struct order *order, const int *fds)
{
    pid_t pid;
    switch (order->kind) {
    case ORDER_OPEN:
        obey_open(z, fds[0]);
        break;
    case ORDER_FORK:
        obey_fork(z, order, fds);
        break;
    case ORDER_KILL:
        pid = children_find(z->children, order->number);
        if (pid > 0)
            kill(pid, SIGKILL);
        break;
    default:
        z->is_over = true;
        break;
    }
}

static void take_order(struct zygote *z)
{
    struct order order;
    int fds[ORDERS_FDS_MAX];
    switch (orders_take(ZYGOTE_FD, &order, sizeof order, fds)) {
    case ORDERS_NOTHING:
        return;
    case ORDERS_END:
    default:
        z->is_over = true;
        return;
    case ORDERS_GOT:
        break;
    }
    obey(z, &order, fds);
    for (size_t i = 0; i < ORDERS_FDS_MAX; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

/* --- children -------------------------------------------------------------------- */

/* What a worker leaves may be millions of files: not while others wait. */
static void sweep(const struct opened *opened, pid_t dead)
{
    if (opened->host->scratch == NULL || fork() != 0)
        return;
    paths_sweep(opened->host, dead);
    _exit(0);
}

static void bury(struct zygote *z, pid_t pid, int status,
                 const struct rusage *usage)
{
    struct child child;
    /* Else something that a plugin forked while it was loaded, or a sweeper. */
    if (!children_take(z->children, pid, &child))
        return;
    const struct news news = {
        .kind = NEWS_DIED,
        .number = child.number,
        .pid = (int32_t)pid,
        .status = status,
        .max_rss_kib = (uint64_t)usage->ru_maxrss,
    };
    tell(z, &news, -1);
    if (z->opened != NULL)
        sweep(z->opened, pid);
}

static void reap(struct zygote *z)
{
    struct signalfd_siginfo info;
    while (read(z->signals, &info, sizeof info) == (ssize_t)sizeof info)
        ;
    int status;
    struct rusage usage;
    pid_t pid;
    while ((pid = wait4(-1, &status, WNOHANG, &usage)) > 0)
        bury(z, pid, status, &usage);
}

static void end(struct zygote *z)
{
    children_end(z->children);
    /* No plugin's code any more: it might hang or crash, and nobody would know. */
    if (z->opened != NULL)
        scratch_close(z->opened->host->scratch);
}

int zygote_main(void)
{
    struct zygote z = {
        .children = children_new(),
    };
    sigset_t mask;
    prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL, 0UL, 0UL, 0UL);
    setsid(); /* by which the front knows what it leaves (orphans.h) */
    sigemptyset(&mask);
    sigaddset(&mask, SIGCHLD);
    if (!take_signals())
        return 1;
    z.signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
    if (z.signals < 0)
        return 1;
    struct pollfd polled[] = {
        {.fd = z.signals, .events = POLLIN},
        {.fd = ZYGOTE_FD, .events = POLLIN},
    };
    while (!z.is_over) {
        if (poll(polled, G_N_ELEMENTS(polled), -1) < 0 && errno != EINTR)
            break;
        if (polled[0].revents != 0)
            reap(&z);
        if (polled[1].revents != 0)
            take_order(&z);
    }
    end(&z);
    /* Nothing that a plugin has left for exit() to run. */
    _exit(0);
}
