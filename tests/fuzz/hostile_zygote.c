/* SPDX-License-Identifier: MIT */
#include "hostile_zygote.h"

#include "adversary.h"
#include "base/clock.h"
#include "host/card.h"
#include "pool/orders.h"
#include "pool/zygote.h"

#include <assay/plugin.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

const char hostile_conf[] =
    "[pool]\nworkers_min = 3\nworkers_max = 3\nslots = 4\nplugin_time = 200 ms\n"
    "plugin_warn = 50 ms\nqueue_max = 64\nrecycle_scans = 500\n"
    "[plugin one]\nfile = one.so\nclass = main\n"
    "[plugin two]\nfile = two.so\nclass = main\n"
    "[plugin three]\nfile = three.so\nclass = other\n";

enum {
    SEATS_MAX = 64,
    SCANNERS = 3,
    BLOB_MAX = 1 << 20
};

static const struct {
    const char *name;
    const char *class_name;
    uint64_t flags;
} plugins[SCANNERS] = {
    {"one", "main", ASSAY_FLAG_MALWARE},
    {"two", "main", ASSAY_FLAG_CHILDREN | ASSAY_FLAG_EDITS},
    {"three", "other", ASSAY_FLAG_MALWARE | ASSAY_FLAG_ANSWERS_ALL},
};

static pid_t workers[SEATS_MAX];

/* --- what its plugins are ------------------------------------------------------------ */

static void tell(const struct news *news, int blob)
{
    if (!orders_send(ZYGOTE_FD, news, sizeof *news, &blob, blob >= 0 ? 1 : 0))
        _exit(0);
    if (blob >= 0)
        close(blob);
}

static void pack_card(size_t i, struct packer *to)
{
    char text[] = "made.up";
    const struct card card = {
        .name = g_intern_static_string(plugins[i].name),
        .class_name = g_intern_static_string(plugins[i].class_name),
        .path = text,
        .id = text,
        .title = text,
        .vendor = text,
        .version = text,
        .licence = text,
        .abi_major = ASSAY_ABI_MAJOR,
        .abi_minor = ASSAY_ABI_MINOR,
        .stages = ASSAY_STAGE_BIT(ASSAY_STAGE_OBJECT),
        .flags = plugins[i].flags,
    };
    card_pack(&card, to);
}

static void obey_open(int fd)
{
    const struct news news = {.kind = NEWS_OPENED, .took_ns = 1};
    struct zygote_task task;
    struct unpacker from;
    struct packer to;
    uint32_t n = 0;
    size_t task_n = 0;
    g_autoptr(GBytes) bytes = orders_blob_read(fd, BLOB_MAX);
    g_autoptr(GByteArray) cards = g_byte_array_new();
    if (bytes == NULL)
        _exit(1);
    const void *p = g_bytes_get_data(bytes, &task_n);
    unpacker_init(&from, p, task_n);
    if (!zygote_task_unpack(&from, &task))
        _exit(1);
    packer_grow(&to, cards, BLOB_MAX);
    pack_u32(&to, 0);
    for (size_t i = 0; i < SCANNERS; i++)
        if (strcmp(plugins[i].class_name, task.class_name) == 0) {
            pack_card(i, &to);
            n++;
        }
    pack_u32_at(&to, 0, n);
    pack_u32(&to, 0); /* refusals */
    pack_u32(&to, 0); /* paths */
    tell(&news, orders_blob(cards->data, cards->len));
    zygote_task_clear(&task);
}

/* --- its workers ------------------------------------------------------------------------ */

/* Some objects have a question. */
static int32_t handle(void *self, struct task *task)
{
    (void)self;
    const struct wish *wish;
    if (task->index == 1 && task->object->id % 2 == 1 &&
        task_want(task, ASSAY_WANT_DNS, 1, "example.org", &wish) ==
            ASSAY_RC_PENDING)
        return ASSAY_RC_PENDING;
    struct finding *f = finding_new(NULL);
    f->object = task->object;
    f->status = task->index == 0 ? ASSAY_STATUS_FOUND : ASSAY_STATUS_CLEAN;
    f->kind = task->index == 0 ? ASSAY_KIND_INFO : 0;
    f->name = g_strdup("seen");
    task_report(task, f);
    return ASSAY_RC_OK;
}

_Noreturn static void live(const struct order *order, const int *fds)
{
    static struct scanner scanners[SCANNERS];
    static const struct scanner *list[SCANNERS];
    struct scan_plan plan = {.scanners = list, .scanner_n = SCANNERS};
    limits_default(&plan.limits);
    for (size_t i = 0; i < SCANNERS; i++) {
        scanners[i] =
            (struct scanner){.name = g_intern_static_string(plugins[i].name),
                             .stages = ASSAY_STAGE_BIT(ASSAY_STAGE_OBJECT),
                             .flags = plugins[i].flags,
                             .handle = handle};
        list[i] = &scanners[i];
    }
    struct adversary adversary = {
        .bell = fds[ORDER_FD_BELL],
        .chime = fds[ORDER_FD_CHIME],
        .log = fds[ORDER_FD_LOG],
        .plan = &plan,
        .seed = clock_mono_ns() ^ (uint64_t)getpid() << 32,
    };
    if (adversary_attach(&adversary, fds[ORDER_FD_TRAY], &order->shape))
        adversary_live(&adversary);
    _exit(1);
}

static void obey_fork(const struct order *order, const int *fds)
{
    struct news news = {.kind = NEWS_FORKED, .number = order->number};
    pid_t pid = order->number < SEATS_MAX ? fork() : -1;
    if (pid == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL, 0UL, 0UL, 0UL);
        close(ZYGOTE_FD);
        live(order, fds);
    }
    news.status = pid < 0 ? errno : 0;
    if (pid > 0) {
        workers[order->number] = pid;
        news.pid = pid;
    }
    tell(&news, -1);
}

static void obey(void)
{
    struct order order;
    int fds[ORDERS_FDS_MAX];
    switch (orders_take(ZYGOTE_FD, &order, sizeof order, fds)) {
    case ORDERS_NOTHING:
        return;
    case ORDERS_END:
    default:
        _exit(0);
    case ORDERS_GOT:
        break;
    }
    if (order.kind == ORDER_OPEN)
        obey_open(fds[0]);
    else if (order.kind == ORDER_FORK)
        obey_fork(&order, fds);
    else if (order.kind == ORDER_KILL && order.number < SEATS_MAX &&
             workers[order.number] > 0)
        kill(workers[order.number], SIGKILL);
    for (size_t i = 0; i < ORDERS_FDS_MAX; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

static void bury(void)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (uint32_t i = 0; i < SEATS_MAX; i++)
            if (workers[i] == pid) {
                const struct news news = {.kind = NEWS_DIED,
                                          .number = i,
                                          .pid = pid,
                                          .status = status};
                workers[i] = 0;
                tell(&news, -1);
            }
}

int hostile_zygote_main(void)
{
    struct signalfd_siginfo info;
    sigset_t mask;
    prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL, 0UL, 0UL, 0UL);
    sigemptyset(&mask);
    sigaddset(&mask, SIGCHLD);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    struct pollfd polled[] = {
        {.fd = ZYGOTE_FD, .events = POLLIN},
        {.fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK),
         .events = POLLIN},
    };
    for (;;) {
        if (poll(polled, G_N_ELEMENTS(polled), -1) < 0 && errno != EINTR)
            return 1;
        while (read(polled[1].fd, &info, sizeof info) > 0)
            ;
        bury();
        if (polled[0].revents != 0)
            obey();
    }
}
