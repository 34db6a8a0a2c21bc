/* SPDX-License-Identifier: MIT */
#include "pool/seat.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

enum {
    HEARD_AT_ONCE = 4096
};

/* Both ends of a bell; `mine`, one of them, is the front's. */
static bool open_bell(int *rings, int *hears, const int *mine, GError **error)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                    "no pipe for a worker: %s", g_strerror(errno));
        return false;
    }
    *hears = ends[0];
    *rings = ends[1];
    fcntl(*mine, F_SETFL, O_NONBLOCK);
    return true;
}

bool seat_open(struct seat *seat, unsigned number,
               const struct tray_shape *shape, GError **error)
{
    *seat = (struct seat){.number = number,
                          .bell = -1,
                          .chime = -1,
                          .worker_bell = -1,
                          .worker_chime = -1,
                          .log = -1,
                          .tray = {.fd = -1},
                          .next_ticket = 1};
    if (tray_open(shape, &seat->tray, error) &&
        open_bell(&seat->bell, &seat->worker_bell, &seat->bell, error) &&
        open_bell(&seat->worker_chime, &seat->chime, &seat->chime, error))
        return true;
    seat_close(seat);
    return false;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void seat_close(struct seat *seat)
{
    tray_close(&seat->tray);
    close_fd(&seat->bell);
    close_fd(&seat->chime);
    close_fd(&seat->worker_bell);
    close_fd(&seat->worker_chime);
    close_fd(&seat->log);
}

void seat_enter(struct seat *seat, enum seat_state state, uint64_t now_ns)
{
    seat->state = state;
    seat->state_ns = now_ns;
}

void seat_empty(struct seat *seat, uint64_t now_ns)
{
    tray_reset(&seat->tray);
    if (seat->has_touched_large)
        tray_punch(&seat->tray);
    memset(seat->loads, 0, sizeof seat->loads);
    seat->load_n = 0;
    seat->pid = 0;
    seat->scans = 0;
    seat->asleep_ns = 0;
    seat->looked_scans = 0;
    seat->rss_kib = 0;
    seat->warned_ns = 0;
    seat->is_slow = false;
    seat->needs_ring = false;
    seat->has_touched_large = false;
    seat->was_killed = false;
    close_fd(&seat->log);
    seat_enter(seat, SEAT_EMPTY, now_ns);
}

static bool has_large(const struct seat *seat)
{
    for (unsigned i = 0; i < seat->tray.shape.slots; i++)
        if (seat->loads[i].ticket != 0 && seat->loads[i].is_large)
            return true;
    return false;
}

int seat_room(const struct seat *seat, bool is_large, uint8_t **room,
              size_t *size)
{
    if (is_large && has_large(seat))
        return -1;
    for (unsigned i = 0; i < seat->tray.shape.slots; i++) {
        if (seat->loads[i].ticket != 0)
            continue;
        *room = tray_request(&seat->tray, i, is_large, size);
        return (int)i;
    }
    return -1;
}

void seat_place(struct seat *seat, unsigned slot, const struct load *load,
                size_t n, bool is_bulk)
{
    struct load *own = &seat->loads[slot];
    struct tray_slot *shared = &seat->tray.head->slots[slot];
    *own = *load;
    own->ticket = seat->next_ticket++;
    if (seat->load_n++ == 0)
        seat->current_ns = load->placed_ns;
    seat->has_touched_large = seat->has_touched_large || load->is_large;
    shared->ticket = own->ticket;
    shared->task = load->task;
    shared->request_n = n;
    shared->reply_n = 0;
    shared->is_large_request = load->is_large;
    shared->is_large_reply = 0;
    shared->is_bulk = is_bulk;
    atomic_store(&shared->state, TRAY_QUEUED);
    seat->needs_ring = true;
    seat->asleep_ns = 0;
}

static void ring(int fd)
{
    ssize_t done = write(fd, "", 1);
    (void)done; /* a full pipe rings as well */
}

void seat_hear(struct seat *seat)
{
    char rings[HEARD_AT_ONCE];
    ssize_t got = read(seat->chime, rings, sizeof rings);
    (void)got; /* what is left rings again */
}

void seat_ring(struct seat *seat)
{
    if (seat->needs_ring && atomic_load(&seat->tray.head->worker_sleeps) != 0)
        ring(seat->bell);
    seat->needs_ring = false;
}

static void take_out(struct seat *seat, unsigned slot, struct load *load)
{
    *load = seat->loads[slot];
    seat->loads[slot] = (struct load){0};
    seat->load_n--;
}

bool seat_withdraw(struct seat *seat, unsigned slot)
{
    uint32_t queued = TRAY_QUEUED;
    struct load load;
    if (seat->loads[slot].ticket == 0 ||
        !atomic_compare_exchange_strong(&seat->tray.head->slots[slot].state,
                                        &queued, TRAY_FREE))
        return false;
    take_out(seat, slot, &load);
    return true;
}

bool seat_is_answered(const struct seat *seat, unsigned slot)
{
    return atomic_load(&seat->tray.head->slots[slot].state) == TRAY_ANSWERED;
}

int seat_oldest(const struct seat *seat)
{
    int oldest = -1;
    for (unsigned i = 0; i < seat->tray.shape.slots; i++)
        if (seat->loads[i].ticket != 0 &&
            (oldest < 0 || seat->loads[i].ticket < seat->loads[oldest].ticket))
            oldest = (int)i;
    return oldest;
}

bool seat_take_oldest(struct seat *seat, struct load *load)
{
    int oldest = seat_oldest(seat);
    if (oldest < 0)
        return false;
    take_out(seat, (unsigned)oldest, load);
    return true;
}

/* Copies the reply of a slot, all at once: pool/tray.h says how long that takes.  What
 * it says of its length is read once. */
static void copy_reply(struct seat *seat, unsigned slot, GByteArray *to)
{
    struct tray_head *head = seat->tray.head;
    const volatile struct tray_slot *shared = &head->slots[slot];
    bool is_large = shared->is_large_reply != 0;
    uint64_t n = shared->reply_n;
    size_t size;
    const uint8_t *reply = tray_reply(&seat->tray, slot, is_large, &size);
    g_byte_array_set_size(to, 0);
    if (n <= size && n <= UINT_MAX)
        g_byte_array_append(to, reply, (unsigned)n);
    if (is_large) {
        seat->has_touched_large = true;
        atomic_store(&head->large_reply, 0);
        ring(seat->bell); /* it may wait for this room */
    }
}

bool seat_answer(struct seat *seat, struct load *load, GByteArray *to,
                 uint64_t now_ns)
{
    /* In order of tickets, as the worker works. */
    int slot = seat_oldest(seat);
    if (slot < 0 || atomic_load_explicit(&seat->tray.head->slots[slot].state,
                                         memory_order_acquire) != TRAY_ANSWERED)
        return false;
    copy_reply(seat, (unsigned)slot, to);
    atomic_store(&seat->tray.head->slots[slot].state, TRAY_FREE);
    take_out(seat, (unsigned)slot, load);
    seat->current_ns = now_ns;
    seat->is_slow = false;
    seat->asleep_ns = 0;
    seat->scans++;
    if (seat->load_n == 0 && seat->has_touched_large) {
        tray_punch(&seat->tray);
        seat->has_touched_large = false;
    }
    return true;
}

bool seat_hello(struct seat *seat, GByteArray *to)
{
    if (atomic_load_explicit(&seat->tray.head->phase, memory_order_acquire) !=
        TRAY_READY)
        return false;
    size_t size;
    const uint8_t *hello = tray_reply(&seat->tray, 0, false, &size);
    uint32_t n = *(const volatile uint32_t *)&seat->tray.head->hello_n;
    g_byte_array_set_size(to, 0);
    if (n <= size)
        g_byte_array_append(to, hello, n);
    return true;
}
