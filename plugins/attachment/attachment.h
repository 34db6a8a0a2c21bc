/* SPDX-License-Identifier: MIT */
/*
 * One instance of the attachment plugin, and what it tells.
 */
#ifndef ATTACHMENT_ATTACHMENT_H
#define ATTACHMENT_ATTACHMENT_H

#include "rules.h"

#include <assay/plugin.h>

#include <locale.h>
#include <stdint.h>

/* How something is told; the order of the choices in options.c. */
enum telling {
    TELL_OFF,
    TELL_INFO,
    TELL_POLICY,
    TELL_SUSPICIOUS
};

/*
 * Made by create(), read-only after that: forked workers share it.
 */
struct attachment {
    const struct assay_host *host;
    struct rules rules;
    uint64_t max_size; /* 0: no bound */
    enum telling level2;
    enum telling macros;
    enum telling encrypted;
    enum telling archived;
    enum telling deceptive;
};

/* The option table, NULL-terminated. */
extern const struct assay_option *const attachment_options[];

/* Fills rules and settings; false with `err` (RULES_ERROR bytes) set. */
bool attachment_configure(struct attachment *self,
                          const struct assay_options *options, char *err);

/* Stage OBJECT and stage MESSAGE; ASSAY_RC_*. */
int32_t attachment_object(const struct attachment *self,
                          const struct assay_task *task);
int32_t attachment_message(const struct attachment *self,
                           const struct assay_task *task);

/* What is said about an object.  The kind is told by `telling`; OFF: nothing. */
struct statement {
    const char *name; /* "attachment.level1" */
    enum telling telling;
    uint32_t confidence;
    uint32_t advice; /* ASSAY_ACTION_*, where it is told as policy */
    const char *text;
};

void attachment_tell(const struct attachment *self,
                     const struct assay_task *task,
                     const struct assay_object *object,
                     const struct statement *statement);

#endif
