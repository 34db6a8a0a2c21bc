/* SPDX-License-Identifier: MIT */
#include "pool/parent.h"

#include "base/error.h"
#include "pool/orders.h"
#include "pool/rights.h"

#include <errno.h>
#include <linux/capability.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    ANSWER_MS = 5000
};

struct parent {
    int fd;
    const struct parent_setup *setup;
    GArray
        *news; /* struct parent_news: deaths told while waiting for an answer */
};

static bool fail(GError **error, const char *what)
{
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "cannot %s: %s", what,
                g_strerror(errno));
    return false;
}

/* --- becoming two ------------------------------------------------------------- */

static bool is_roots(const struct account *account)
{
    return account->uid == 0 || account->gid == 0;
}

static bool is_sound(const struct parent_setup *setup, GError **error)
{
    const char *wrong = NULL;
    bool has_root = is_roots(&setup->front) || setup->worker_n == 0;
    bool is_same = false;
    for (size_t i = 0; i < setup->worker_n; i++) {
        has_root = has_root || is_roots(&setup->workers[i]);
        is_same = is_same || setup->workers[i].uid == setup->front.uid;
    }
    if (geteuid() != 0)
        wrong = "only root can give processes other users";
    else if (has_root)
        wrong = "front and workers need users and groups other than root";
    else if (is_same)
        wrong = "front and workers need different users";
    else if (!g_path_is_absolute(setup->program))
        wrong = "the program of zygotes needs an absolute path";
    if (wrong != NULL)
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONF, "%s", wrong);
    return wrong == NULL;
}

/* What the parent keeps of root.  Its children have even less. */
static bool shed(GError **error)
{
    const uint64_t keep = UINT64_C(1) << CAP_SETUID |
                          UINT64_C(1) << CAP_SETGID | UINT64_C(1) << CAP_KILL;
    if (!rights_keep(keep, error))
        return false;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) != 0)
        return fail(error, "give up gaining rights by exec");
    if (prctl(PR_SET_CHILD_SUBREAPER, 1UL, 0UL, 0UL, 0UL) != 0)
        return fail(error, "take in orphans");
    return true;
}

static bool go_on_as_front(const struct parent_setup *setup, int fd, pid_t root,
                           struct parent **out, GError **error)
{
    uint64_t keep =
        setup->front_reads_all ? UINT64_C(1) << CAP_DAC_READ_SEARCH : 0;
    if (!rights_drop_to(setup->front.uid, setup->front.gid, keep, error))
        return false;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) != 0)
        return fail(error, "give up gaining rights by exec");
    /* After the change of user, which would undo it. */
    if (prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL, 0UL, 0UL, 0UL) != 0 ||
        getppid() != root)
        return fail(error, "end with the parent");
    struct parent *parent = g_new0(struct parent, 1);
    parent->fd = fd;
    parent->setup = setup;
    parent->news = g_array_new(false, false, sizeof(struct parent_news));
    *out = parent;
    return true;
}

bool parent_begin(const struct parent_setup *setup, struct parent **out,
                  GError **error)
{
    int ends[2];
    pid_t root = getpid();
    if (!is_sound(setup, error))
        return false;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return fail(error, "join front and parent");
    /* Until the parent takes them none may end it: they are for the front. */
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t front = fork();
    if (front > 0 && shed(error))
        parent_serve(setup, front, ends[0]);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (front == 0) {
        close(ends[0]);
        return go_on_as_front(setup, ends[1], root, out, error);
    }
    if (front < 0)
        (void)fail(error, "start the front");
    close(ends[0]);
    close(ends[1]);
    if (front > 0) {
        kill(front, SIGKILL);
        (void)waitpid(front, NULL, 0);
    }
    return false;
}

/* --- the front's side ------------------------------------------------------------ */

int parent_fd(const struct parent *parent)
{
    return parent->fd;
}

static enum orders_got take(struct parent *parent, struct parent_news *news,
                            int wait_ms)
{
    int fds[ORDERS_FDS_MAX];
    struct pollfd look = {.fd = parent->fd, .events = POLLIN};
    int n;
    do
        n = poll(&look, 1, wait_ms);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return ORDERS_NOTHING;
    return orders_take(parent->fd, news, sizeof *news, fds);
}

/* What the parent answers; deaths that it tells before are kept for later. */
static bool answer(struct parent *parent, struct parent_news *news,
                   GError **error)
{
    for (;;) {
        enum orders_got got = take(parent, news, ANSWER_MS);
        if (got != ORDERS_GOT) {
            g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                        got == ORDERS_END ? "the parent process is gone"
                                          : "the parent process is silent");
            return false;
        }
        if (news->kind != PARENT_DIED)
            break;
        g_array_append_vals(parent->news, news, 1);
    }
    if (news->kind != PARENT_REFUSED)
        return true;
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                "the parent process refused: %s", g_strerror(news->status));
    return false;
}

static bool ask(struct parent *parent, const struct parent_order *order,
                const int *fds, struct parent_news *news, GError **error)
{
    if (!orders_send(parent->fd, order, sizeof *order, fds,
                     fds == NULL ? 0 : 2))
        return fail(error, "ask the parent process");
    return answer(parent, news, error);
}

static bool is_worker(const struct parent_setup *setup, uid_t uid)
{
    for (size_t i = 0; i < setup->worker_n; i++)
        if (setup->workers[i].uid == uid)
            return true;
    return false;
}

bool parent_start(struct parent *parent, uid_t uid, const int fds[2],
                  pid_t *pid, GError **error)
{
    const struct parent_order order = {.kind = PARENT_START, .uid = uid};
    struct parent_news news;
    if (!is_worker(parent->setup, uid)) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                    "user %u was not one of the workers' when Assay was "
                    "started: start it again",
                    (unsigned)uid);
        return false;
    }
    if (!ask(parent, &order, fds, &news, error))
        return false;
    *pid = news.pid;
    return true;
}

bool parent_kill(struct parent *parent, pid_t pid, GError **error)
{
    const struct parent_order order = {.kind = PARENT_KILL, .pid = pid};
    struct parent_news news;
    return ask(parent, &order, NULL, &news, error);
}

bool parent_next(struct parent *parent, struct parent_news *out, bool *is_gone)
{
    *is_gone = false;
    if (parent->news->len > 0) {
        *out = g_array_index(parent->news, struct parent_news, 0);
        g_array_remove_index(parent->news, 0);
        return true;
    }
    struct parent_news news;
    enum orders_got got = take(parent, &news, 0);
    *is_gone = got == ORDERS_END;
    if (got != ORDERS_GOT || news.kind != PARENT_DIED)
        return false;
    *out = news;
    return true;
}

void parent_free(struct parent *parent)
{
    if (parent == NULL)
        return;
    close(parent->fd);
    g_array_unref(parent->news);
    g_free(parent);
}
