/* SPDX-License-Identifier: MIT */
/*
 * A gate before which a forked process waits until it may begin.
 *
 * A worker begins when the front has been told of it, and only then: a zygote that is
 * ended in between leaves nobody whom the front does not know.  Who was not let through
 * ends at once, still in the zygote's session, by which it is found (orphans.h).
 */
#ifndef POOL_GATE_H
#define POOL_GATE_H

#include <stdbool.h>

/* Plain value; both ends are the maker's until gate_close or gate_wait. */
struct gate {
    int wait_fd;
    int open_fd;
};

/* Before the fork.  False with errno. */
bool gate_make(struct gate *gate);
/* [child] Returns when it is let through; otherwise never. */
void gate_wait(struct gate *gate);
/* [parent] Lets it through, or not; the gate is gone. */
void gate_close(struct gate *gate, bool lets_through);

#endif
