/* SPDX-License-Identifier: MIT */
/*
 * What shuts a worker in, before it has seen a byte of mail.
 *
 *     zygote   rights_drop()         own uid, before the first dlopen (rights.h)
 *              sandbox_prepare()     once: the system call filter as bytes
 *              fork
 *     worker   sandbox_enter()       in this order, each step needing what follows
 *                                    to be still allowed:
 *                own session, dies with its zygote, first to go when
 *                memory is short, not dumpable
 *                environment wiped, descriptors closed, directory "/"
 *                resource limits (rights.h)
 *                no new privileges, Landlock (landlock.h), seccomp (syscalls.h)
 *              start(), scans ...
 *
 * Entering costs well below a millisecond (tests/unit/test_sandbox prints it): the
 * filter is built once, by libseccomp, and a worker only writes its own process id
 * into a copy of it.
 *
 * What a kernel cannot give is never passed over: every measure has a word in the
 * report.  Where the rules say that the sandbox is required a gap is an error.
 *
 * What no measure here bounds, and who does:
 * - The sum of what a worker writes into its folders.  One file is bounded
 *   (`file_bytes`), their number and sum are not: an unprivileged process has no
 *   quota on a tmpfs that it shares.  The size of that tmpfs is the bound: a plugin
 *   may fill it, and until its worker ends, at the latest after [pool] recycle_scans,
 *   others that write there get ENOSPC and say that they could not look.  With its
 *   worker all that it wrote is removed (scratch.h).  sandbox_usage() tells how much
 *   there is, for whoever wants to look; nobody does between scans.
 * - Files that were removed and are still open, and the sealed memory files that
 *   content_fd() makes, the only kind that may be made: max_files x file_bytes.
 * - The memory of all workers together.  Each has its own limit (`memory_bytes`); the
 *   sum is the service manager's to bound (systemd: MemoryMax), which makes the group
 *   that this takes.
 * - Looking whether a path exists (stat), which Landlock does not restrict.
 * - Writing to a UNIX socket that was inherited: pass none that may not be written.
 */
#ifndef POOL_SANDBOX_H
#define POOL_SANDBOX_H

#include <glib.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The filter of one class.  Made in the zygote, inherited by its workers, read-only
 * after it is made. */
struct sandbox;

/* What workers of a class may do beside scanning. */
enum sandbox_may {
    SANDBOX_MAY_THREAD = 1 << 0, /* start threads (ASSAY_FLAG_THREADS) */
    /* send, recv, shutdown and poll on connected sockets that were inherited
     * (ASSAY_FLAG_NETWORK); making or connecting one stays fatal */
    SANDBOX_MAY_USE_SOCKETS = 1 << 1,
    /* recvmsg on inherited sockets, to be handed descriptors */
    SANDBOX_MAY_RECEIVE = 1 << 2,
};

/* landlock_abi_max: as though the kernel had no Landlock. */
#define SANDBOX_NO_LANDLOCK UINT32_MAX

/*
 * What one worker gets.  All lent, for the call only, but for `denied`.  Paths are
 * absolute; a path to read that is not there grants nothing and is no error.
 */
struct sandbox_rules {
    /* Files, folders with all below; NULL-ended; NULL: none. */
    const char *const *read_paths;
    /* Folders: make, write, remove below; must be there; NULL: none. */
    const char *const *write_paths;
    /* Private memory on top of what it has when it enters; 0: no limit. */
    uint64_t memory_bytes;
    /* Address space on top of that for what is mapped later: trays of others.  Counts
     * with memory_bytes only. */
    uint64_t shared_bytes;
    /* Largest file it may write, EFBIG beyond; 0: no limit. */
    uint64_t file_bytes;
    /* Processor seconds from now until SIGXCPU, two more until SIGKILL; 0: no
     * limit. */
    uint32_t cpu_s;
    /* Descriptors, so also the highest number + 1; 0: no limit. */
    uint32_t max_files;
    bool is_required;          /* a gap is an error; else it is told */
    uint32_t landlock_abi_max; /* 0: the kernel's own */
    const char *uid_why;       /* why it runs as root; NULL: not known */
    pid_t parent;              /* the zygote: the worker ends with it; 0: not */
    const int *keep_fds;       /* beside 0, 1 and 2; any order */
    size_t keep_fd_n;
    /* The number of the last denied system call is left here: shared memory that
     * stays mapped.  NULL: nowhere.  Number 0 (read) is never denied: 0 is none. */
    _Atomic uint32_t *denied;
};

