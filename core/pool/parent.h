/* SPDX-License-Identifier: MIT */
/*
 * The parent: what is left of root while mail is looked at.
 *
 * Where a program is started as root, parent_begin() makes two of it before anything
 * else is opened: the process that was started becomes the parent, its child goes on
 * as the front.
 *
 *     process  user      rights                 sees
 *     parent   root      CAP_SETUID, SETGID,    orders of fixed size from the front;
 *                        CAP_KILL, none other   no mail, no network, no tray, no file
 *      ├ front   front's   none                 network, mail as bytes, trays
 *      └ zygote  workers'  none                 plugin files, signatures
 *         └ worker  workers'  none, sandboxed   mail
 *
 *     who may               start a zygote   signal a worker   signal the front
 *     front                 by asking        by asking         -
 *     zygote, worker        no               yes (seccomp:     no
 *                                            a worker only itself)
 *     parent                yes              yes               yes
 *
 * One SOCK_SEQPACKET pair joins front and parent; a packet is a struct parent_order or
 * a struct parent_news.  What the front can have is this: one program, with arguments
 * and environment that were fixed before the front could be reached by anybody, run
 * as the workers' user; and the death of a process of that user.  So a front that has
 * been taken over gains neither root nor the front's user in another process.
 *
 * The parent starts nothing again by itself, hands SIGTERM, SIGINT, SIGHUP, SIGUSR1
 * and SIGUSR2 on to the front, and ends when the front has ended, with its status,
 * after all zygotes and workers are gone.  It takes in what is orphaned below it.  A
 * front that sends nonsense is ended.  All processes have no-new-privs.
 */
#ifndef POOL_PARENT_H
#define POOL_PARENT_H

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Front's end of the pair.  [front] */
struct parent;

/* Lent; the parent keeps using it as long as it lives. */
struct parent_setup {
    uid_t front_uid; /* neither root nor the workers' */
    gid_t front_gid;
    uid_t worker_uid; /* not root */
    gid_t worker_gid;
    const char *program;            /* absolute path of what zygotes run */
    const char *const *argv;        /* its arguments, NULL-ended */
    const char *const *environment; /* its environment, NULL-ended */
};

enum parent_order_kind {
    PARENT_START = 1, /* beside it: the zygote's end of its socket, its log */
    PARENT_KILL = 2,
};

/* Front to parent. */
struct parent_order {
    uint32_t kind;   /* enum parent_order_kind */
    uint32_t number; /* START: the front's own, comes back in the news */
    int32_t pid;     /* KILL */
    uint32_t spare;  /* 0 */
};

enum parent_news_kind {
    PARENT_STARTED = 1, /* runs the program */
    PARENT_REFUSED = 2, /* of START or KILL: status is an errno */
    PARENT_KILLED = 3,
    PARENT_DIED = 4, /* a zygote; unasked */
};

/* Parent to front. */
struct parent_news {
    uint32_t kind;   /* enum parent_news_kind */
    uint32_t number; /* of the zygote; KILLED, REFUSED of KILL: 0 */
    int32_t pid;
    int32_t status; /* DIED: as waitpid has it; REFUSED: errno */
};

/*
 * Makes two of this process.  [root, single-threaded, before anything is opened]
 * Returns in the front, as the front's user, with the link to the parent; the other
 * process never returns.  False: nothing has been divided, or (front) the user could
 * not be left: end.
 */
bool parent_begin(const struct parent_setup *setup, struct parent **out,
                  GError **error);

/* [front] To be polled for reading: parent_next() has something then. */
int parent_fd(const struct parent *parent);

/*
 * [front] Starts a zygote, `socket_fd` as its descriptor 3, `log_fd` as 1 and 2; both
 * stay the caller's.  Waits for the answer, some milliseconds; false where there is
 * none within five seconds, or a refusal.
 */
bool parent_start(struct parent *parent, uint32_t number, const int fds[2],
                  pid_t *pid, GError **error);
/* [front] SIGKILL to a process of the workers' user; waits as above. */
bool parent_kill(struct parent *parent, pid_t pid, GError **error);

/* [front] The next zygote that died.  False: none now, or *is_gone: the parent is no
 * more, and there will be no further zygote. */
bool parent_next(struct parent *parent, struct parent_news *out, bool *is_gone);

/* [front] Closes the link; the parent stays until the front ends. */
void parent_free(struct parent *parent);

/* The root side: serves `fd` until process `front` has ended; never returns.  All
 * signals are blocked, and other descriptors than 0, 1, 2 and `fd` are closed. */
_Noreturn void parent_serve(const struct parent_setup *setup, pid_t front,
                            int fd);

#endif
