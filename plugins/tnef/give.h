/* SPDX-License-Identifier: MIT */
/*
 * Children of a TNEF stream, and what is told about them.  Once the host wants no
 * more, winmail.is_stopped is set.
 */
#ifndef TNEF_GIVE_H
#define TNEF_GIVE_H

#include "winmail.h"

/* Bytes that become a child. */
struct given {
    const char *mark; /* written before them, "": nothing */
    const uint8_t *p;
    size_t n;
    const struct attachment *names; /* its further names; NULL: none */
};

struct assay_str give_str(const char *text);
/* The character set of a name, as struct assay_child has it. */
struct assay_str give_charset(const struct winmail *w,
                              const struct winmail_name *name);
/* False: stop. */
bool give_goes_on(struct winmail *w);
/* A child whose content is written.  NULL: the host does not have it. */
const struct assay_object *give_copy(struct winmail *w,
                                     struct assay_child *child,
                                     const struct given *what);
/* A child that is a range of the stream. */
const struct assay_object *give_range(struct winmail *w,
                                      struct assay_child *child,
                                      const uint8_t *p, size_t n);
/* "Could not look at all of it": child NULL is the stream itself. */
void give_fault(struct winmail *w, const struct assay_object *child,
                uint32_t reason, const char *text);
/* What the child's own flags (TRUNCATED, DAMAGED) say, as a finding. */
void give_tell(struct winmail *w, const struct assay_object *child,
               uint64_t flags);

#endif
