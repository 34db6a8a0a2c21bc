/* SPDX-License-Identifier: MIT */
#include "pool/worker_ask.h"

#include "pool/errand.h"
#include "pool/worker_bell.h"

#include <stdatomic.h>
#include <string.h>

static uint32_t place_of(const struct scan_plan *plan,
                         const struct scanner *scanner)
{
    size_t place = 0;
    while (place < plan->scanner_n && plan->scanners[place] != scanner)
        place++;
    return (uint32_t)place;
}

/* The bell rings for requests too: those wait. */
static void wait_answer(const struct worker_asker *asker)
{
    struct tray_head *head = asker->tray->head;
    atomic_store(&head->worker_sleeps, 1);
    worker_chime(asker->chime_fd);
    while (atomic_load(&head->ask.state) != TRAY_ANSWERS)
        worker_sleep(asker->bell_fd);
    atomic_store(&head->worker_sleeps, 0);
}

/* NOLINTNEXTLINE(readability-function-size): struct remote_link says what it takes */
static bool ask(void *self, const struct remote *remote,
                const struct task *task, const void *question, size_t n,
                struct remote_answer *out)
{
    const struct worker_asker *asker = self;
    struct tray_ask *ask = &asker->tray->head->ask;
    (void)task;
    memcpy(asker->tray->question, question, n);
    ask->scanner = place_of(asker->plan, &remote->scanner);
    ask->question_n = n;
    atomic_store(&ask->state, TRAY_ASKED);
    wait_answer(asker);
    bool is_refused = ask->is_refused != 0;
    out->p = asker->tray->answer;
    out->n = MIN((size_t)ask->answer_n, (size_t)asker->tray->shape.answer);
    atomic_store(&ask->state, TRAY_ASK_NONE);
    if (!is_refused)
        return true;
    struct unpacker from;
    unpacker_init(&from, out->p, out->n);
    errand_no_unpack(&from, &out->name, &out->why);
    return false;
}

void worker_ask_init(struct worker_asker *asker, struct remote_link *link)
{
    size_t size;
    uint8_t *arena = tray_arena(asker->tray, &size);
    if (size == 0)
        return;
    lend_init(&link->lend, arena, size);
    link->ask = ask;
    link->self = asker;
    link->question_max = TRAY_QUESTION;
}
