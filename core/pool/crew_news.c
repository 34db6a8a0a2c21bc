/* SPDX-License-Identifier: MIT */
/*
 * What a zygote tells: who was forked, who died, what it has opened, that it is gone.
 */
#include "pool/crew.h"
#include "pool/crew_zygote.h"

#include <unistd.h>

static void take_news(struct crew *crew, const struct news *news,
                      const int *fds)
{
    if (news->kind == NEWS_OPENED && crew->state == CREW_OPENING)
        crew_zygote_opened(crew, news, fds[0]);
    else if (news->kind == NEWS_FAILED && crew->state == CREW_OPENING)
        crew_zygote_failed(crew, fds[0]);
    else if (news->number >= crew->seat_n)
        return;
    else if (news->kind == NEWS_FORKED)
        crew_seat_forked(crew, news);
    else if (news->kind == NEWS_DIED &&
             crew->seats[news->number].seat.state != SEAT_EMPTY)
        crew_seat_died(crew, &crew->seats[news->number], news->status);
}

void crew_news(struct crew *crew)
{
    struct news news;
    int fds[ORDERS_FDS_MAX];
    while (crew->fd >= 0) {
        enum orders_got got = orders_take(crew->fd, &news, sizeof news, fds);
        if (got == ORDERS_NOTHING)
            return;
        if (got == ORDERS_END) {
            crew_zygote_lose(crew, "its process has ended");
            return;
        }
        take_news(crew, &news, fds);
        for (size_t i = 0; i < ORDERS_FDS_MAX; i++)
            if (fds[i] >= 0)
                close(fds[i]);
    }
}
