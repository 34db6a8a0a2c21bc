/* SPDX-License-Identifier: MIT */
/*
 * One object while it is looked at, and the statements about it.
 */
#ifndef ATTACHMENT_LOOK_H
#define ATTACHMENT_LOOK_H

#include "attachment.h"

#include <stdbool.h>
#include <stdint.h>

/* How sure a statement is: percent. */
enum look_confidence {
    SURE = 100,       /* a rule of the site says so */
    DECEPTIVE = 90,   /* hardly ever by accident */
    MACRO_FOUND = 80, /* they are there; whether they are bad is not known */
    MACRO_NAMED = 50, /* called so */
    LEVEL2 = 40
};

/* Lives on the stack of attachment_object. */
struct look {
    const struct attachment *self;
    const struct assay_task *task;
    uint64_t kind;
    uint64_t flags;
    struct rules_file file; /* what name patterns are matched with */
    bool is_archived;       /* inside an archive, not an attachment itself */
    bool is_named;
    bool is_allowed; /* as far as level 2 goes */
    bool has_block;
    bool has_save;
    bool is_deceptive; /* told already */
    const char *block_name;
    struct rules_hit block;
    struct rules_hit save;
};

/* Keeps what blocks, unless something does already. */
void look_set_block(struct look *look, const char *name,
                    const struct rules_hit *hit);

/* All names of the object against the rules (look_name.c). */
void look_at_names(struct look *look);

/* Statements (tell.c).  Deceptive: once, as "BEFORE what AFTER". */
void tell(const struct look *look, const struct statement *statement);
void tell_block(const struct look *look);
void tell_save(const struct look *look);
void tell_size(const struct look *look);
void tell_macro(const struct look *look, uint32_t confidence, const char *text);
void tell_macro_rule(const struct look *look, const struct rules_hit *hit);
void tell_deceptive(struct look *look, const char *before, const char *what,
                    const char *after);

#endif
