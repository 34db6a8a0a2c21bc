/* SPDX-License-Identifier: MIT */
/*
 * A list of edits, put out in an order in which they mean what they say.
 *
 * All indexes are those of the message that was received.  Postfix numbers headers anew
 * after each delete, so the edits of a name go out from its highest index down; then
 * inserts, also from the highest index down and, at one index, the last of the list
 * first, so that they stand in the list's order; then added headers in the list's
 * order.  Sendmail does not renumber and is served by the same order.  Deletes come
 * before inserts: an insert's index counts the headers that are left.  Envelope and
 * quarantine follow, and the body comes last and in one go: Postfix does not take
 * another edit between or after its chunks and more chunks.
 */
#ifndef FRONT_MILTER_EDIT_H
#define FRONT_MILTER_EDIT_H

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum milter_edit_kind {
    MILTER_EDIT_ADD_HEADER,    /* name, value */
    MILTER_EDIT_INSERT_HEADER, /* index, name, value */
    MILTER_EDIT_CHANGE_HEADER, /* index, name, value */
    MILTER_EDIT_DELETE_HEADER, /* index, name */
    MILTER_EDIT_ADD_RCPT, /* name: the address; value: ESMTP arguments or NULL */
    MILTER_EDIT_DELETE_RCPT, /* name: the address */
    MILTER_EDIT_CHANGE_FROM, /* name: the address; value: ESMTP arguments or NULL */
    MILTER_EDIT_QUARANTINE, /* value: the reason */
    MILTER_EDIT_BODY,       /* body: all of it */
};

/*
 * One edit; fields as front/milter_change.h has them.  Lent to the call that takes it.
 * What its kind does not name is zero.
 */
struct milter_edit {
    enum milter_edit_kind kind;
    uint32_t index;
    const char *name;
    const char *value;
    GBytes *body;
};

/* The actions (enum milter_action) that it needs. */
uint32_t milter_edit_action(const struct milter_edit *edit);

/* Appends all of them.  False, with `error` and nothing appended: one is not well made,
 * needs an action that is not among `actions`, or edits a header that another one
 * does; or there are two bodies. */
bool milter_put_edits(GByteArray *out, const struct milter_edit *edits,
                      size_t n, uint32_t actions, GError **error);

#endif
