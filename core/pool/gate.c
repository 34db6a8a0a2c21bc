/* SPDX-License-Identifier: MIT */
#include "pool/gate.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

bool gate_make(struct gate *gate)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    *gate = (struct gate){.wait_fd = ends[0], .open_fd = ends[1]};
    return true;
}

void gate_wait(struct gate *gate)
{
    char word;
    ssize_t n;
    close(gate->open_fd);
    do
        n = read(gate->wait_fd, &word, 1);
    while (n < 0 && errno == EINTR);
    close(gate->wait_fd);
    if (n != 1)
        _exit(0);
}

void gate_close(struct gate *gate, bool lets_through)
{
    close(gate->wait_fd);
    if (lets_through)
        (void)!write(gate->open_fd, "", 1); /* or it is dead */
    close(gate->open_fd);
}
