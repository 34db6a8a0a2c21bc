/* SPDX-License-Identifier: MIT */
/*
 * The first thing that a worker says, once: what could not be started in it, and how
 * well it is shut in.  Packed by the worker, unpacked by the front, hostile as all that
 * a worker says.
 */
#ifndef POOL_HELLO_H
#define POOL_HELLO_H

#include "base/pack.h"
#include "pool/sandbox.h"
#include "scan/scan.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

enum {
    HELLO_TEXT_MAX = 1024
};

/* A plugin that cannot be used in this worker.  Owned by its hello. */
struct hello_down {
    uint32_t scanner; /* its place in the plan */
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
/* False with what is wrong, `*out` untouched; else it is yours (hello_clear). */
bool hello_unpack(struct unpacker *from, const struct scan_plan *plan,
                  struct hello *out, GError **error);
void hello_clear(struct hello *hello);

#endif
