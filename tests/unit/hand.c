/* SPDX-License-Identifier: MIT */
#include "hand.h"

#include "base/clock.h"
#include "host/card.h"
#include "host/class.h"
#include "pool/errand.h"
#include "unit.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    WAIT_MS = 20000,
    SLOTS = 4,
    BLOB_MAX = 16 << 20
};

static char *replace(const char *text, const char *what, const char *by)
{
    g_auto(GStrv) parts = g_strsplit(text, what, -1);
    return g_strjoinv(by, parts);
}

static char *folder(const char *relative)
{
    g_autofree char *path = g_canonicalize_filename(unit_build(relative), NULL);
    return g_steal_pointer(&path);
}

char *hand_conf(const char *conf)
{
    g_autofree char *bad = folder("bad");
    g_autofree char *good = folder("plugins");
    g_autofree char *half = replace(conf, "@", bad);
    return replace(half, "%", good);
}

static bool wait_readable(int fd)
{
    struct pollfd one = {.fd = fd, .events = POLLIN};
    return poll(&one, 1, WAIT_MS) == 1;
}

/* As the front does before it believes a zygote. */
static void know_names(const struct hand_how *how)
{
    g_autofree char *text = hand_conf(how->conf);
    g_autofree char *dir = g_get_current_dir();
    g_autoptr(GPtrArray) classes = NULL;
    struct host_how host_how = {0};
    struct conf *conf = NULL;
    if (conf_parse(text, strlen(text), "plugins.conf", dir, &conf, NULL)) {
        host_how.conf = conf;
        (void)host_classes(&host_how, &classes, NULL);
        g_clear_pointer(&classes, g_ptr_array_unref);
    }
    conf_free(conf);
}

static void take_opened(struct hand *hand, GBytes *blob)
{
    size_t n = 0;
    const void *p = g_bytes_get_data(blob, &n);
    struct unpacker from;
    unpacker_init(&from, p, n);
    hand->cards = g_ptr_array_new();
    hand->refusals = g_ptr_array_new();
    CU_ASSERT(card_unpack_host(&from, hand->cards, hand->refusals));
}

static void take_failed(struct hand *hand, GBytes *blob)
{
    size_t n = 0;
    const char *p = g_bytes_get_data(blob, &n);
    g_free(hand->failed);
    hand->failed = g_strndup(p, n);
}

bool hand_news(struct hand *hand, uint32_t kind)
{
    int fds[ORDERS_FDS_MAX];
    while (wait_readable(hand->fd)) {
        if (orders_take(hand->fd, &hand->news, sizeof hand->news, fds) !=
            ORDERS_GOT)
            return false;
        if (fds[0] >= 0) {
            g_autoptr(GBytes) blob = orders_blob_read(fds[0], BLOB_MAX);
            close(fds[0]);
            if (hand->news.kind == NEWS_OPENED)
                take_opened(hand, blob);
            else
                take_failed(hand, blob);
        }
        if (hand->news.kind == kind)
            return true;
        if (hand->news.kind == NEWS_FAILED)
            return false;
    }
    return false;
}

static GBytes *pack_cards(const GPtrArray *cards)
{
    GByteArray *bytes = g_byte_array_new();
    struct packer to;
    packer_grow(&to, bytes, BLOB_MAX);
    for (unsigned i = 0; i < cards->len; i++)
        card_pack(cards->pdata[i], &to);
    return g_byte_array_free_to_bytes(bytes);
}

static void order_open(struct hand *hand, const struct hand_how *how)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    struct zygote_task task = {
        .class_name =
            g_strdup(how->class_name != NULL ? how->class_name : "main"),
        .conf_path = g_strdup("plugins.conf"),
        .conf_dir = g_get_current_dir(),
        .conf_text = hand_conf(how->conf),
        .foreign = how->foreign != NULL ? pack_cards(how->foreign) : NULL,
        .uid = how->uid,
        .gid = how->uid,
        .sandbox_is_required = how->sandbox_is_required,
    };
    struct packer to;
    packer_grow(&to, bytes, BLOB_MAX);
    zygote_task_pack(&task, &to);
    zygote_task_clear(&task);
    int blob = orders_blob(bytes->data, bytes->len);
    const struct order order = {.kind = ORDER_OPEN};
    CU_ASSERT_FATAL(orders_send(hand->fd, &order, sizeof order, &blob, 1));
    close(blob);
}

struct hand *hand_open(const struct hand_how *how)
{
    struct hand *hand = g_new0(struct hand, 1);
    g_autofree char *program = folder("assay");
    g_autoptr(GError) error = NULL;
    CU_ASSERT_FATAL(zygote_start(program, &hand->pid, &hand->fd, &error));
    know_names(how);
    order_open(hand, how);
    hand_news(hand, NEWS_OPENED);
    return hand;
}

struct hand *hand_open_main(const char *conf)
{
    return hand_open(&(struct hand_how){.conf = conf});
}

