/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One instance: one libclamav engine with its signatures and bounds.
 *
 * Compiled once, before the workers are forked, and shared by them.  What each
 * worker changes in its own copy: where scratch files go (start), and how long a
 * scan may take (look.c).
 *
 * libclamav's cache of clean files is off: it knows them by MD5, and two files with
 * one MD5 are made in seconds, so a clean one sent first would hide its evil twin.
 * The host remembers answers by SHA-256 instead.
 */
#ifndef CLAMAV_ENGINE_H
#define CLAMAV_ENGINE_H

#include "database.h"
#include "settings.h"

#include <assay/plugin.h>

#include <clamav.h>

#include <stdbool.h>
#include <stdint.h>

enum {
    /* Layers of one scan that are remembered; those after are shown again. */
    ENGINE_LAYERS_MAX = 4096
};

/* One instance: made by create(), shared by forked workers, freed by destroy(). */
struct engine {
    const struct assay_host *host;
    struct settings settings;
    struct database database;
    struct cl_engine *cl; /* NULL after a create that only checked */
    uint64_t signatures;
    char version[128]; /* "1.4.6 daily:27450 main:62 local:3-1f9a02c4" */
    uint8_t (*digests)[DATABASE_DIGEST_SIZE]; /* ENGINE_LAYERS_MAX of them */
};

int32_t engine_create(const struct assay_host *host,
                      const struct assay_create *create, void **inst,
                      struct assay_buf *err);
void engine_destroy(void *inst);
int32_t engine_start(void *inst, const struct assay_start *start,
                     struct assay_buf *err);
int32_t engine_stamp(void *inst, struct assay_stamp *out);

#endif
