/* SPDX-License-Identifier: MIT */
#include "automaton.h"

#include <stdlib.h>

#define NO_ID UINT32_MAX

/* A state; index 0 is none, 1 the root. */
struct node {
    uint32_t parent;
    uint32_t fail;   /* the longest proper suffix that is a state */
    uint32_t output; /* the nearest state on the fail chain that ends strings */
    uint32_t ids;    /* first of `list`, NO_ID: none */
    uint8_t byte;    /* that led here */
};

/* state x byte -> state, open addressing. */
struct edge {
    uint32_t from; /* AUTOMATON_NONE: free */
    uint32_t byte;
    uint32_t to;
};

struct ending {
    uint32_t id;
    uint32_t next; /* another one with the same text, NO_ID: none */
};

struct automaton {
    struct node *nodes;
    size_t node_n;
    size_t node_room;
    struct edge *edges;
    size_t edge_room; /* a power of two */
    struct ending *list;
    size_t list_n;
    size_t list_room;
    uint32_t start[256]; /* the root's edges, for speed */
};

static size_t edge_slot(const struct automaton *a, uint32_t from, uint32_t byte)
{
    size_t i =
        (from * 2654435761u ^ byte * 40503u * 65537u) & (a->edge_room - 1);

    while (a->edges[i].from != AUTOMATON_NONE &&
           (a->edges[i].from != from || a->edges[i].byte != byte))
        i = (i + 1) & (a->edge_room - 1);
    return i;
}

static uint32_t edge_get(const struct automaton *a, uint32_t from, uint8_t byte)
{
    if (from == AUTOMATON_ROOT)
        return a->start[byte];
    const struct edge *edge = &a->edges[edge_slot(a, from, byte)];
    return edge->from == AUTOMATON_NONE ? AUTOMATON_NONE : edge->to;
}

/* Makes room for one more of `size` bytes in a growing array. */
static bool reserve(void **array, size_t n, size_t *room, size_t size)
{
    if (n < *room)
        return true;
    size_t more = *room == 0 ? 256 : *room * 2;
    void *grown = realloc(*array, more * size);
    if (grown == NULL)
        return false;
    *array = grown;
    *room = more;
    return true;
}

static bool edges_grow(struct automaton *a)
{
    struct edge *old = a->edges;
    size_t old_room = a->edge_room;

    if (a->node_n * 2 < old_room)
        return true;
    a->edges = calloc(old_room * 2, sizeof(*a->edges));
    if (a->edges == NULL) {
        a->edges = old;
        return false;
    }
    a->edge_room = old_room * 2;
    for (size_t i = 0; i < old_room; i++) {
        if (old[i].from != AUTOMATON_NONE)
            a->edges[edge_slot(a, old[i].from, old[i].byte)] = old[i];
    }
    free(old);
    return true;
}

static uint32_t node_add(struct automaton *a, uint32_t parent, uint8_t byte)
{
    void *nodes = a->nodes;

    if (!reserve(&nodes, a->node_n, &a->node_room, sizeof(*a->nodes)))
        return AUTOMATON_NONE;
    a->nodes = nodes;
    a->nodes[a->node_n] = (struct node){
        .parent = parent, .byte = byte, .ids = NO_ID, .output = AUTOMATON_NONE};
    return (uint32_t)a->node_n++;
}

uint32_t automaton_grow(struct automaton *automaton, uint32_t from,
                        uint8_t byte)
{
    uint32_t to = edge_get(automaton, from, byte);

    if (to != AUTOMATON_NONE || !edges_grow(automaton))
        return to;
    to = node_add(automaton, from, byte);
    if (to == AUTOMATON_NONE)
        return to;
    if (from == AUTOMATON_ROOT)
        automaton->start[byte] = to;
    automaton->edges[edge_slot(automaton, from, byte)] =
        (struct edge){.from = from, .byte = byte, .to = to};
    return to;
}

struct automaton *automaton_new(void)
{
    struct automaton *a = calloc(1, sizeof(*a));