static void free_all(GPtrArray *all, void (*free_one)(void *))
{
    for (unsigned i = 0; all != NULL && i < all->len; i++)
        free_one(all->pdata[i]);
    if (all != NULL)
        g_ptr_array_unref(all);
}

static void free_card(void *p)
{
    card_free(p);
}

static void free_refusal(void *p)
{
    refusal_free(p);
}

void hand_free(struct hand *hand)
{
    if (hand->fd >= 0)
        close(hand->fd);
    if (hand->pid > 0)
        waitpid(hand->pid, NULL, 0);
    free_all(hand->cards, free_card);
    free_all(hand->refusals, free_refusal);
    g_free(hand->failed);
    g_free(hand);
}

static void read_hello(struct hand_worker *w)
{
    size_t size;
    const uint8_t *room = tray_reply(&w->tray, 0, false, &size);
    g_autofree uint8_t *copy =
        g_memdup2(room, MIN(w->tray.head->hello_n, size));
    struct unpacker from;
    unpacker_init(&from, copy, w->tray.head->hello_n);
    CU_ASSERT(hello_unpack(&from, w->hand->cards->len, &w->hello));
}

static void wait_ready(struct hand_worker *w, uint64_t since_ns)
{
    uint64_t count;
    w->pid = w->hand->news.pid;
    /* It is ready, or there is news of its death. */
    struct pollfd either[] = {{.fd = w->chime, .events = POLLIN},
                              {.fd = w->hand->fd, .events = POLLIN}};
    poll(either, G_N_ELEMENTS(either), WAIT_MS);
    if (either[0].revents == 0 ||
        read(w->chime, &count, sizeof count) != sizeof count ||
        atomic_load(&w->tray.head->phase) != TRAY_READY)
        return;
    w->ready_ns = clock_mono_ns() - since_ns;
    read_hello(w);
}

static struct hand_worker *fork_one(struct hand *hand, uint32_t number,
                                    const struct hand_worker *home)
{
    struct hand_worker *w = g_new0(struct hand_worker, 1);
    struct order order = {.kind = ORDER_FORK, .number = number};
    int log[2];
    w->hand = hand;
    w->number = number;
    tray_shape_for(8 << 20, 8 << 20, true, SLOTS, &order.shape);
    order.home_shape = order.shape;
    order.home_n = home != NULL;
    CU_ASSERT_FATAL(tray_open(&order.shape, &w->tray, NULL));
    w->bell = eventfd(0, EFD_CLOEXEC);
    w->chime = eventfd(0, EFD_CLOEXEC);
    CU_ASSERT_FATAL(pipe2(log, O_CLOEXEC) == 0);
    fcntl(log[0], F_SETFL, O_NONBLOCK);
    w->log = log[0];
    int lent = home != NULL ? tray_fd_to_read(&home->tray) : -1;
    int fds[] = {w->tray.fd, w->bell, w->chime, log[1], lent, -1};
    size_t fd_n = ORDER_FORK_FDS + order.home_n;
    if (hand->net_fd > 0)
        fds[fd_n++] = hand->net_fd;
    uint64_t since_ns = clock_mono_ns();
    CU_ASSERT_FATAL(orders_send(hand->fd, &order, sizeof order, fds, fd_n));
    close(log[1]);
    if (lent >= 0)
        close(lent);
    if (hand_news(hand, NEWS_FORKED))
        wait_ready(w, since_ns);
    return w;
}

struct hand_worker *hand_fork(struct hand *hand, uint32_t number)
{
    return fork_one(hand, number, NULL);
}

struct hand_worker *hand_fork_guest(struct hand *hand, uint32_t number,
                                    struct hand_worker *home)
{
    home->guest = fork_one(hand, number, home);
    return home->guest;
}

void hand_worker_free(struct hand_worker *w)
{
    hello_clear(&w->hello);
    tray_close(&w->tray);
    close(w->bell);
    close(w->chime);
    close(w->log);
    g_free(w);
}

int hand_kill(struct hand_worker *w)
{
    const struct order order = {.kind = ORDER_KILL, .number = w->number};
    orders_send(w->hand->fd, &order, sizeof order, NULL, 0);
    if (!hand_news(w->hand, NEWS_DIED) || w->hand->news.number != w->number)
        return -1;
    return w->hand->news.status;
}

static void queue(struct hand_worker *w, struct tray_slot *slot)
{
    static const uint64_t one = 1;
    static uint64_t ticket;
    slot->ticket = ++ticket;
    atomic_store(&slot->state, TRAY_QUEUED);
    if (atomic_load(&w->tray.head->worker_sleeps) != 0)
        CU_ASSERT(write(w->bell, &one, sizeof one) == sizeof one);
}

