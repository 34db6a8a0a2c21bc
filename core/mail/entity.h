/* SPDX-License-Identifier: MIT */
/*
 * From spans to objects: what the tree found, made into a mail's objects.
 */
#ifndef MAIL_ENTITY_H
#define MAIL_ENTITY_H

#include "mail/field.h"
#include "mail/message.h"
#include "mail/tree.h"

#include <stddef.h>

/* One mail being made into objects; lives on the stack. */
struct entity_work {
    struct message *message;
    const struct limits *limits;
    struct object *mail; /* the object whose entities these are */
    GPtrArray *objects;  /* struct object of each span so far; not owned */
};

/* Makes the object of one span and adds it to the message; NULL when a bound was
 * reached.  Nested mails are expanded. */
struct object *entity_add(struct entity_work *work, struct span *span);

/* Adds mail->data[from..to) as text below `parent`: a mail that has no header, or
 * what stands in a multipart without parts. */
void entity_add_bare(struct entity_work *work, struct object *parent,
                     size_t from, size_t to);

#endif
