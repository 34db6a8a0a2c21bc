/* SPDX-License-Identifier: MIT */
#include "daemon/signals.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

static int event_fd = -1;
static volatile sig_atomic_t stops;
static volatile sig_atomic_t hangup;

static void on_signal(int signal_number)
{
    const uint64_t one = 1;
    int saved = errno;
    if (signal_number == SIGHUP)
        hangup = 1;
    else if (stops < 100)
        stops = stops + 1;
    /* Full is readable as well. */
    (void)!write(event_fd, &one, sizeof one);
    errno = saved;
}

static void take(int signal_number)
{
    const struct sigaction how = {.sa_handler = on_signal};
    sigaction(signal_number, &how, NULL);
}

bool signals_open(void)
{
    if (event_fd < 0)
        event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (event_fd < 0)
        return false;
    take(SIGHUP);
    return true;
}

void signals_take_all(void)
{
    take(SIGTERM);
    take(SIGINT);
    (void)signal(SIGPIPE, SIG_IGN);
}

int signals_fd(void)
{
    return event_fd;
}

struct signals_seen signals_see(void)
{
    uint64_t count;
    /* Before the flags: what comes in between is readable again. */
    (void)!read(event_fd, &count, sizeof count);
    struct signals_seen seen = {.stops = (unsigned)stops,
                                .hangup = hangup != 0};
    stops = stops - (sig_atomic_t)seen.stops;
    if (seen.hangup)
        hangup = 0;
    return seen;
}
