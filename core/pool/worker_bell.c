/* SPDX-License-Identifier: MIT */
#include "pool/worker_bell.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <unistd.h>

void worker_chime(int chime_fd)
{
    static const uint64_t one = 1;
    while (write(chime_fd, &one, sizeof one) < 0)
        if (errno != EINTR && errno != EAGAIN)
            _exit(1);
}

void worker_sleep(int bell_fd)
{
    uint64_t count;
    if (read(bell_fd, &count, sizeof count) >= 0 || errno == EINTR)
        return;
    if (errno != EAGAIN)
        _exit(1);
    /* It is the front's descriptor too, which may have made it non-blocking. */
    struct pollfd bell = {.fd = bell_fd, .events = POLLIN};
    poll(&bell, 1, -1);
}
