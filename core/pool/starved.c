/* SPDX-License-Identifier: MIT */
#include "pool/starved.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>

/* The handler has no other way to know it; written before it is in force. */
static _Atomic uint32_t *starved_at;

/* Nothing that is not async-signal-safe.  SA_RESETHAND has brought the default back. */
static void on_end(int signo)
{
    if (errno == ENOMEM)
        atomic_store(starved_at, 1);
    /* Waits until this returns: not all of these come again by themselves. */
    (void)raise(signo);
}

void starved_watch(_Atomic uint32_t *at)
{
    static const int ends[] = {SIGSEGV, SIGBUS, SIGABRT, SIGTRAP, SIGILL};
    struct sigaction action = {
        .sa_handler = on_end,
        .sa_flags = (int)(SA_RESETHAND | SA_ONSTACK),
    };
    sigemptyset(&action.sa_mask);
    starved_at = at;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        (void)sigaction(ends[i], &action, NULL);
}
