/* SPDX-License-Identifier: MIT */
/*
 * Children: what an unpacker finds inside.
 */
#include "host/call.h"
#include "host/sized.h"

#include <string.h>

static bool read_child(struct call *call, const struct assay_child *from,
                       struct assay_child *child)
{
    if (from != NULL &&
        sized_copy_whole(child, sizeof *child, from, SIZED_CHILD) &&
        call_is_str(child->name) && call_is_str(child->charset) &&
        call_is_str(child->type) && call_is_str(child->method))
        return true;
    call_blame(call, ASSAY_RC_INVAL,
               "began a child whose structure is not well made");
    return false;
}

/* The writer, which must be the running task's open one; else NULL. */
static struct writer *writer_of(struct assay_writer *writer)
{
    struct call *call = call_running();
    if (call == NULL)
        return NULL;
    if (writer_is_open(call->task, writer))
        return (struct writer *)writer;
    call_blame(call, ASSAY_RC_STATE, "used a writer that is not open");
    return NULL;
}

int32_t child_begin(const struct assay_task *task,
                    const struct assay_child *child, struct assay_writer **out)
{
    struct call *call = call_of(task);
    if (call == NULL)
        return ASSAY_RC_STATE;
    struct assay_child c;
    if (!read_child(call, child, &c))
        return ASSAY_RC_INVAL;
    struct writer *writer;
    int32_t rc = writer_begin(call->task, &c, &writer);
    if (rc == ASSAY_RC_OK)
        *out = (struct assay_writer *)writer;
    return rc;
}

int32_t child_write(struct assay_writer *writer, const void *p, uint64_t n)
{
    struct writer *open = writer_of(writer);
    if (open == NULL)
        return ASSAY_RC_STATE;
    if (p == NULL && n > 0)
        return call_blame(call_running(), ASSAY_RC_INVAL,
                          "wrote a NULL pointer with a length");
    return writer_write(open, p, n);
}

int32_t child_name(struct assay_writer *writer, struct assay_str name,
                   struct assay_str charset)
{
    struct writer *open = writer_of(writer);
    if (open == NULL)
        return ASSAY_RC_STATE;
    if (!call_is_str(name) || !call_is_str(charset))
        return call_blame(call_running(), ASSAY_RC_INVAL,
                          "gave a name that is NULL with a length");
    g_autofree char *set =
        charset.n > 0 ? g_strndup(charset.p, MIN(charset.n, 255)) : NULL;
    return writer_name(open, name.n > 0 ? name.p : "", name.n, set);
}

int32_t child_flags(struct assay_writer *writer, uint64_t flags)
{
    struct writer *open = writer_of(writer);
    return open != NULL ? writer_flags(open, flags) : ASSAY_RC_STATE;
}

int32_t child_commit(struct assay_writer *writer,
                     const struct assay_object **out)
{
    struct writer *open = writer_of(writer);
    if (open == NULL)
        return ASSAY_RC_STATE;
    struct object *child = NULL;
    int32_t rc = writer_commit(open, &child);
    if (rc == ASSAY_RC_OK && out != NULL)
        *out = call_abi(child);
    return rc;
}

void child_abort(struct assay_writer *writer)
{
    struct writer *open = writer_of(writer);
    if (open != NULL)
        writer_abort(open);
}

int32_t child_range(const struct assay_task *task,
                    const struct assay_child *child, uint64_t offset,
                    uint64_t length, const struct assay_object **out)
{
    struct call *call = call_of(task);
    if (call == NULL)
        return ASSAY_RC_STATE;
    struct assay_child c;
    if (!read_child(call, child, &c))
        return ASSAY_RC_INVAL;
    struct object *whole = call->task->object;
    if (call->task->stage == ASSAY_STAGE_OBJECT && !call_fetch(call, whole))
        return ASSAY_RC_IO;
    struct object *made = NULL;
    int32_t rc = writer_range(call->task, &c, offset, length, &made);
    if (out != NULL && made != NULL)
        *out = call_abi(made);
    return rc;
}
