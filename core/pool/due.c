/* SPDX-License-Identifier: MIT */
#include "pool/due.h"

void due_init(struct due_heap *heap)
{
    heap->items = g_ptr_array_new();
}

void due_clear(struct due_heap *heap)
{
    for (unsigned i = 0; heap->items != NULL && i < heap->items->len; i++)
        ((struct due *)heap->items->pdata[i])->place = 0;
    g_clear_pointer(&heap->items, g_ptr_array_unref);
}

static struct due *at(const struct due_heap *heap, unsigned i)
{
    return heap->items->pdata[i];
}

static void set(struct due_heap *heap, unsigned i, struct due *due)
{
    heap->items->pdata[i] = due;
    due->place = i + 1;
}

/* To where it belongs among those above. */
static void rise(struct due_heap *heap, struct due *due)
{
    unsigned i = due->place - 1;
    while (i > 0 && at(heap, (i - 1) / 2)->at_ns > due->at_ns) {
        set(heap, i, at(heap, (i - 1) / 2));
        i = (i - 1) / 2;
    }
    set(heap, i, due);
}

/* And among those below. */
static void sink(struct due_heap *heap, struct due *due)
{
    unsigned i = due->place - 1;
    unsigned n = heap->items->len;
    for (;;) {
        unsigned below = 2 * i + 1;
        if (below + 1 < n &&
            at(heap, below + 1)->at_ns < at(heap, below)->at_ns)
            below++;
        if (below >= n || at(heap, below)->at_ns >= due->at_ns)
            break;
        set(heap, i, at(heap, below));
        i = below;
    }
    set(heap, i, due);
}

void due_put(struct due_heap *heap, struct due *due, uint64_t at_ns)
{
    due->at_ns = at_ns;
    if (due->place == 0) {
        g_ptr_array_add(heap->items, due);
        due->place = heap->items->len;
    }
    rise(heap, due);
    sink(heap, due);
}

void due_drop(struct due_heap *heap, struct due *due)
{
    if (due->place == 0)
        return;
    unsigned i = due->place - 1;
    struct due *last = at(heap, heap->items->len - 1);
    g_ptr_array_set_size(heap->items, (int)heap->items->len - 1);
    due->place = 0;
    if (last == due)
        return;
    set(heap, i, last);
    rise(heap, last);
    sink(heap, last);
}

const struct due *due_first(const struct due_heap *heap)
{
    return heap->items->len > 0 ? at(heap, 0) : NULL;
}

void *due_take(struct due_heap *heap, uint64_t now_ns)
{
    if (heap->items->len == 0 || at(heap, 0)->at_ns > now_ns)
        return NULL;
    struct due *due = at(heap, 0);
    due_drop(heap, due);
    return due->owner;
}
