/* SPDX-License-Identifier: MIT */
#include "pool/crew.h"

#include "base/clock.h"
#include "base/error.h"
#include "host/card.h"
#include "pool/crew_zygote.h"
#include "pool/prints.h"

#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
    BLOB_MAX = 16 << 20
};

void crew_watch(const struct crew *crew, int fd, struct crew_source *source)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = source};
    epoll_ctl(crew->epoll, EPOLL_CTL_ADD, fd, &event);
}

struct crew *crew_new(const struct crew_how *how, GError **error)
{
    struct crew *crew = g_new0(struct crew, 1);
    crew->class_name = g_strdup(how->task->class_name);
    crew->class_id = g_intern_string(crew->class_name);
    crew->is_home = how->is_home;
    crew->fd = -1;
    crew->epoll = how->epoll;
    crew->dying = how->dying;
    crew->program = how->program;
    crew->parent = how->parent;
    crew->uid = how->task->uid;
    crew->shape = how->shape;
    crew->events = how->events;
    crew->self = how->self;
    crew->news = (struct crew_source){SOURCE_NEWS, crew, NULL};
    crew->task = g_byte_array_new();
    crew->buffer = g_byte_array_new();
    crew->cards = g_ptr_array_new_with_free_func((GDestroyNotify)card_free);
    crew->refusals =
        g_ptr_array_new_with_free_func((GDestroyNotify)refusal_free);
    crew->paths = g_ptr_array_new_with_free_func(g_free);
    struct packer to;
    packer_grow(&to, crew->task, BLOB_MAX);
    zygote_task_pack(how->task, &to);
    crew->seats = g_new0(struct crew_seat, how->seat_n);
    bool is_good = !to.is_full;
    if (!is_good)
        g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT,
                    "the configuration is larger than 16 MiB");
    for (unsigned i = 0; is_good && i < how->seat_n; i++) {
        struct crew_seat *s = &crew->seats[i];
        is_good = seat_open(&s->seat, i, &crew->shape, error);
        if (!is_good)
            break;
        crew->seat_n = i + 1;
        s->chime = (struct crew_source){SOURCE_CHIME, crew, &s->seat};
        s->log = (struct crew_source){SOURCE_LOG, crew, &s->seat};
        crew_watch(crew, s->seat.chime, &s->chime);
    }
    if (is_good && crew_zygote_start(crew, error))
        return crew;
    crew_free(crew);
    return NULL;
}

void crew_free(struct crew *crew)
{
    if (crew == NULL)
        return;
    crew_zygote_end(crew);
    for (unsigned i = 0; i < crew->seat_n; i++) {
        struct crew_seat *s = &crew->seats[i];
        if (s->seat.pid > 0)
            g_array_append_val(crew->dying, s->seat.pid);
        seat_close(&s->seat);
        prints_free(s->prints);
    }
    g_free(crew->seats);
    g_ptr_array_unref(crew->cards);
    g_ptr_array_unref(crew->refusals);
    g_ptr_array_unref(crew->paths);
    g_byte_array_unref(crew->task);
    g_byte_array_unref(crew->buffer);
    class_options_clear(&crew->options);
    g_free(crew->class_name);
    g_free(crew->why);
    g_free(crew);
}

void crew_kill_all(struct crew *crew)
{
    for (unsigned i = 0; i < crew->seat_n; i++)
        crew_kill(crew, &crew->seats[i].seat, DEATH_OUTSIDE);
}

void crew_retire(struct crew *crew)
{
    for (unsigned i = 0; i < crew->seat_n; i++) {
        struct seat *seat = &crew->seats[i].seat;
        if (seat->state == SEAT_READY)
            seat_enter(seat, SEAT_RETIRING, clock_mono_ns());
        else if (seat->state == SEAT_FORKING || seat->state == SEAT_STARTING)
            crew_kill(crew, seat, DEATH_OUTSIDE);
    }
}

bool crew_is_barren(const struct crew *crew)
{
    if (crew_ready(crew) > 0)
        return false;
    return crew->state == CREW_GIVEN_UP ||
           crew->stillborn >= CREW_STILLBORN_MAX ||
           (crew->state != CREW_OPEN && crew->losses >= CREW_STILLBORN_MAX);
}

bool crew_is_empty(const struct crew *crew)
{
    for (unsigned i = 0; i < crew->seat_n; i++)
        if (crew->seats[i].seat.state != SEAT_EMPTY)
            return false;
    return true;
}

unsigned crew_ready(const struct crew *crew)
{
    unsigned n = 0;
    for (unsigned i = 0; i < crew->seat_n; i++)
        n += crew->seats[i].seat.state == SEAT_READY;
    return n;
}

/* One after another where none comes up. */
static unsigned most_alive(const struct crew *crew, uint64_t now_ns)
{
    if (crew->stillborn < CREW_STILLBORN_MAX)
        return crew->wanted;
    return now_ns >= crew->fork_ns ? MAX(crew_ready(crew) + 1, 1) : 0;
}

/* It has taken all the time that there is: a second one would not be faster. */
static void give_up_start(struct crew *crew, struct seat *seat)
{
    crew->stillborn = MAX(crew->stillborn, CREW_STILLBORN_MAX - 1);
    crew_kill(crew, seat, DEATH_TIMEOUT);
}

void crew_tend(struct crew *crew, uint64_t now_ns)
{
    if (crew->state == CREW_LOST && now_ns >= crew->retry_ns)
        crew_zygote_again(crew);
    if (crew->state == CREW_OPENING && crew->was_open &&
        now_ns > crew->open_ns && now_ns - crew->open_ns > crew->load_max_ns)
        crew_zygote_lose(crew, "it took longer than [pool] load_time");
    if (crew->state != CREW_OPEN)
        return;
    unsigned alive = 0;
    for (unsigned i = 0; i < crew->seat_n; i++)
        alive += crew->seats[i].seat.state != SEAT_EMPTY;
    for (unsigned i = 0; i < crew->seat_n; i++) {
        struct crew_seat *s = &crew->seats[i];
        if (s->seat.state == SEAT_EMPTY && alive < most_alive(crew, now_ns)) {
            crew_seat_fork(crew, s, now_ns);
            alive++;
        } else if (s->seat.state == SEAT_STARTING) {
            crew_greet(crew, &s->seat, now_ns);
            if (s->seat.state == SEAT_STARTING &&
                now_ns - s->seat.state_ns > crew->start_ns)
                give_up_start(crew, &s->seat);
        }
    }
}
