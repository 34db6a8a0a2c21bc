/* SPDX-License-Identifier: MIT */
#include "scan/budget.h"

#include "base/option.h"
#include "mail/message.h"
#include "scan/state.h"

#include <inttypes.h>
#include <string.h>

/* What a bound is called, the option that sets it, and where its value is. */
static const struct {
    const char *name;
    const char *option;
    uint32_t reason;
    size_t offset;
} bounds[BOUND_COUNT] = {
    [BOUND_DEPTH] = {"depth", "max_depth", ASSAY_REASON_LIMIT_DEPTH,
                     offsetof(struct limits, max_depth)},
    [BOUND_OBJECTS] = {"objects", "max_objects", ASSAY_REASON_LIMIT_COUNT,
                       offsetof(struct limits, max_objects)},
    [BOUND_BYTES] = {"bytes", "max_bytes", ASSAY_REASON_LIMIT_BYTES,
                     offsetof(struct limits, max_bytes)},
    [BOUND_OBJECT_BYTES] = {"object_bytes", "max_object_bytes",
                            ASSAY_REASON_LIMIT_SIZE,
                            offsetof(struct limits, max_object_bytes)},
    [BOUND_RATIO] = {"ratio", "max_ratio", ASSAY_REASON_LIMIT_RATIO,
                     offsetof(struct limits, max_ratio)},
    [BOUND_TIME] = {"time", "max_time_ms", ASSAY_REASON_LIMIT_TIME,
                    offsetof(struct limits, max_time_ms)},
    [BOUND_FINDINGS] = {"findings", "max_findings", ASSAY_REASON_LIMIT_COUNT,
                        offsetof(struct limits, max_findings)},
};

static bool reach(struct task *task, enum bound bound)
{
    task->draft->reached |= 1u << bound;
    return false;
}

/* The most bytes out of `packed` that are still within the ratio, less those that
 * have been unpacked. */
static uint64_t ratio_left(uint64_t unpacked, uint64_t packed, uint64_t max)
{
    uint64_t most = packed > UINT64_MAX / max ? UINT64_MAX : packed * max;
    most = MAX(most, BUDGET_RATIO_FROM);
    return most > unpacked ? most - unpacked : 0;
}

static bool may_begin(struct task *task)
{
    const struct scan *scan = task->scan;
    const struct limits *limits = &scan->plan->limits;
    if (task->object->unpack_depth >= limits->max_depth)
        return reach(task, BOUND_DEPTH);
    if (scan->message->objects->len + draft_children(task) >=
        limits->max_objects)
        return reach(task, BOUND_OBJECTS);
    if (scan->bytes >= limits->max_bytes)
        return reach(task, BOUND_BYTES);
    if ((task->draft->reached & 1u << BOUND_RATIO) != 0)
        return false;
    const struct object *root = scan->message->objects->pdata[0];
    if (ratio_left(scan->bytes, root->size, limits->max_ratio) == 0)
        return reach(task, BOUND_RATIO);
    if (task_is_cancelled(task))
        return reach(task, BOUND_TIME);
    return true;
}

int32_t budget_child(struct task *task)
{
    return may_begin(task) ? ASSAY_RC_OK : ASSAY_RC_LIMIT;
}

uint64_t budget_take(struct task *task, uint64_t size, uint64_t n)
{
    struct scan *scan = task->scan;
    const struct limits *limits = &scan->plan->limits;
    const struct object *root = scan->message->objects->pdata[0];

    const struct {
        enum bound bound;
        uint64_t left;
    } lefts[] = {
        {BOUND_OBJECT_BYTES,
         limits->max_object_bytes > size ? limits->max_object_bytes - size : 0},
        {BOUND_BYTES,
         limits->max_bytes > scan->bytes ? limits->max_bytes - scan->bytes : 0},
        {BOUND_RATIO, ratio_left(task->draft->unpacked, task->object->size,
                                 limits->max_ratio)},
        {BOUND_RATIO, ratio_left(scan->bytes, root->size, limits->max_ratio)},
        {BOUND_TIME, task_is_cancelled(task) ? 0 : UINT64_MAX},
    };

    uint64_t granted = n;
    enum bound bound = BOUND_COUNT;
    for (size_t i = 0; i < G_N_ELEMENTS(lefts); i++) {
        if (lefts[i].left < granted) {
            granted = lefts[i].left;
            bound = lefts[i].bound;
        }
    }
    if (bound != BOUND_COUNT)
        reach(task, bound);
    scan->bytes += granted;
    task->draft->unpacked += granted;
    return granted;
}

void budget_charge(struct scan *scan, uint64_t n, struct object *object)
{
    scan->bytes += n;
    if (scan->bytes > scan->plan->limits.max_bytes)
        budget_tell(scan, 1u << BOUND_BYTES, object);
}

/* "128 MiB". */
static char *value_of(const struct limits *limits, enum bound bound)
{
    uint64_t value;
    memcpy(&value, (const char *)limits + bounds[bound].offset, sizeof value);
    g_autofree char *text = g_strdup_printf("%" PRIu64 "%s", value,
                                            bound == BOUND_TIME ? " ms" : "");
    const struct assay_option *const *option = limits_options;
    while (strcmp((*option)->name, bounds[bound].option) != 0)
        option++;
    return option_value_show(*option, text);
}

static void tell(struct scan *scan, enum bound bound, struct object *object)
{
    g_autofree char *value = value_of(&scan->plan->limits, bound);
    struct finding *finding = finding_new(g_intern_static_string("core"));
    finding->status = ASSAY_STATUS_UNSCANNABLE;
    finding->kind = ASSAY_KIND_PARTIAL;
    finding->reason = bounds[bound].reason;
    finding->object = object;
    finding->name = g_strdup(bounds[bound].name);
    finding->text = g_strdup_printf(
        "stopped at [limits] %s = %s; what is beyond was not looked at",
        bounds[bound].option, value);
    finding->reply_text = g_strdup("");
    ledger_add(&scan->state->ledger, finding);
}

void budget_tell(struct scan *scan, unsigned reached, struct object *object)
{
    unsigned fresh = reached & ~scan->state->bounds_told;
    scan->state->bounds_told |= fresh;
    for (enum bound bound = 0; fresh != 0 && bound < BOUND_COUNT; bound++)
        if ((fresh & 1u << bound) != 0)
            tell(scan, bound, object);
}

bool budget_is_late(const struct scan *scan)
{
    return scan->deadline_ns != 0 && scan->state->now_ns >= scan->deadline_ns;
}
