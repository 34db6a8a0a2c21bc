/* SPDX-License-Identifier: MIT */
#include "pool/signatures.h"

#include "base/clock.h"
#include "host/card.h"
#include "pool/inside.h"

enum {
    DAY_S = 86400
};

static char *test_only_text(void)
{
    return g_strdup("it has test signatures only; fetch real ones (ClamAV: "
                    "freshclam), or allow it in words: [daemon] "
                    "allow_test_signatures = yes");
}

static char *age_text(int64_t age_s, uint64_t max_age_s)
{
    return g_strdup_printf(
        "its signatures are %.1f days old; [alarm] max_age allows %.1f: is "
        "what fetches them (ClamAV: freshclam) running?",
        (double)age_s / DAY_S, (double)max_age_s / DAY_S);
}

char *signatures_doubt(const struct signature_rules *rules,
                       const struct card *card, int64_t now_s)
{
    const struct assay_stamp *stamp = &card->stamp;
    if ((card->flags & ASSAY_FLAG_MALWARE) == 0 || !card->has_stamp)
        return NULL;
    if (rules->refuses_test && (stamp->flags & ASSAY_STAMP_TEST_ONLY) != 0)
        return test_only_text();
    /* A database that only has test signatures, and may, has no age. */
    if (rules->max_age_s == 0 || stamp->database_time <= 0 ||
        (stamp->flags & ASSAY_STAMP_TEST_ONLY) != 0 ||
        stamp->database_time > now_s)
        return NULL;
    int64_t age_s = now_s - stamp->database_time;
    return (uint64_t)age_s > rules->max_age_s
               ? age_text(age_s, rules->max_age_s)
               : NULL;
}

static void tell_of_crew(const struct pool *pool, const struct crew *crew,
                         struct scan *scan, int64_t now_s)
{
    for (unsigned i = 0; i < crew->cards->len; i++) {
        const struct card *card = crew->cards->pdata[i];
        g_autofree char *doubt =
            signatures_doubt(&pool->how.signatures, card, now_s);
        if (doubt != NULL)
            trial_add_failed(scan, card->name, "signatures", doubt);
    }
}

void signatures_tell(const struct pool *pool, struct scan *scan)
{
    const struct signature_rules *rules = &pool->how.signatures;
    if (pool->now == NULL || (rules->max_age_s == 0 && !rules->refuses_test))
        return;
    int64_t now_s = clock_unix_s();
    for (unsigned i = 0; i < pool->now->crews->len; i++)
        tell_of_crew(pool, pool->now->crews->pdata[i], scan, now_s);
}