    if (a == NULL)
        return NULL;
    a->edge_room = 1024;
    a->edges = calloc(a->edge_room, sizeof(*a->edges));
    if (a->edges == NULL || node_add(a, AUTOMATON_NONE, 0) != AUTOMATON_NONE ||
        node_add(a, AUTOMATON_NONE, 0) != AUTOMATON_ROOT) {
        automaton_free(a);
        return NULL;
    }
    return a;
}

void automaton_free(struct automaton *automaton)
{
    if (automaton == NULL)
        return;
    free(automaton->nodes);
    free(automaton->edges);
    free(automaton->list);
    free(automaton);
}

/* Where `byte` leads from `state`, by way of its suffixes. */
uint32_t automaton_step(const struct automaton *automaton, uint32_t state,
                        uint8_t byte)
{
    while (state != AUTOMATON_ROOT) {
        uint32_t to = edge_get(automaton, state, byte);
        if (to != AUTOMATON_NONE)
            return to;
        state = automaton->nodes[state].fail;
    }
    return automaton->start[byte] == AUTOMATON_NONE ? AUTOMATON_ROOT
                                                    : automaton->start[byte];
}

/* The states in order of their depth, the root's children first.  `order` has room
 * for all of them; a parent always has a smaller index than its children. */
static bool sort_by_depth(const struct automaton *a, uint32_t *order)
{
    uint32_t *depths = calloc(a->node_n, sizeof(*depths));
    uint32_t *starts = calloc(a->node_n + 1, sizeof(*starts));
    bool has_memory = depths != NULL && starts != NULL;

    for (size_t i = AUTOMATON_ROOT + 1; has_memory && i < a->node_n; i++) {
        depths[i] = depths[a->nodes[i].parent] + 1;
        starts[depths[i] + 1]++;
    }
    for (size_t i = 1; has_memory && i <= a->node_n; i++)
        starts[i] += starts[i - 1];
    for (uint32_t i = AUTOMATON_ROOT + 1; has_memory && i < a->node_n; i++)
        order[starts[depths[i]]++] = i;
    free(depths);
    free(starts);
    return has_memory;
}

bool automaton_build(struct automaton *automaton)
{
    struct automaton *a = automaton;
    uint32_t *order = calloc(a->node_n, sizeof(*order));

    if (order == NULL || !sort_by_depth(a, order)) {
        free(order);
        return false;
    }
    for (size_t i = 0; i < a->node_n - AUTOMATON_ROOT - 1; i++) {
        struct node *node = &a->nodes[order[i]];
        node->fail =
            node->parent == AUTOMATON_ROOT
                ? AUTOMATON_ROOT
                : automaton_step(a, a->nodes[node->parent].fail, node->byte);
        const struct node *fail = &a->nodes[node->fail];
        node->output = fail->ids != NO_ID ? node->fail : fail->output;
    }
    free(order);
    return true;
}

bool automaton_end(struct automaton *automaton, uint32_t state, uint32_t id)
{
    void *list = automaton->list;

    if (!reserve(&list, automaton->list_n, &automaton->list_room,
                 sizeof(*automaton->list)))
        return false;
    automaton->list = list;
    automaton->list[automaton->list_n] =
        (struct ending){.id = id, .next = automaton->nodes[state].ids};
    automaton->nodes[state].ids = (uint32_t)automaton->list_n++;
    return true;
}

void automaton_ids(const struct automaton *automaton, uint32_t state,
                   automaton_fn found, void *user)
{
    for (; state != AUTOMATON_NONE; state = automaton->nodes[state].output) {
        for (uint32_t i = automaton->nodes[state].ids; i != NO_ID;
             i = automaton->list[i].next)
            found(user, automaton->list[i].id);
    }
}

bool automaton_is_end(const struct automaton *automaton, uint32_t state)
{
    const struct node *node = &automaton->nodes[state];

    return node->ids != NO_ID || node->output != AUTOMATON_NONE;
}
