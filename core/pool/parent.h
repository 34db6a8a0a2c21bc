/* SPDX-License-Identifier: MIT */
/*
 * The parent: what is left of root while mail is looked at.
 *
 * Where a program is started as root, parent_begin() makes two of it before the first
 * mail, connection or tray: the process that was started becomes the parent, its child
 * goes on as the front.
 *
 *     process    user       rights                 sees
 *     parent     root       CAP_SETUID, SETGID,    orders of fixed size from the front;
 *                           CAP_KILL, none other   no mail, no network, no tray, no file
 *      ├ front   front's    none; or: reads all    network, mail as bytes, trays
 *      └ zygote  workers'   none                   plugin files, signatures
 *         └ worker  workers'  none, sandboxed      mail
 *
 *     who may               start a zygote   end a zygote   end a worker   signal the front
 *     front                 by asking        by asking      by its zygote  -
 *     zygote                no               no             yes            no
 *     worker                no               no             itself         no
 *     parent                yes              yes            yes            yes
 *
 * One SOCK_SEQPACKET pair joins front and parent; a packet is a struct parent_order or
 * a struct parent_news.  What the front can have is this: one program, with arguments
 * and environment that were fixed before the front could be reached by anybody, run
 * as one of the workers' users, fixed likewise; and the death of what was so started.
 * So a front that has been taken over gains neither root nor the front's user in
 * another process.
 *
 * A daemon's front has no rights: what it reads and writes is opened to its user.  The
 * front of a command that root runs over files of anybody's keeps one, to read and
 * search whatever there is (CAP_DAC_READ_SEARCH): it can change nothing, but a front
 * of that kind that was taken over could read all of this machine.
 *
 * The parent starts nothing again by itself, hands SIGTERM, SIGINT, SIGHUP, SIGUSR1
 * and SIGUSR2 on to the front, and ends when the front has ended, by the same status
 * or signal, after all zygotes and workers are gone.  It takes in what is orphaned
 * below it: there it is the subreaper.  A front that sends nonsense is ended.  Front
 * and zygotes die with the parent, workers with their zygote.  All processes have
 * no-new-privs.
 */
#ifndef POOL_PARENT_H
#define POOL_PARENT_H

#include "pool/account.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Front's end of the pair.  [front] */
struct parent;

/* Lent; parent and front keep using it as long as they live. */
struct parent_setup {
    struct account front;           /* not root's, and none of the workers' */
    bool front_reads_all;           /* keeps CAP_DAC_READ_SEARCH */
    const struct account *workers;  /* whom zygotes may run as; not root */
    size_t worker_n;                /* from 1 */
    const char *program;            /* absolute path of what zygotes run */
    const char *const *argv;        /* its arguments, NULL-ended */
    const char *const *environment; /* its environment, NULL-ended */
    /* Called by the parent after all others have ended, as root without its rights:
     * to remove what the front may not.  NULL: nothing. */
    void (*at_end)(void *self);
    void *self;
};

enum parent_order_kind {
    PARENT_START = 1, /* beside it: the zygote's end of its socket, its log */
    PARENT_KILL = 2,
};

/* Front to parent. */
struct parent_order {
    uint32_t kind;  /* enum parent_order_kind */
    int32_t pid;    /* KILL: a zygote */
    uint32_t uid;   /* START: one of the workers' */
    uint32_t spare; /* 0 */
};

enum parent_news_kind {
    PARENT_STARTED = 1, /* runs the program */
    PARENT_REFUSED = 2, /* of START or KILL: status is an errno */
    PARENT_KILLED = 3,
    PARENT_DIED = 4, /* a zygote; unasked */
};

/* Parent to front. */
struct parent_news {
    uint32_t kind; /* enum parent_news_kind */
    int32_t pid;
    int32_t status; /* DIED: as waitpid has it; REFUSED: errno */
    uint32_t spare;
};

/*
 * Makes two of this process.  [root, single-threaded]
 * Returns in the front, as the front's user, with the link to the parent; the other
 * process never returns.  False: nothing has been divided, or (front) the user could
 * not be left: end.
 */
bool parent_begin(const struct parent_setup *setup, struct parent **out,
                  GError **error);

/* [front] To be polled for reading: parent_next() has something then. */
int parent_fd(const struct parent *parent);

/*
 * [front] Starts a zygote as one of the workers' users, `fds` its end of its socket,
 * which becomes its descriptor 3, and its log, 1 and 2; both stay the caller's.  Waits
 * for the answer, some milliseconds; false where there is none within five seconds, or
 * a refusal.
 */
bool parent_start(struct parent *parent, uid_t uid, const int fds[2],
                  pid_t *pid, GError **error);
/* [front] SIGKILL to a zygote; waits as above.  False: it has died already. */
bool parent_kill(struct parent *parent, pid_t pid, GError **error);

/* [front] The next zygote that died.  False: none now, or *is_gone: the parent is no
 * more, and there will be no further zygote. */
bool parent_next(struct parent *parent, struct parent_news *out, bool *is_gone);

/* [front] Closes the link; the parent stays until the front ends. */
void parent_free(struct parent *parent);

/* The root side: serves `fd` until process `front` has ended; never returns.  All
 * signals are blocked, and other descriptors than 2 and `fd` are closed. */
_Noreturn void parent_serve(const struct parent_setup *setup, pid_t front,
                            int fd);

#endif
