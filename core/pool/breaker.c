/* SPDX-License-Identifier: MIT */
#include "pool/breaker.h"

#include <glib.h>

void breaker_init(struct breaker *breaker, const struct breaker_rules *rules)
{
    g_assert(rules->failures >= 1 && rules->backoff_ns >= 1 &&
             rules->backoff_ns <= rules->backoff_max_ns);
    *breaker = (struct breaker){
        .rules = *rules,
        .failed_ns = g_new0(uint64_t, rules->failures),
    };
}

void breaker_clear(struct breaker *breaker)
{
    g_free(breaker->failed_ns);
    *breaker = (struct breaker){0};
}

void breaker_reset(struct breaker *breaker)
{
    breaker->state = BREAKER_CLOSED;
    breaker->is_tried = false;
    breaker->failed = 0;
    breaker->next = 0;
    breaker->backoff_ns = 0;
}

enum breaker_use breaker_may_use(struct breaker *breaker, uint64_t now_ns)
{
    if (breaker->state == BREAKER_CLOSED)
        return BREAKER_USE;
    if (breaker->is_tried || now_ns < breaker->open_until_ns)
        return BREAKER_LEAVE_OUT;
    breaker->state = BREAKER_HALF_OPEN;
    breaker->is_tried = true;
    return BREAKER_TRY;
}

static void open_for(struct breaker *breaker, uint64_t backoff_ns,
                     uint64_t now_ns)
{
    breaker->state = BREAKER_OPEN;
    breaker->is_tried = false;
    breaker->failed = 0;
    breaker->next = 0;
    breaker->backoff_ns = MIN(backoff_ns, breaker->rules.backoff_max_ns);
    breaker->open_until_ns = now_ns + breaker->backoff_ns;
    breaker->times_opened++;
}

static uint64_t doubled(const struct breaker *breaker)
{
    return breaker->backoff_ns > UINT64_MAX / 2 ? UINT64_MAX
                                                : 2 * breaker->backoff_ns;
}

/* Notes one failure; were the last N within T? */
static bool is_too_often(struct breaker *breaker, uint64_t now_ns)
{
    uint32_t n = breaker->rules.failures;
    breaker->failed_ns[breaker->next] = now_ns;
    breaker->next = (breaker->next + 1) % n;
    if (breaker->failed < n)
        breaker->failed++;
    /* Where the next one goes stands the oldest of N. */
    return breaker->failed == n && now_ns - breaker->failed_ns[breaker->next] <=
                                       breaker->rules.window_ns;
}

bool breaker_failed(struct breaker *breaker, enum breaker_use use,
                    uint64_t now_ns)
{
    if (use == BREAKER_TRY && breaker->is_tried) {
        open_for(breaker, doubled(breaker), now_ns);
        return true;
    }
    if (breaker->state != BREAKER_CLOSED || !is_too_often(breaker, now_ns))
        return false;
    bool is_soon = breaker->backoff_ns > 0 &&
                   now_ns - breaker->closed_ns < breaker->backoff_ns;
    open_for(breaker, is_soon ? doubled(breaker) : breaker->rules.backoff_ns,
             now_ns);
    return true;
}

bool breaker_worked(struct breaker *breaker, enum breaker_use use,
                    uint64_t now_ns)
{
    if (use != BREAKER_TRY || !breaker->is_tried)
        return false;
    breaker->state = BREAKER_CLOSED;
    breaker->is_tried = false;
    breaker->closed_ns = now_ns;
    return true;
}

void breaker_unused(struct breaker *breaker, enum breaker_use use)
{
    if (use == BREAKER_TRY)
        breaker->is_tried = false;
}

uint64_t breaker_next_change_ns(const struct breaker *breaker)
{
    return breaker->state == BREAKER_OPEN ? breaker->open_until_ns : UINT64_MAX;
}

const char *breaker_state_name(enum breaker_state state)
{
    static const char *const names[] = {"closed", "open", "half-open"};
    return state <= BREAKER_HALF_OPEN ? names[state] : "unknown";
}
