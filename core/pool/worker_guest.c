/* SPDX-License-Identifier: MIT */
#include "pool/worker_guest.h"

#include "pool/errand.h"

bool worker_guest_visit(struct worker_guest *g, const int *fds, size_t n,
                        const struct tray_shape *shape, GError **error)
{
    g->homes = g_new0(struct tray, n + 1);
    for (; g->home_n < n; g->home_n++)
        if (!tray_visit(fds[g->home_n], shape, &g->homes[g->home_n], error))
            return false;
    return true;
}

const char *worker_guest_run(struct worker_guest *g,
                             const struct scan_plan *plan, const uint8_t *p,
                             size_t n, size_t answer_max)
{
    struct unpacker from;
    struct errand errand;
    unpacker_init(&from, p, n);
    if (!errand_unpack(&from, &errand) || errand.home >= g->home_n)
        return "the errand is not well made";
    const struct tray *home = &g->homes[errand.home];
    if (errand.raw_at > home->size || errand.raw_n > home->size - errand.raw_at)
        return "the errand's message does not lie in the home worker's tray";
    struct guest_view view = {
        .message = errand.message,
        .raw = home->map + errand.raw_at,
        .raw_n = (size_t)errand.raw_n,
        .answer_max = answer_max,
    };
    view.arena = tray_arena(home, &view.arena_n);
    if (g->guest == NULL) {
        g->guest = guest_new(plan);
        g->answer = g_byte_array_new();
    }
    g_byte_array_set_size(g->answer, 0);
    guest_run(g->guest, &view, errand.question, errand.question_n, g->answer);
    return NULL;
}
