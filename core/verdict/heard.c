/* SPDX-License-Identifier: MIT */
#include "verdict/heard.h"

#include "verdict/rules.h"

#include <string.h>

static uint32_t weight_of(const struct policy *policy, const char *name)
{
    for (unsigned i = 0; i < policy->weights->len; i++) {
        const struct engine_weight *weight =
            &g_array_index(policy->weights, struct engine_weight, i);
        if (strcmp(weight->name, name) == 0)
            return weight->weight;
    }
    return 1;
}

static bool has_veto(const struct policy *policy, const char *name)
{
    for (unsigned i = 0; i < policy->veto->len; i++)
        if (strcmp(policy->veto->pdata[i], name) == 0)
            return true;
    return false;
}

void heard_init(struct heard *heard, const struct policy *policy,
                const struct scan *scan)
{
    *heard = (struct heard){
        .engines = g_new0(struct heard_engine, scan->plan->scanner_n + 1),
        .object_n = scan->message->objects->len,
    };
    for (size_t i = 0; i < scan->plan->scanner_n; i++) {
        const struct scanner *scanner = scan->plan->scanners[i];
        if ((scanner->flags & ASSAY_FLAG_MALWARE) == 0)
            continue;
        heard->engines[heard->engine_n++] = (struct heard_engine){
            .name = scanner->name,
            .weight = weight_of(policy, scanner->name),
            .has_veto = has_veto(policy, scanner->name),
        };
    }
}

void heard_clear(struct heard *heard)
{
    g_free(heard->engines);
    g_free(heard->near);
    *heard = (struct heard){0};
}

size_t heard_engine(const struct heard *heard, const char *name)
{
    size_t i = 0;
    while (i < heard->engine_n && heard->engines[i].name != name)
        i++;
    return i;
}

static void note(struct heard *heard, const char *plugin,
                 const struct object *object, uint8_t bits)
{
    size_t e = heard_engine(heard, plugin);
    if (e == heard->engine_n)
        return;
    heard->engines[e].anywhere |= bits;
    if (object == NULL)
        heard->engines[e].everywhere |= bits;
    else
        heard->near[e * heard->object_n + object->id] |= bits;
}

static uint8_t bits_of(const struct policy *policy,
                       const struct finding *finding)
{
    unsigned bits = 0;
    if (finding->kind == ASSAY_KIND_MALWARE &&
        finding->confidence >= policy->malware_confidence)
        bits |= HEARD_MALWARE;
    if (finding->kind == ASSAY_KIND_FAILED)
        bits |= HEARD_FAILED;
    if (finding->status == ASSAY_STATUS_FOUND)
        bits |= HEARD_FOUND;
    return (uint8_t)bits;
}

/* From what was said of each object to what was said near it.  Parents stand before
 * their children. */
static void spread(uint8_t *near, const GPtrArray *objects)
{
    size_t n = objects->len;
    g_autofree uint8_t *above = g_memdup2(near, n);
    for (size_t i = 1; i < n; i++) {
        const struct object *object = objects->pdata[i];
        g_assert(object->parent->id < i);
        above[i] |= above[object->parent->id];
    }
    for (size_t i = n; i > 1; i--) {
        const struct object *object = objects->pdata[i - 1];
        near[object->parent->id] |= near[i - 1];
    }
    for (size_t i = 0; i < n; i++)
        near[i] |= above[i];
}

void heard_listen(struct heard *heard, const struct policy *policy,
                  const struct scan *scan)
{
    if (heard->near != NULL)
        return;
    heard->near = g_malloc0(heard->engine_n * heard->object_n + 1);
    for (unsigned i = 0; i < scan->findings->len; i++) {
        const struct finding *f = scan->findings->pdata[i];
        note(heard, f->plugin, f->object, bits_of(policy, f));
    }
    for (unsigned i = 0; i < scan->answers->len; i++) {
        const struct scan_answer *a =
            &g_array_index(scan->answers, struct scan_answer, i);
        note(heard, a->plugin, a->object, HEARD_ANSWERED);
    }
    for (size_t e = 0; e < heard->engine_n; e++)
        spread(heard->near + e * heard->object_n, scan->message->objects);
}

uint8_t heard_near(const struct heard *heard, size_t engine,
                   const struct object *object)
{
    const struct heard_engine *e = &heard->engines[engine];
    if (object == NULL)
        return e->anywhere;
    return e->everywhere | heard->near[engine * heard->object_n + object->id];
}
