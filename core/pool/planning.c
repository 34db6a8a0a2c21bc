/* SPDX-License-Identifier: MIT */
/*
 * The plan of a generation: which plugins see a message, in which order, and whose crew
 * each of them runs in.  Made of the cards that its zygotes have shown.
 */
#include "host/card.h"
#include "host/class.h"
#include "pool/inside.h"

#include <string.h>

/* The card of that name and whose it is; NULL: there is none. */
static const struct card *find_card(const struct generation *generation,
                                    const char *plugin, struct crew **out)
{
    for (unsigned i = 0; i < generation->crews->len; i++) {
        struct crew *crew = generation->crews->pdata[i];
        for (unsigned k = 0; k < crew->cards->len; k++) {
            const struct card *card = crew->cards->pdata[k];
            if (card->name != plugin)
                continue;
            *out = crew;
            return card;
        }
    }
    return NULL;
}

/* The same scanners in the same order as "main"'s workers have them. */
static bool order(struct generation *generation, GError **error)
{
    size_t n = 0;
    for (unsigned i = 0; i < generation->crews->len; i++)
        n += ((const struct crew *)generation->crews->pdata[i])->cards->len;
    generation->store = g_new0(struct scanner, n + 1);
    generation->scanners = g_new0(const struct scanner *, n + 1);
    generation->crew_of = g_new0(struct crew *, n + 1);
    size_t at = 0;
    for (unsigned i = 0; i < generation->crews->len; i++) {
        const struct crew *crew = generation->crews->pdata[i];
        for (unsigned k = 0; k < crew->cards->len; k++, at++) {
            card_scanner(crew->cards->pdata[k], &generation->store[at]);
            generation->scanners[at] = &generation->store[at];
        }
    }
    const struct host_how how = {
        .conf = generation->recipe->conf,
        .limits = &generation->recipe->limits,
        .only_file = generation->recipe->only_file,
    };
    if (n > 0 && !host_order(&how, generation->scanners, n, error))
        return false;
    for (size_t i = 0; i < n; i++)
        find_card(generation, generation->scanners[i]->name,
                  &generation->crew_of[i]);
    generation->plan = (struct scan_plan){
        .scanners = generation->scanners,
        .scanner_n = n,
        .limits = generation->recipe->limits,
    };
    return true;
}

/* In the order of classes, whichever was loaded first. */
static void collect_refusals(struct generation *generation)
{
    for (unsigned i = 0; i < generation->crews->len; i++) {
        const struct crew *crew = generation->crews->pdata[i];
        for (unsigned k = 0; k < crew->refusals->len; k++)
            g_ptr_array_add(generation->refusals, crew->refusals->pdata[k]);
    }
}

bool planning_make(struct generation *generation, GError **error)
{
    if (!order(generation, error))
        return false;
    generation->home->scanner_n = generation->plan.scanner_n;
    collect_refusals(generation);
    return true;
}

int planning_place(const struct generation *generation, const char *name)
{
    for (size_t i = 0; i < generation->plan.scanner_n; i++)
        if (generation->plan.scanners[i]->name == name)
            return (int)i;
    return -1;
}

bool planning_is_optional(const struct generation *generation,
                          const char *plugin)
{
    struct crew *crew;
    const struct card *card = find_card(generation, plugin, &crew);
    return card != NULL && card->is_optional;
}
