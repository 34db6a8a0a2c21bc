/* SPDX-License-Identifier: MIT */
/*
 * Landlock: which files a worker sees, asked of the kernel by an ordinary user.
 *
 * Everything that the kernel's ABI can restrict is restricted, then single folders
 * are opened again.  Nothing may be executed; below a folder to write nothing but
 * folders and plain files can be made (no links, sockets, pipes, devices).
 *
 *     ABI  kernel  adds
 *     1    5.13    files: read, write, execute, make, remove
 *     2    5.19    renaming between folders           (Debian 12: 6.1)
 *     3    6.2     truncating
 *     4    6.7     TCP: bind, connect
 *     5    6.10    ioctl on devices
 *     6    6.12    signals and abstract sockets to processes outside
 *     7    6.15    (what is written into the audit log)
 *
 * What an old ABI leaves open and a worker must not do is closed by the system call
 * filter (syscalls.h): truncating by path, sockets, signals.  What none restricts:
 * looking whether a path exists, reading its mode and size.
 */
#ifndef POOL_LANDLOCK_H
#define POOL_LANDLOCK_H

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

enum {
    LANDLOCK_ABI_KNOWN = 7 /* newer kernels are used as this */
};

/* The kernel's ABI, at most `max` (0: no bound); 0: none, *why (static) says so. */
uint32_t landlock_abi(uint32_t max, const char **why);

/*
 * Restricts this process for good, by `abi` (from landlock_abi, not 0).  [worker,
 * single-threaded]  Needs no-new-privs.  Paths as in struct sandbox_rules.  An error
 * names the path; the process is then not restricted.
 */
bool landlock_enter(uint32_t abi, const char *const *read_paths,
                    const char *const *write_paths, GError **error);

#endif