/* One word a measure; the order is the order of entering. */
enum sandbox_measure {
    SANDBOX_UID,         /* does not run as root */
    SANDBOX_SESSION,     /* own session, dies with its zygote */
    SANDBOX_UNDUMPABLE,  /* no core, no ptrace by equals, no /proc/PID/mem */
    SANDBOX_ENVIRONMENT, /* emptied and overwritten */
    SANDBOX_DESCRIPTORS, /* closed but those named */
    SANDBOX_LIMITS,      /* processor time, files, sizes, core */
    SANDBOX_MEMORY,      /* memory_bytes */
    SANDBOX_NO_NEW_PRIVS,
    SANDBOX_LANDLOCK, /* files (and, by its ABI, TCP, signals) */
    SANDBOX_SECCOMP,  /* system calls */
    SANDBOX_MEASURES
};

enum sandbox_state {
    SANDBOX_UNASKED = 0, /* not tried, or the rules did not ask for it */
    SANDBOX_GIVEN = 1,
    SANDBOX_PARTLY = 2,  /* given with a gap that another measure closes */
    SANDBOX_MISSING = 3, /* not given */
};

/* Plain bytes: may be handed to another process, which calls sandbox_report_mend()
 * before it believes them.  Zeroed memory: nothing was tried. */
struct sandbox_report {
    uint32_t landlock_abi; /* in force; 0: none */
    uint32_t spare;

    struct sandbox_word {
        uint8_t state; /* enum sandbox_state */
        char why[119]; /* of GIVEN what, of the others why; may be empty */
    } words[SANDBOX_MEASURES];
};

/*
 * The filter for workers that may do `may` (enum sandbox_may, or'ed).  [zygote]
 * Takes milliseconds.  Where this machine has no seccomp it still succeeds and
 * entering tells the gap; an error is a broken libseccomp.
 */
bool sandbox_prepare(unsigned may, struct sandbox **out, GError **error);
void sandbox_free(struct sandbox *sandbox);

/*
 * Shuts this process in, for good.  [worker, single-threaded, after the fork, before
 * start()]  False: the process is half shut in and has to end; `out` is filled either
 * way.  Signals: SIGSYS is taken for good, SIGXFSZ ignored.
 */
bool sandbox_enter(const struct sandbox *sandbox,
                   const struct sandbox_rules *rules,
                   struct sandbox_report *out, GError **error);

/* What this kernel and these rights can give; changes nothing.  `landlock_abi_max` as
 * in struct sandbox_rules. */
void sandbox_probe(uint32_t landlock_abi_max, struct sandbox_report *out);

/* True where something that `sandbox = required` needs is missing; *out is then the
 * first such measure. */
bool sandbox_report_gap(const struct sandbox_report *report,
                        enum sandbox_measure *out);
/* Makes foreign bytes a valid report: texts ended and printable, states known. */
void sandbox_report_mend(struct sandbox_report *report);
/* Stable names for JSON and logs: "uid", "no_new_privs" ...; "given", "partly",
 * "missing", "unasked". */
const char *sandbox_measure_name(enum sandbox_measure measure);
const char *sandbox_state_name(enum sandbox_state state);
/* For people, a line a measure: "landlock      given: ABI 7\n" ... */
void sandbox_report_text(GString *to, const struct sandbox_report *report);

/* Name of a system call of this machine, "call 451" style where unknown, in `buf`
 * or static; for the number a worker left in `denied`. */
const char *sandbox_call_name(uint32_t number, char *buf, size_t n);

/* Folders and files that the C library itself reads in a worker: shared libraries
 * and character sets that are loaded on demand, time zones, null, random.  NULL-
 * ended, static; to be put into read_paths before the class's own. */
const char *const *sandbox_system_paths(void);

/* Bytes and files below `folder`, symbolic links not followed, stops counting at
 * `bytes_max`: true where there is more than that, or where it cannot be told. */
bool sandbox_usage(const char *folder, uint64_t bytes_max, uint64_t *bytes,
                   uint64_t *files);

#endif
