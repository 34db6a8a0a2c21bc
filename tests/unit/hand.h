/* SPDX-License-Identifier: MIT */
/*
 * A zygote and its workers driven by hand: order by order, slot by slot, as the front
 * does it, but one thing at a time.
 */
#ifndef TESTS_HAND_H
#define TESTS_HAND_H

#include "host/host.h"
#include "pool/orders.h"
#include "pool/reply.h"
#include "pool/request.h"
#include "pool/tray.h"
#include "pool/worker.h"
#include "pool/zygote.h"

#include <glib.h>

#include <stdbool.h>
#include <sys/types.h>

/* One zygote.  Owned by the test. */
struct hand {
    pid_t pid;
    int fd;
    GPtrArray *cards;    /* struct card; NULL: it is not open */
    GPtrArray *refusals; /* struct refusal */
    int net_fd;          /* a connection for the next worker; 0: none */
    char *failed;        /* why it is not open */
    struct news news;    /* the last */
};

/* One worker of it. */
struct hand_worker {
    struct hand_worker *guest; /* runs errands for this one; NULL: none */
    struct hand *hand;
    uint32_t number;
    pid_t pid;
    struct tray tray;
    int bell;
    int chime;
    int log;                      /* to read */
    size_t raw_n[TRAY_SLOTS_MAX]; /* of what was asked last in each slot */
    struct hello hello;
    uint64_t ready_ns; /* from the order to READY */
};

/* What a zygote is to open. */
struct hand_how {
    /* @ stands for the folder of bad plugins, % for that of the others. */
    const char *conf;
    const char *class_name;   /* NULL: main */
    const GPtrArray *foreign; /* struct card; NULL: none */
    uint32_t uid;             /* 0: stays who it is */
    bool sandbox_is_required;
};

struct hand *hand_open(const struct hand_how *how);
/* Class "main" of that configuration. */
struct hand *hand_open_main(const char *conf);
/* Closes the socket, waits for the zygote's end. */
void hand_free(struct hand *hand);
/* Waits for the next news of that kind; false: it did not come. */
bool hand_news(struct hand *hand, uint32_t kind);

struct hand_worker *hand_fork(struct hand *hand, uint32_t number);
/* A guest that runs errands for `home`. */
struct hand_worker *hand_fork_guest(struct hand *hand, uint32_t number,
                                    struct hand_worker *home);
void hand_worker_free(struct hand_worker *w);
/* Kills it by order, waits for its death; its status. */
int hand_kill(struct hand_worker *w);

/* Puts a request into a slot, rings. */
void hand_ask(struct hand_worker *w, unsigned slot,
              const struct request *request);
void hand_task(struct hand_worker *w, unsigned slot, uint32_t task);
/* Waits until the slot is answered, carrying questions to the guest and back; false:
 * not within some seconds. */
bool hand_wait(struct hand_worker *w, unsigned slot);
/* Takes the answer's bytes out and frees the slot. */
GBytes *hand_take(struct hand_worker *w, unsigned slot);

/* What the worker has printed so far; yours. */
char *hand_log(const struct hand_worker *w);

/* With the folders filled in; yours. */
char *hand_conf(const char *conf);

#endif
