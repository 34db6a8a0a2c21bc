/* SPDX-License-Identifier: MIT */
#include "clients.h"

#include "../mta/smtp.h"
#include "base/clock.h"
#include "plan.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define MS UINT64_C(1000000)

enum {
    EVENTS = 64,
    PATIENCE_MS = 90000, /* for any reply; then the connection counts as lost */
    PAUSE_MS = 400,      /* of a connection after a failure */
    RETRY_MS = 800,      /* of a mail, times its attempts */
    RETRY_MAX = 8
};

/* One connection at a time; `mail` is under way where has_mail. */
struct slot {
    struct smtp smtp;
    bool is_open;
    bool has_mail;
    size_t number;
    struct plan_mail plan;
    GString *wire;
    char *rcpts[PLAN_RCPTS + 1];
    struct smtp_mail mail;
    uint64_t since_ns; /* of the last sign of life */
    uint64_t rest_ns;  /* not before */
};

/* A mail that is to be sent again. */
struct again {
    size_t number;
    uint64_t due_ns;
};

struct clients {
    struct sockaddr_in at;
    struct slot *slots;
    size_t slot_n;
    struct attempts *mails;
    size_t n;
    size_t next;
    GArray *again; /* struct again */
    struct clients_sum sum;
    int poller;
};

struct clients *clients_new(const struct sockaddr_in *at, size_t connections,
                            size_t n)
{
    struct clients *c = g_new0(struct clients, 1);
    c->at = *at;
    c->slots = g_new0(struct slot, connections);
    c->slot_n = connections;
    c->mails = g_new0(struct attempts, n);
    c->n = n;
    c->again = g_array_new(false, false, sizeof(struct again));
    c->poller = epoll_create1(EPOLL_CLOEXEC);
    g_assert(c->poller >= 0);
    return c;
}

static void drop_mail(struct slot *slot)
{
    if (!slot->has_mail)
        return;
    slot->has_mail = false;
    plan_clear(&slot->plan);
    g_string_free(slot->wire, TRUE);
    for (size_t i = 0; i < PLAN_RCPTS; i++)
        g_clear_pointer(&slot->rcpts[i], g_free);
}

static void close_slot(struct slot *slot, uint64_t now_ns)
{
    if (slot->is_open)
        smtp_close(&slot->smtp);
    slot->is_open = false;
    slot->rest_ns = now_ns + PAUSE_MS * MS;
}

void clients_free(struct clients *c)
{
    for (size_t i = 0; i < c->slot_n; i++) {
        close_slot(&c->slots[i], 0);
        drop_mail(&c->slots[i]);
    }
    close(c->poller);
    g_array_unref(c->again);
    g_free(c->slots);
    g_free(c->mails);
    g_free(c);
}

/* --- a mail's way ------------------------------------------------------------------------- */

/* The mail that is due, or the next new one. */
static bool take_mail(struct clients *c, uint64_t now_ns, size_t *number)
{
    for (unsigned i = 0; i < c->again->len; i++) {
        const struct again *again = &g_array_index(c->again, struct again, i);
        if (again->due_ns > now_ns)
            continue;
        *number = again->number;
        g_array_remove_index_fast(c->again, i);
        return true;
    }
    if (c->next == c->n)
        return false;
    *number = c->next++;
    return true;
}

static void watch(struct clients *c, size_t i, int how)
{
    struct slot *slot = &c->slots[i];
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = i};
    if (how == EPOLL_CTL_ADD || smtp_wants_to_write(&slot->smtp))
        event.events |= EPOLLOUT;
    if (epoll_ctl(c->poller, how, slot->smtp.fd, &event) != 0)
        g_error("epoll_ctl: %s", g_strerror(errno));
}

