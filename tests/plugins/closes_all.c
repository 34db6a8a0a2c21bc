/* SPDX-License-Identifier: MIT */
/* Closes every descriptor that is not its own, and puts others in their place. */
#include "bad.h"

#include <fcntl.h>

enum {
    FDS = 1024,
    OTHERS = 16
};

static int32_t misbehave(const struct assay_task *task)
{
    int32_t rc = bad_clean(task);
    for (int fd = 3; fd < FDS; fd++)
        close(fd);
    /* Every other time standard input, output and error too. */
    for (int fd = 0; fd < 3 && bad_number(task) % 2 == 0; fd++)
        close(fd);
    int ends[2];
    for (int i = 0; i < OTHERS; i++)
        if (pipe(ends) != 0)
            break;
    return rc;
}

BAD_MODULE()
