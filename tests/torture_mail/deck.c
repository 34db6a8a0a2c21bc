/* SPDX-License-Identifier: MIT */
#include "deck.h"

#include "base/clock.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#define MS UINT64_C(1000000)

enum {
    FULL_MS = 1500,    /* the disk is */
    DELAY_MS = 200,    /* at most, after the mail that an event waits for */
    PATIENCE_MS = 3000 /* for a target that is not there */
};

struct deck {
    struct deck_plan plan;
    GRand *chance;
    GArray *events; /* unsigned: hunt_target, DECK_* */
    unsigned at;
    uint64_t due_ns; /* 0: the next one waits for mails */
    uint64_t full_until_ns;
    unsigned done[DECK_EVENTS];
    unsigned busy[DECK_EVENTS]; /* of them, with mail under way */
};

struct deck *deck_new(const struct deck_plan *plan)
{
    struct deck *deck = g_new0(struct deck, 1);
    deck->plan = *plan;
    deck->chance = g_rand_new_with_seed(plan->seed);
    deck->events = g_array_new(false, false, sizeof(unsigned));
    for (unsigned event = 0; event < DECK_EVENTS; event++) {
        unsigned n = event < HUNT_TARGETS ? plan->kills : plan->faults;
        for (; n > 0 && (event != DECK_FULL_DISK || plan->fill != NULL); n--)
            g_array_append_val(deck->events, event);
    }
    for (unsigned i = deck->events->len; i > 1; i--) {
        unsigned k = g_rand_int(deck->chance) % i;
        unsigned *a = &g_array_index(deck->events, unsigned, i - 1);
        unsigned *b = &g_array_index(deck->events, unsigned, k);
        unsigned held = *a;
        *a = *b;
        *b = held;
    }
    return deck;
}

void deck_free(struct deck *deck)
{
    deck_calm(deck);
    g_rand_free(deck->chance);
    g_array_unref(deck->events);
    g_free(deck);
}

/* --- events ------------------------------------------------------------------------------- */

static bool fill_disk(struct deck *deck)
{
    static const char zeros[65536];
    int fd = open(deck->plan.fill, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    size_t size = sizeof zeros;
    while (size > 0)
        if (write(fd, zeros, size) <= 0)
            size /= 2;
    close(fd);
    deck->full_until_ns = clock_mono_ns() + FULL_MS * MS;
    return true;
}

void deck_calm(struct deck *deck)
{
    if (deck->full_until_ns != 0)
        unlink(deck->plan.fill);
    deck->full_until_ns = 0;
}

static bool befall(struct deck *deck, const struct hunt_roots *roots,
                   unsigned event)
{
    if (event == DECK_FULL_DISK)
        return deck->full_until_ns == 0 && fill_disk(deck);
    if (event == DECK_RELOAD)
        return roots->assayd != 0 && kill(roots->assayd, SIGHUP) == 0;
    pid_t pid =
        hunt_find(roots, (enum hunt_target)event, g_rand_int(deck->chance));
    return pid != 0 && kill(pid, SIGKILL) == 0;
}

/* Mails that are settled before event `at` is due. */
static size_t mails_before(const struct deck *deck, unsigned at)
{
    return (size_t)(at + 1) * deck->plan.mails / (deck->events->len + 2);
}

void deck_serve(struct deck *deck, const struct hunt_roots *roots,
                size_t settled, size_t in_flight)
{
    uint64_t now_ns = clock_mono_ns();
    if (deck->full_until_ns != 0 && now_ns >= deck->full_until_ns)
        deck_calm(deck);
    if (deck->at == deck->events->len || settled < mails_before(deck, deck->at))
        return;
    if (deck->due_ns == 0)
        deck->due_ns = now_ns + g_rand_int(deck->chance) % DELAY_MS * MS;
    if (now_ns < deck->due_ns)
        return;
    unsigned event = g_array_index(deck->events, unsigned, deck->at);
    if (befall(deck, roots, event)) {
        deck->done[event]++;
        deck->busy[event] += in_flight > 0;
    } else if (now_ns < deck->due_ns + PATIENCE_MS * MS) {
        return;
    }
    deck->at++;
    deck->due_ns = 0;
}

/* --- what was done ------------------------------------------------------------------------ */

void deck_write(const struct deck *deck, FILE *to)
{
    for (unsigned i = 0; i < HUNT_TARGETS; i++)
        fprintf(to, "kills_%s=%u kills_%s_busy=%u ",
                hunt_name((enum hunt_target)i), deck->done[i],
                hunt_name((enum hunt_target)i), deck->busy[i]);
    fprintf(to, "full_disks=%u reloads=%u", deck->done[DECK_FULL_DISK],
            deck->done[DECK_RELOAD]);
}

bool deck_is_done(const struct deck *deck)
{
    bool is_done = true;
    for (unsigned i = 0; i < HUNT_TARGETS; i++)
        is_done &= deck->done[i] * 10 >= deck->plan.kills * 9 &&
                   deck->busy[i] * 2 >= deck->done[i];
    return is_done;
}
