/* SPDX-License-Identifier: MIT */
#include "give.h"

#include <string.h>

struct assay_str give_str(const char *text)
{
    return (struct assay_str){text, strlen(text)};
}

void give_fault(struct winmail *w, const struct assay_object *child,
                uint32_t reason, const char *text)
{
    const char *name =
        reason == ASSAY_REASON_TRUNCATED ? "tnef.truncated" : "tnef.damaged";
    struct assay_finding finding = {
        .struct_size = sizeof finding,
        .status = ASSAY_STATUS_UNSCANNABLE,
        .reason = reason,
        .name = give_str(name),
        .text = give_str(text),
    };
    if (w->faults++ < WINMAIL_MAX_FAULTS)
        (void)w->host->report(w->task, child != NULL ? child : w->task->object,
                              &finding);
}

bool give_goes_on(struct winmail *w)
{
    if (!w->is_stopped && w->host->cancelled(w->task) != 0) {
        w->is_cancelled = true;
        w->is_stopped = true;
    }
    return !w->is_stopped;
}

/* What the host answered to a child that begins. */
static bool is_taken(struct winmail *w, int32_t rc)
{
    if (rc != ASSAY_RC_OK && rc != ASSAY_RC_SKIP)
        w->is_stopped = true;
    return rc == ASSAY_RC_OK;
}

struct assay_str give_charset(const struct winmail *w,
                              const struct winmail_name *name)
{
    return give_str(name->is_wide ? "UTF-16LE" : w->charset);
}

const struct assay_object *give_copy(struct winmail *w,
                                     struct assay_child *child,
                                     const struct given *what)
{
    struct assay_writer *writer = NULL;
    const struct assay_object *out = NULL;

    if (!is_taken(w, w->host->child_begin(w->task, child, &writer)))
        return NULL;
    for (unsigned i = 1; what->names != NULL && i < what->names->name_n; i++) {
        const struct winmail_name *name = &what->names->names[i];
        (void)w->host->child_name(
            writer, (struct assay_str){(const char *)name->p, name->n},
            give_charset(w, name));
    }
    size_t mark_n = strlen(what->mark);
    if ((mark_n > 0 && w->host->child_write(writer, what->mark, mark_n) != 0) ||
        (what->n > 0 &&
         w->host->child_write(writer, what->p, what->n) != ASSAY_RC_OK)) {
        w->host->child_abort(writer);
        return NULL;
    }
    return is_taken(w, w->host->child_commit(writer, &out)) ? out : NULL;
}

const struct assay_object *give_range(struct winmail *w,
                                      struct assay_child *child,
                                      const uint8_t *p, size_t n)
{
    const struct assay_object *out = NULL;
    int32_t rc =
        w->host->child_range(w->task, child, (uint64_t)(p - w->p), n, &out);
    return is_taken(w, rc) ? out : NULL;
}

void give_tell(struct winmail *w, const struct assay_object *child,
               uint64_t flags)
{
    if (child == NULL)
        return;
    if ((flags & ASSAY_OBJECT_TRUNCATED) != 0)
        give_fault(w, child, ASSAY_REASON_TRUNCATED,
                   "the stream ends before this does");
    else if ((flags & ASSAY_OBJECT_DAMAGED) != 0)
        give_fault(w, child, ASSAY_REASON_DAMAGED, "its check sum is wrong");
}
