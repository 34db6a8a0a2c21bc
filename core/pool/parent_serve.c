/* SPDX-License-Identifier: MIT */
#include "pool/orders.h"
#include "pool/parent.h"
#include "pool/parent_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    ZYGOTES_MAX = 64, /* classes, twice over while generations change */
    END_MS = 5000,    /* how long the killed may take to go */
    NONSENSE = 70 /* exit status where the front made no sense (EX_SOFTWARE) */
};

struct serving {
    const struct parent_setup *setup;
    pid_t front;
    int fd;      /* -1: the front has closed its end */
    int signals; /* signalfd */
    sigset_t mask;
    pid_t zygotes[ZYGOTES_MAX]; /* that live */
    unsigned zygote_n;
    int status; /* of the front, once it has ended */
    bool is_over;
};

static void tell(struct serving *s, const struct parent_news *news)
{
    if (s->fd >= 0)
        (void)orders_send(s->fd, news, sizeof *news, NULL, 0);
}

static void refuse(struct serving *s, const struct parent_order *order, int why)
{
    const struct parent_news news = {
        .kind = PARENT_REFUSED, .pid = order->pid, .status = why};
    tell(s, &news);
}

/* --- orders ------------------------------------------------------------------ */

static void order_start(struct serving *s, const struct parent_order *order,
                        const int fds[2])
{
    pid_t pid = 0;
    int why = s->zygote_n == ZYGOTES_MAX
                  ? EAGAIN
                  : parent_spawn(s->setup, order->uid, fds, &pid);
    if (why != 0) {
        refuse(s, order, why);
        return;
    }
    s->zygotes[s->zygote_n++] = pid;
    const struct parent_news news = {.kind = PARENT_STARTED, .pid = pid};
    tell(s, &news);
}

/* Its number is nobody else's: who has not been waited for keeps it. */
static void order_kill(struct serving *s, const struct parent_order *order)
{
    int why = ESRCH;
    for (unsigned i = 0; i < s->zygote_n; i++)
        if (s->zygotes[i] == order->pid)
            why = kill(order->pid, SIGKILL) == 0 ? 0 : errno;
    const struct parent_news news = {.kind = PARENT_KILLED, .pid = order->pid};
    if (why == 0)
        tell(s, &news);
    else
        refuse(s, order, why);
}

/* --- the loop ---------------------------------------------------------------------- */

/* Every child that is left: zygotes, and what was orphaned below them and below the
 * front.  Killing one may hand over its own. */
static void kill_children(const struct serving *s)
{
    g_autofree char *text = NULL;
    for (unsigned i = 0; i < s->zygote_n; i++)
        kill(s->zygotes[i], SIGKILL);
    if (!g_file_get_contents("/proc/thread-self/children", &text, NULL, NULL))
        return;
    char *at = text;
    for (;;) {
        char *end = at;
        long pid = strtol(at, &end, 10);
        if (end == at)
            break;
        at = end;
        if (pid > 1)
            kill((pid_t)pid, SIGKILL);
    }
}

static void end_all(struct serving *s)
{
    for (unsigned looks = 0; looks < END_MS; looks++) {
        pid_t pid;
        kill_children(s);
        s->zygote_n = 0; /* numbers of the waited for may be others' soon */
        while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
            continue;
        if (pid < 0 && errno == ECHILD)
            return;
        (void)poll(NULL, 0, 1);
    }
}

static _Noreturn void end_nonsense(struct serving *s)
{
    fprintf(stderr,
            "assay: the front sent an order that makes no sense; ends\n");
    kill(s->front, SIGKILL);
    end_all(s);
    _exit(NONSENSE);
}

