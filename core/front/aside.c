/* SPDX-License-Identifier: MIT */
#include "front/aside.h"

#include "base/error.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct aside {
    GAsyncQueue
        *given; /* struct aside_work; one without `work` ends the thread */
    GAsyncQueue *over;
    int fd;
    size_t open; /* loop's */
    pthread_t thread;
};

static void *run(void *self)
{
    struct aside *aside = self;
    struct aside_work *work = NULL;
    static const uint64_t one = 1;
    while ((work = g_async_queue_pop(aside->given))->work != NULL) {
        work->work(work->self);
        g_async_queue_push(aside->over, work);
        while (write(aside->fd, &one, sizeof one) < 0 && errno == EINTR)
            continue;
    }
    g_free(work);
    return NULL;
}

/* All signals are the loop's. */
static int start(struct aside *aside)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int status = pthread_create(&aside->thread, NULL, run, aside);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return status;
}

static void free_queues(struct aside *aside)
{
    g_async_queue_unref(aside->given);
    g_async_queue_unref(aside->over);
    if (aside->fd >= 0)
        close(aside->fd);
    g_free(aside);
}

bool aside_open(struct aside **out, GError **error)
{
    struct aside *aside = g_new0(struct aside, 1);
    aside->given = g_async_queue_new();
    aside->over = g_async_queue_new();
    aside->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int status = aside->fd >= 0 ? start(aside) : errno;
    if (status != 0) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                    "no thread for what waits for a disk: %s",
                    g_strerror(status));
        free_queues(aside);
        return false;
    }
    *out = aside;
    return true;
}

void aside_do(struct aside *aside, const struct aside_work *work)
{
    aside->open++;
    g_async_queue_push(aside->given, g_memdup2(work, sizeof *work));
}

int aside_fd(const struct aside *aside)
{
    return aside->fd;
}

void aside_take(struct aside *aside)
{
    uint64_t count;
    struct aside_work *work = NULL;
    while (read(aside->fd, &count, sizeof count) < 0 && errno == EINTR)
        continue;
    while ((work = g_async_queue_try_pop(aside->over)) != NULL) {
        aside->open--;
        work->done(work->self);
        g_free(work);
    }
}

size_t aside_open_work(const struct aside *aside)
{
    return aside->open;
}

void aside_free(struct aside *aside)
{
    if (aside == NULL)
        return;
    g_async_queue_push(aside->given, g_new0(struct aside_work, 1));
    pthread_join(aside->thread, NULL);
    aside_take(aside);
    free_queues(aside);
}
