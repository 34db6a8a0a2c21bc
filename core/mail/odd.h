/* SPDX-License-Identifier: MIT */
/*
 * What is odd about a mail, told as notes; their names and kinds are listed in
 * mail/message.h.
 */
#ifndef MAIL_ODD_H
#define MAIL_ODD_H

#include "base/limits.h"
#include "mail/decode.h"
#include "mail/field.h"
#include "mail/message.h"
#include "mail/tree.h"

#include <stdbool.h>

/* The bounds that ended the pass over a mail, and what it came across. */
void odd_tree(struct message *message, struct object *mail,
              const struct tree *tree);

/* A header block. */
void odd_block(struct message *message, struct object *object,
               const struct field_block *block);

/* Two values for what can only have one: programs differ in which they take. */
void odd_conflicts(struct message *message, struct object *object);

/* A multipart; `is_blank`: nothing stands in it. */
void odd_multipart(struct message *message, struct object *object,
                   const struct span *span, bool is_blank);

/* A part's content and its declared type. */
void odd_content(struct message *message, struct object *object,
                 const struct decoded *decoded, const struct limits *limits);

/* A mail without a header. */
void odd_headless(struct message *message, struct object *mail);

#endif
