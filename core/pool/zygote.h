/* SPDX-License-Identifier: MIT */
/*
 * The zygote: opens the plugins of one class once, forks workers on order.
 *
 * A program of its own (`assay zygote`, started by a front only), single-threaded,
 * so that what it forks is in a known state and shares the signatures' pages.  It
 * never reads mail and runs no plugin code but what loading needs: self-tests and
 * canaries run in a first worker, because an engine's first scan draws random state
 * that all workers would then share.
 *
 * Started as root it drops to the workers' user before it opens the first plugin.
 */
#ifndef POOL_ZYGOTE_H
#define POOL_ZYGOTE_H

#include "base/pack.h"
#include "pool/orders.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct parent;

/*
 * What a zygote is to open: the blob of ORDER_OPEN.  Strings may be NULL where it
 * says so; all lent when packed, owned (zygote_task_clear) when unpacked.
 */
struct zygote_task {
    char *class_name;
    unsigned class_number; /* place in the front's list of classes */
    char *conf_path;       /* as errors name it */
    char *conf_dir;        /* what PATH options are relative to */
    /* The file's bytes, read by the front once for all classes. */
    char *conf_text;
    char *only_file; /* NULL: the sections of its class */
    bool no_plugins;
    /* Cards (host/card.h) of plugins in other classes, one after the other; NULL: none */
    GBytes *foreign;
    uint32_t uid; /* to drop to where it starts as root; 0: stays what it is */
    uint32_t gid;
    bool sandbox_is_required;
    uint32_t landlock_abi_max; /* 0: the kernel's */
    /* Of a worker, on top of the zygote's; 0: no limit. */
    uint64_t memory_bytes;
    bool may_keep_digests;
};

void zygote_task_pack(const struct zygote_task *task, struct packer *to);
bool zygote_task_unpack(struct unpacker *from, struct zygote_task *out);
void zygote_task_clear(struct zygote_task *task);

/* The whole program, on socket ZYGOTE_FD.  Returns its exit status. */
int zygote_main(void);

/*
 * [front] Starts one: `program` is an absolute path that runs zygote_main() when its
 * first argument is "zygote".  Its end of the socket, non-blocking, is yours.  False
 * where no process is to be had.
 */
bool zygote_start(const char *program, pid_t *pid, int *fd, GError **error);
/* The same where there is a parent, which runs the program as `uid`. */
bool zygote_start_as(struct parent *parent, uid_t uid, pid_t *pid, int *fd,
                     GError **error);

/* What a zygote is run with, for a parent: arguments (static), and those variables of
 * this process's environment that it may know (yours, NULL-ended). */
extern const char *const zygote_arguments[];
char **zygote_environment(void);

#endif
