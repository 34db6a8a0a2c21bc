/* SPDX-License-Identifier: MIT */
/*
 * Plugin files tried out in a throw-away process.
 *
 * dlopen runs a file's constructors before any check can, so whatever they do -
 * crash, end the process, hang, print, start threads - happens in a child that is
 * thrown away.  The child does what load_file() does and tells the outcome.
 *
 * All files share one child (a fork and a dlopen are cheap); where that does not end
 * well each file gets a child of its own, so that none is blamed for another.
 */
#ifndef HOST_PROBE_H
#define HOST_PROBE_H

#include <stddef.h>

enum {
    PROBE_TIMEOUT_MS = 10000 /* for one file */
};

/*
 * Probes `n` files.  refusals[i] becomes NULL where path i may be loaded, else one
 * line, yours, that names the file and says why not.  The calling process must have
 * one thread.
 */
void probe_files(const char *const *paths, size_t n, unsigned timeout_ms,
                 char **refusals);

#endif
