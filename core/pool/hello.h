/* SPDX-License-Identifier: MIT */
/*
 * The first thing that a worker says, once: what could not be started in it, and how
 * well it is shut in.  Packed by the worker into slot 0's reply room, unpacked by the
 * front, to which it is hostile as all that a worker says.
 */
#ifndef POOL_HELLO_H
#define POOL_HELLO_H

#include "base/pack.h"
#include "pool/sandbox.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HELLO_TEXT_MAX = 1024
};

/* A plugin that cannot be used in this worker.  Owned by its hello. */
struct hello_down {
    uint32_t scanner; /* its place in the whole plan */
    char *text;       /* why; one clean line */
};

/* Zeroed memory is valid and empty. */
struct hello {
    GPtrArray *downs; /* struct hello_down by rising place; NULL: none */
    struct sandbox_report sandbox;
};

/* Rising: plugins are started in the plan's order. */
void hello_add(struct hello *hello, uint32_t scanner, const char *text);
void hello_pack(const struct hello *hello, struct packer *to);
/* False: not well made, `*out` untouched; else it is yours (hello_clear). */
bool hello_unpack(struct unpacker *from, size_t scanner_n, struct hello *out);
void hello_clear(struct hello *hello);

#endif