void hand_ask(struct hand_worker *w, unsigned slot,
              const struct request *request)
{
    struct tray_slot *s = &w->tray.head->slots[slot];
    struct packer to = {.is_full = true};
    for (unsigned large = 0; large < 2 && to.is_full; large++) {
        size_t size;
        uint8_t *room = tray_request(&w->tray, slot, large != 0, &size);
        packer_fixed(&to, room, size);
        request_pack(request, &to);
        s->is_large_request = large;
    }
    CU_ASSERT(!to.is_full);
    w->raw_n[slot] = request->raw_n;
    s->task = TRAY_SCAN;
    s->is_bulk = (request->flags & REQUEST_BULK) != 0;
    s->request_n = to.n;
    queue(w, s);
}

void hand_task(struct hand_worker *w, unsigned slot, uint32_t task)
{
    struct tray_slot *s = &w->tray.head->slots[slot];
    s->task = task;
    s->request_n = 0;
    s->is_bulk = 0;
    s->is_large_request = 0;
    queue(w, s);
}

/* Where the raw message of a home's running request lies in its tray. */
static void find_raw(const struct hand_worker *home, struct errand *errand)
{
    const struct tray_head *head = home->tray.head;
    for (unsigned i = 0; i < SLOTS; i++) {
        const struct tray_slot *slot = &head->slots[i];
        size_t size;
        if (atomic_load(&slot->state) != TRAY_RUNNING)
            continue;
        const uint8_t *room =
            tray_request(&home->tray, i, slot->is_large_request != 0, &size);
        errand->message = slot->ticket;
        errand->raw_n = home->raw_n[i];
        errand->raw_at =
            (uint64_t)(room - home->tray.map) + slot->request_n - errand->raw_n;
    }
}

static void put_answer(struct hand_worker *home, GBytes *answer)
{
    static const uint64_t one = 1;
    size_t n = 0;
    const void *p = g_bytes_get_data(answer, &n);
    struct tray_ask *ask = &home->tray.head->ask;
    memcpy(home->tray.answer, p, n);
    ask->answer_n = n;
    ask->is_refused = 0;
    atomic_store(&ask->state, TRAY_ANSWERS);
    CU_ASSERT(write(home->bell, &one, sizeof one) == sizeof one);
}

/* Nobody is there to be asked. */
static void put_no_answer(struct hand_worker *home)
{
    static const uint64_t one = 1;
    struct tray_ask *ask = &home->tray.head->ask;
    struct packer to;
    packer_fixed(&to, home->tray.answer, 1024);
    errand_no_pack("crash", "its worker is not there", &to);
    ask->answer_n = to.n;
    ask->is_refused = 1;
    atomic_store(&ask->state, TRAY_ANSWERS);
    CU_ASSERT(write(home->bell, &one, sizeof one) == sizeof one);
}

/* Carries a question to the guest and the answer back. */
static void carry(struct hand_worker *home)
{
    const struct tray_ask *ask = &home->tray.head->ask;
    struct errand errand = {
        .question = home->tray.question,
        .question_n = (size_t)ask->question_n,
    };
    if (home->guest == NULL) {
        put_no_answer(home);
        return;
    }
    find_raw(home, &errand);
    size_t size;
    uint8_t *room = tray_request(&home->guest->tray, 0, true, &size);
    struct packer to;
    packer_fixed(&to, room, size);
    errand_pack(&errand, &to);
    struct tray_slot *slot = &home->guest->tray.head->slots[0];
    *slot = (struct tray_slot){
        .task = TRAY_GUEST, .request_n = to.n, .is_large_request = 1};
    queue(home->guest, slot);
    CU_ASSERT_FATAL(hand_wait(home->guest, 0));
    g_autoptr(GBytes) answer = hand_take(home->guest, 0);
    put_answer(home, answer);
}

bool hand_wait(struct hand_worker *w, unsigned slot)
{
    uint64_t count;
    while (atomic_load(&w->tray.head->slots[slot].state) != TRAY_ANSWERED) {
        if (!wait_readable(w->chime) ||
            read(w->chime, &count, sizeof count) != sizeof count)
            return false;
        if (atomic_load(&w->tray.head->ask.state) == TRAY_ASKED)
            carry(w);
    }
    return true;
}

GBytes *hand_take(struct hand_worker *w, unsigned slot)
{
    struct tray_slot *s = &w->tray.head->slots[slot];
    size_t size;
    const uint8_t *room =
        tray_reply(&w->tray, slot, s->is_large_reply != 0, &size);
    GBytes *bytes = g_bytes_new(room, MIN((size_t)s->reply_n, size));
    if (s->is_large_reply != 0)
        atomic_store(&w->tray.head->large_reply, 0);
    atomic_store(&s->state, TRAY_FREE);
    return bytes;
}

char *hand_log(const struct hand_worker *w)
{
    GString *text = g_string_new(NULL);
    char part[4096];
    ssize_t n;
    while ((n = read(w->log, part, sizeof part)) > 0)
        g_string_append_len(text, part, n);
    return g_string_free(text, false);
}
