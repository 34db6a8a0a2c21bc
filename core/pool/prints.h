/* SPDX-License-Identifier: MIT */
/*
 * What a worker prints, on its way into the log: whole lines, escaped, not too many.
 *
 * A plugin may print whatever it likes into its standard output and error; here it can
 * neither forge a line of ours nor fill the log.
 */
#ifndef POOL_PRINTS_H
#define POOL_PRINTS_H

#include <stdbool.h>
#include <stdint.h>

struct prints;

struct prints *prints_new(void);
void prints_free(struct prints *prints);

/* Reads what is there from a non-blocking pipe and logs it in the name of worker
 * `number` of `class_name`.  False: the pipe is at its end. */
bool prints_read(struct prints *prints, int fd, const char *class_name,
                 unsigned number, uint64_t now_ns);

#endif
