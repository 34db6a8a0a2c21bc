/* SPDX-License-Identifier: MIT */
/*
 * Watches the files that a generation was made of: plugins.conf, plugins, signatures.
 *
 * The kernel tells when something happens (inotify); what counts is whether the files
 * are others afterwards, by size, time and number of each, so that a temporary file
 * that comes and goes is nothing.  A change is told once nothing has happened for 2 s,
 * or after 60 s of restlessness: whoever writes a hundred files is not interrupted,
 * and a half-written one is a reason to wait or, where it is seen, for the admission
 * test to fail, and the next change is told again.
 *
 * Of a folder all files directly in it are watched.  Files are watched through their
 * folder, since they are replaced rather than written.  What cannot be watched is
 * logged and left.
 */
#ifndef POOL_WATCH_H
#define POOL_WATCH_H

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

struct watch;

/* NULL: the kernel gives none. */
struct watch *watch_new(void);
void watch_free(struct watch *watch);
/* Readable when something has happened. */
int watch_fd(const struct watch *watch);

/*
 * Watches these paths (char *, files and folders, absolute) from now on, and no others.
 * What was loaded from them was read from `since_ns` on, CLOCK_REALTIME: a file that
 * has changed since then is a change.
 */
void watch_set(struct watch *watch, const GPtrArray *paths, uint64_t since_ns);

/* Takes what has happened; true: there is a change to tell.  `now_ns` is
 * CLOCK_MONOTONIC.  Call it when watch_fd is readable, and every second. */
bool watch_look(struct watch *watch, uint64_t now_ns);

#endif