static void take_order(struct serving *s)
{
    struct parent_order order;
    int fds[ORDERS_FDS_MAX];
    unsigned fd_n = 0;
    enum orders_got got = orders_take(s->fd, &order, sizeof order, fds);
    if (got == ORDERS_NOTHING)
        return;
    if (got == ORDERS_END) {
        /* The end of the front is seen by its death; a live one that closes the link
         * has nothing more to ask, one that sends less or more than an order is
         * cut off just so. */
        close(s->fd);
        s->fd = -1;
        return;
    }
    while (fd_n < ORDERS_FDS_MAX && fds[fd_n] >= 0)
        fd_n++;
    bool is_start = order.kind == PARENT_START && fd_n == 2 && order.pid == 0;
    bool is_kill = order.kind == PARENT_KILL && fd_n == 0 && order.uid == 0;
    if (order.spare != 0 || (!is_start && !is_kill))
        end_nonsense(s);
    if (is_start)
        order_start(s, &order, fds);
    else
        order_kill(s, &order);
    for (unsigned i = 0; i < fd_n; i++)
        close(fds[i]);
}

static void buried(struct serving *s, pid_t pid, int status)
{
    if (pid == s->front) {
        s->status = status;
        s->is_over = true;
        return;
    }
    for (unsigned i = 0; i < s->zygote_n; i++) {
        if (s->zygotes[i] != pid)
            continue;
        const struct parent_news news = {
            .kind = PARENT_DIED, .pid = pid, .status = status};
        s->zygotes[i] = s->zygotes[--s->zygote_n];
        tell(s, &news);
        return;
    }
}

static void reap(struct serving *s)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        buried(s, pid, status);
}

static void take_signal(struct serving *s)
{
    struct signalfd_siginfo info;
    if (read(s->signals, &info, sizeof info) != sizeof info)
        return;
    /* A terminal's goes to the front as well. */
    if (info.ssi_signo != SIGCHLD && info.ssi_code != SI_KERNEL)
        kill(s->front, (int)info.ssi_signo);
    reap(s);
}

static void prepare(struct serving *s)
{
    static const int taken[] = {SIGCHLD, SIGTERM, SIGINT,
                                SIGHUP,  SIGUSR1, SIGUSR2};
    sigemptyset(&s->mask);
    for (size_t i = 0; i < G_N_ELEMENTS(taken); i++)
        sigaddset(&s->mask, taken[i]);
    /* What systemd or a shell left open is the front's. */
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null >= 0) {
        (void)dup2(null, STDIN_FILENO);
        (void)dup2(null, STDOUT_FILENO);
    }
    if (s->fd > ZYGOTE_FD)
        (void)close_range(ZYGOTE_FD, (unsigned)s->fd - 1, 0);
    (void)close_range((unsigned)s->fd + 1, ~0U, 0);
    (void)signal(SIGCHLD, SIG_DFL);
    pthread_sigmask(SIG_SETMASK, &s->mask, NULL); /* all were blocked */
    s->signals = signalfd(-1, &s->mask, SFD_CLOEXEC);
    (void)prctl(PR_SET_DUMPABLE, 0UL, 0UL, 0UL, 0UL);
    if (null < 0 || s->signals < 0)
        end_nonsense(s);
}

/* As the front did: a shell that waits for us learns what it wants to know. */
static _Noreturn void end_by(int signo)
{
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, signo);
    (void)signal(signo, SIG_DFL);
    pthread_sigmask(SIG_UNBLOCK, &one, NULL);
    (void)raise(signo);
    _exit(128 + signo);
}

_Noreturn void parent_serve(const struct parent_setup *setup, pid_t front,
                            int fd)
{
    struct serving s = {.setup = setup, .front = front, .fd = fd};
    prepare(&s);
    reap(&s); /* a front that has ended already */
    while (!s.is_over) {
        struct pollfd looks[] = {{.fd = s.signals, .events = POLLIN},
                                 {.fd = s.fd, .events = POLLIN}};
        if (poll(looks, 2, -1) < 0 && errno != EINTR)
            end_nonsense(&s);
        if (looks[0].revents != 0)
            take_signal(&s);
        if (!s.is_over && s.fd >= 0 && looks[1].revents != 0)
            take_order(&s);
    }
    end_all(&s);
    if (setup->at_end != NULL)
        setup->at_end(setup->self);
    if (WIFEXITED(s.status))
        _exit(WEXITSTATUS(s.status));
    end_by(WTERMSIG(s.status));
}
