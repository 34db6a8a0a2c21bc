/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One scan by libclamav, as its callbacks see it.
 *
 * libclamav calls the inspection callback for each layer (the content itself,
 * members, texts, embedded files) with all its bytes, after its bounds have let it
 * through and before it is matched and opened.  A layer that a bound shut out is
 * not told.  So the digests taken here are exactly of what was looked at.
 * Layers that libclamav rewrote (normalised) are not content: no digest.
 *
 * Two things that libclamav does not do by itself are done here.  It cuts a member
 * of a zip at the largest file size and calls it clean: a layer of that size counts
 * as cut.  And once a bound of the whole scan is reached it goes on inflating every
 * further member at full length only to drop it (a zip of 26 KB takes 75 s): from
 * the first bound on, only some small members are still looked at.
 */
#ifndef CLAMAV_LAYERS_H
#define CLAMAV_LAYERS_H

#include "engine.h"
#include "mail.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    NAMES_MAX = 32, /* different names of one scan; more add nothing */
    NAME_SIZE = 256,
    /* libclamav inflates and cuts in pieces of this (BUFSIZ). */
    LAYERS_CUT = 8192,
    /* After the first bound: the largest file, and bytes of all that follow. */
    LAYERS_NARROW = 64 * 1024,
    LAYERS_REST = 8 * 1024 * 1024
};

/*
 * One scan.  Made by look.c on its stack, given to libclamav as its context.
 */
struct layers {
    const struct engine *engine;
    const struct assay_task *task; /* NULL: a self-test, nobody cancels */
    struct mail *mail; /* parts that are scanned on their own, or NULL */
    bool takes_digests;
    bool has_begun;    /* libclamav looked at the content at all */
    bool is_cancelled; /* the host asked to stop; layers were left out */
    bool is_narrow;    /* a bound was reached: LAYERS_NARROW holds */
    uint64_t bytes;    /* of all layers so far, as libclamav counts them */
    size_t digest_n;   /* in engine->digests */
    size_t name_n;
    char names[NAMES_MAX][NAME_SIZE];
};

/* Sets the callbacks of an engine, before it is compiled. */
void layers_attach(struct cl_engine *cl);

#endif
