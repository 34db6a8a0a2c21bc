/* SPDX-License-Identifier: MIT */
/*
 * The system calls of a worker: an allow-list, everything else refused and told.
 *
 *     allowed       what libc, GLib, GMime, the engines and a plain C plugin need to
 *                   compute, allocate, wait, and use files that Landlock lets them
 *     answered      clone3 (ENOSYS: libc then takes clone, whose flags can be read),
 *                   chmod, fchmod, fchmodat (0, and nothing is done: engines tidy
 *                   the mode of their scratch files; Landlock could not keep them
 *                   from changing others of the same owner), clone that would start
 *                   a thread or spawn (EPERM: libc has all signals blocked then, and
 *                   trapping it would end the process).  Not told: a plugin that
 *                   needs threads says ASSAY_FLAG_THREADS, or has to tell itself that
 *                   pthread_create() failed
 *     refused       all other calls: EPERM, told
 *     fatal         what no scanner calls by accident: sockets (but AF_UNIX, which
 *                   libc tries for its name service: refused), exec, ptrace, foreign
 *                   memory, signals to others, mounts, name spaces, io_uring, bpf ...
 *                   (syscalls_trap.c): told, then the process ends by SIGSYS
 *     killed        calls of another architecture (i386, x32): at once, untold
 *
 * Refused is trapped (SIGSYS), not just answered, so that it can be told: one line on
 * descriptor 2, `denied system call NAME (NUMBER) by PLUGIN`, and the number where the
 * rules say.
 * Telling is done by this process and so is worth what the process is worth: one that
 * has been taken over may keep silent, but it cannot make the call.  SIGSYS cannot be
 * given another handler; where it is blocked the kernel ends the process.
 *
 * Memory cannot become executable: no mapping is writable and executable, none
 * without a file is executable, mprotect does not add it.  Loading a shared library
 * (character sets) works.
 *
 * Where a call is chosen by its arguments: mmap, mprotect, open and openat (no O_TRUNC
 * without writing: Landlock before ABI 3 would let it cut foreign files; no
 * O_TMPFILE), fcntl (not F_SETOWN, F_SETSIG: a signal to others), ioctl, prctl,
 * prlimit64 (reading), rt_sigaction (not SIGSYS), kill and tgkill (itself), clone
 * (threads), sendto (no address), setsockopt (time-outs, TCP's own).
 */
#ifndef POOL_SYSCALLS_H
#define POOL_SYSCALLS_H

#include <glib.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A filter as the kernel takes it. */
struct syscalls;

/* For `may` (enum sandbox_may, or'ed).  [zygote] An error is a broken libseccomp. */
bool syscalls_build(unsigned may, struct syscalls **out, GError **error);
void syscalls_free(struct syscalls *calls);
/* Instructions in it. */
size_t syscalls_length(const struct syscalls *calls);

/* NULL, or why this machine cannot filter. */
const char *syscalls_lacking(void);

/*
 * From now on for this process, for good.  [worker] Needs no-new-privs.  `denied`: as
 * in struct sandbox_rules.  0, or the errno with which the kernel refused.
 */
int syscalls_enter(const struct syscalls *calls, _Atomic uint32_t *denied);

/* Whose code runs from now on, so that what is denied is told with its name.  Static,
 * or as long-lived as the process; NULL: core's own.  [worker] */
void syscalls_blame(const char *plugin);

/* "connect", static once asked for; NULL where this machine knows no such call. */
const char *syscalls_name(uint32_t number);

#endif
