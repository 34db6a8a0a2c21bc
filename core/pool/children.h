/* SPDX-License-Identifier: MIT */
/*
 * The living workers of a zygote: who is which process.
 */
#ifndef POOL_CHILDREN_H
#define POOL_CHILDREN_H

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* One worker.  Plain value. */
struct child {
    uint32_t number; /* the front's, of its seat */
    pid_t pid;
};

/* An empty list of struct child; g_array_unref() it. */
GArray *children_new(void);
/* Its process; 0: there is none of that number. */
pid_t children_find(const GArray *children, uint32_t number);
void children_add(GArray *children, uint32_t number, pid_t pid);
/* It has died: takes it out.  False: it is no worker. */
bool children_take(GArray *children, pid_t pid, struct child *out);
/* Ends all of them and waits for their deaths. */
void children_end(GArray *children);

#endif