static void post(struct clients *c, size_t i, uint64_t now_ns)
{
    struct slot *slot = &c->slots[i];
    slot->since_ns = now_ns;
    if (!take_mail(c, now_ns, &slot->number)) {
        close_slot(slot, now_ns);
        return;
    }
    slot->has_mail = true;
    plan_make(slot->number, &slot->plan);
    slot->wire = plan_wire(&slot->plan);
    for (size_t k = 0; k < PLAN_RCPTS && slot->plan.rcpts[k].name != NULL; k++)
        slot->rcpts[k] =
            g_strconcat(slot->plan.rcpts[k].name, "@example.net", NULL);
    slot->mail = (struct smtp_mail){.from = slot->plan.sender,
                                    .rcpts = (const char *const *)slot->rcpts,
                                    .wire = slot->wire->str,
                                    .n = slot->wire->len};
    c->mails[slot->number].n++;
    smtp_post(&slot->smtp, &slot->mail);
    watch(c, i, EPOLL_CTL_MOD);
}

/* This attempt came to nothing. */
static void failed(struct clients *c, struct slot *slot, uint64_t now_ns)
{
    if (slot->has_mail) {
        struct attempts *mail = &c->mails[slot->number];
        mail->failed++;
        struct again again = {slot->number,
                              now_ns + MIN(mail->failed, (unsigned)RETRY_MAX) *
                                           RETRY_MS * MS};
        g_array_append_val(c->again, again);
    }
    drop_mail(slot);
    close_slot(slot, now_ns);
}

static void answered(struct clients *c, size_t i, uint64_t now_ns)
{
    struct slot *slot = &c->slots[i];
    struct attempts *mail = &c->mails[slot->number];
    int code = slot->smtp.code;
    if (code / 100 != 2 && code / 100 != 5) {
        c->sum.deferred++;
        failed(c, slot, now_ns);
        return;
    }
    mail->code = code;
    c->sum.settled++;
    c->sum.first_try += mail->n == 1;
    drop_mail(slot);
    post(c, i, now_ns);
}

static void serve_slot(struct clients *c, size_t i, uint64_t now_ns)
{
    struct slot *slot = &c->slots[i];
    if (!slot->is_open)
        return;
    slot->since_ns = now_ns;
    switch (smtp_serve(&slot->smtp)) {
    case SMTP_READY:
        post(c, i, now_ns);
        break;
    case SMTP_ANSWERED:
        answered(c, i, now_ns);
        break;
    case SMTP_LOST:
        c->sum.lost += slot->has_mail;
        failed(c, slot, now_ns);
        break;
    case SMTP_WAIT:
    default:
        watch(c, i, EPOLL_CTL_MOD);
    }
}

static void open_slot(struct clients *c, size_t i, uint64_t now_ns)
{
    struct slot *slot = &c->slots[i];
    bool is_due = c->next < c->n;
    for (unsigned k = 0; k < c->again->len; k++)
        is_due |= g_array_index(c->again, struct again, k).due_ns <= now_ns;
    if (!is_due || !smtp_open(&slot->smtp, &c->at))
        return;
    slot->is_open = true;
    slot->since_ns = now_ns;
    watch(c, i, EPOLL_CTL_ADD);
}

void clients_serve(struct clients *c, int wait_ms)
{
    struct epoll_event events[EVENTS];
    uint64_t now_ns = clock_mono_ns();
    for (size_t i = 0; i < c->slot_n; i++) {
        struct slot *slot = &c->slots[i];
        if (slot->is_open && now_ns - slot->since_ns > PATIENCE_MS * MS) {
            c->sum.lost += slot->has_mail;
            failed(c, slot, now_ns);
        } else if (!slot->is_open && now_ns >= slot->rest_ns) {
            open_slot(c, i, now_ns);
        }
    }
    int n = epoll_wait(c->poller, events, EVENTS, wait_ms);
    now_ns = clock_mono_ns();
    for (int i = 0; i < n; i++)
        serve_slot(c, events[i].data.u64, now_ns);
}

size_t clients_in_flight(const struct clients *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->slot_n; i++)
        n += c->slots[i].has_mail;
    return n;
}

const struct clients_sum *clients_sum(const struct clients *c)
{
    return &c->sum;
}

void clients_write(const struct clients *c, FILE *to)
{
    for (size_t i = 0; i < c->n; i++)
        fprintf(to, "%zu %u %u %d\n", i, c->mails[i].n, c->mails[i].failed,
                c->mails[i].code);
}
