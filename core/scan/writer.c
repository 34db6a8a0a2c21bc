/* SPDX-License-Identifier: MIT */
/*
 * Children, written piece by piece into one buffer that is kept for the next.
 */
#include "mail/message.h"
#include "scan/state.h"

#include <string.h>

enum {
    FIRST_CAPACITY = 64 << 10,
    COPY_MAX = 256 << 10, /* up to here a child is copied out of the buffer; a
                             larger one takes the buffer with it */
    TRUST_MAX = 1 << 20,  /* so much is allocated on a container's word */
    CUT_KEPT = 4 << 20,   /* of a child that a bound has cut */
    METHOD_MAX = 255,
    CHARSET_MAX = 63
};

#define CHILD_FLAGS                                                            \
    (ASSAY_OBJECT_ENCRYPTED | ASSAY_OBJECT_DAMAGED | ASSAY_OBJECT_TRUNCATED |  \
     ASSAY_OBJECT_NAME_UNSAFE | ASSAY_OBJECT_DIRECTORY)

static int32_t refuse(struct task *task, int32_t rc, const char *rule)
{
    task_blame(task, rule);
    return rc;
}

/* Nothing is open.  A large buffer goes, a small one is kept. */
static void close_writer(struct writer *writer)
{
    writer->task = NULL;
    writer->child = NULL;
    writer->size = 0;
    writer->is_cut = false;
    if (writer->capacity > TRUST_MAX) {
        g_clear_pointer(&writer->buffer, g_free);
        writer->capacity = 0;
    }
}

void writer_drop(struct scan *scan)
{
    struct writer *writer = &scan->state->writer;
    object_free(writer->child);
    close_writer(writer);
}

void writer_clear(struct writer *writer)
{
    object_free(writer->child);
    close_writer(writer);
    g_clear_pointer(&writer->buffer, g_free);
    writer->capacity = 0;
}

/* May this task begin a child now?  Both ways to make one begin here. */
static int32_t may_begin(struct task *task, const struct assay_child *child)
{
    if ((task->scanner->flags & ASSAY_FLAG_CHILDREN) == 0)
        return refuse(task, ASSAY_RC_STATE,
                      "began a child without ASSAY_FLAG_CHILDREN");
    if (task->stage != ASSAY_STAGE_OBJECT)
        return refuse(task, ASSAY_RC_STATE,
                      "began a child outside of stage OBJECT");
    if (task->scan->state->writer.task != NULL)
        return refuse(task, ASSAY_RC_STATE,
                      "began a child while another one was open");
    if (child->kind != ASSAY_OBJECT_MEMBER &&
        child->kind != ASSAY_OBJECT_DERIVED)
        return refuse(task, ASSAY_RC_INVAL,
                      "began a child that is neither MEMBER nor DERIVED");
    return budget_child(task);
}

static void open_writer(struct task *task, const struct assay_child *about)
{
    struct object *child = object_new(about->kind, NULL);
    child->parent = task->object;
    child->id = task->scan->message->objects->len + draft_children(task);
    child->depth = task->object->depth + 1;
    child->unpack_depth = task->object->unpack_depth + 1;
    child->flags = about->flags & CHILD_FLAGS;
    child->readings = task->object->readings;
    child->packed_size = about->packed_size;
    child->told_size = about->told_size;
    child->mtime = about->mtime;
    child->origin = task->scanner->name;
    if (about->method.n > 0)
        child->method =
            g_strndup(about->method.p, MIN(about->method.n, METHOD_MAX));
    object_set_type(child, about->type.p, about->type.n);
    struct writer *writer = &task->scan->state->writer;
    writer->task = task;
    writer->child = child;
    if (about->name.n == 0)
        return;
    g_autofree char *charset =
        about->charset.n > 0
            ? g_strndup(about->charset.p, MIN(about->charset.n, CHARSET_MAX))
            : NULL;
    object_add_name(child, about->name.p, about->name.n, charset, NULL);
}

int32_t writer_begin(struct task *task, const struct assay_child *child,
                     struct writer **out)
{
    int32_t rc = may_begin(task, child);
    if (rc != ASSAY_RC_OK)
        return rc;
    open_writer(task, child);
    *out = &task->scan->state->writer;
    return ASSAY_RC_OK;
}

static void make_room(struct writer *writer, size_t n)
{
    size_t needed = writer->size + n;
    if (needed <= writer->capacity)
        return;
    size_t capacity = MAX(writer->capacity * 2, FIRST_CAPACITY);
    /* What the container tells saves steps, but buys no more than a little. */
    capacity = MAX(capacity, MIN(writer->child->told_size, TRUST_MAX));
    capacity = MAX(capacity, needed);
    writer->buffer = g_realloc(writer->buffer, capacity);
    writer->capacity = capacity;
}

int32_t writer_write(struct writer *writer, const void *p, size_t n)
{
    if (writer->task == NULL)
        return ASSAY_RC_STATE;
    if (writer->is_cut)
        return ASSAY_RC_LIMIT;
    size_t granted = budget_take(writer->task, writer->size, n);
    make_room(writer, granted);
    if (granted > 0)
        memcpy(writer->buffer + writer->size, p, granted);
    writer->size += granted;
    writer->is_cut = granted < n;
    return writer->is_cut ? ASSAY_RC_LIMIT : ASSAY_RC_OK;
}

int32_t writer_name(struct writer *writer, const char *raw, size_t n,
                    const char *charset)
{
    if (writer->task == NULL)
        return ASSAY_RC_STATE;
    object_add_name(writer->child, raw, n, charset, NULL);
    return ASSAY_RC_OK;
}

int32_t writer_flags(struct writer *writer, uint64_t flags)
{
    if (writer->task == NULL)
        return ASSAY_RC_STATE;
    writer->child->flags |= flags & CHILD_FLAGS;
    return ASSAY_RC_OK;
}

/* What was written; the buffer is ready for the next child. */
static GBytes *take_content(struct writer *writer)
{
    size_t size = writer->size;
    if (writer->is_cut)
        size = MIN(size, CUT_KEPT);
    if (size <= COPY_MAX)
        return g_bytes_new(writer->buffer, size);
    writer->capacity = 0;
    return g_bytes_new_take(g_realloc(g_steal_pointer(&writer->buffer), size),
                            size);
}

static void free_object(void *p)
{
    object_free(p);
}

/* The child is the draft's now, with that content, which is taken. */
static struct object *keep_child(struct writer *writer, GBytes *content)
{
    struct object *child = writer->child;
    struct draft *draft = writer->task->draft;
    object_set_content(child, content);
    g_bytes_unref(content);
    if (writer->is_cut)
        child->flags |= ASSAY_OBJECT_TRUNCATED;
    if (draft->children == NULL)
        draft->children = g_ptr_array_new_with_free_func(free_object);
    g_ptr_array_add(draft->children, child);
    close_writer(writer);
    return child;
}

int32_t writer_commit(struct writer *writer, struct object **out)
{
    if (writer->task == NULL)
        return ASSAY_RC_STATE;
    struct object *child = keep_child(writer, take_content(writer));
    if (out != NULL)
        *out = child;
    return ASSAY_RC_OK;
}

void writer_abort(struct writer *writer)
{
    if (writer->task != NULL && writer->is_cut)
        keep_child(writer, take_content(writer));
    else if (writer->task != NULL)
        writer_drop(writer->task->scan);
}

static void unref_bytes(void *bytes)
{
    g_bytes_unref(bytes);
}

int32_t writer_range(struct task *task, const struct assay_child *child,
                     uint64_t offset, uint64_t length, struct object **out)
{
    int32_t rc = may_begin(task, child);
    if (rc != ASSAY_RC_OK)
        return rc;
    const struct object *whole = task->object;
    if (offset > whole->size || length > whole->size - offset)
        return refuse(task, ASSAY_RC_INVAL,
                      "began a child that reaches beyond its object");
    open_writer(task, child);
    struct writer *writer = &task->scan->state->writer;
    size_t granted = budget_take(task, 0, length);
    writer->is_cut = granted < length;
    struct object *made = keep_child(
        writer,
        g_bytes_new_with_free_func(whole->data + offset, granted, unref_bytes,
                                   g_bytes_ref(whole->bytes)));
    if (out != NULL)
        *out = made;
    return granted < length ? ASSAY_RC_LIMIT : ASSAY_RC_OK;
}

bool writer_is_open(const struct task *task, const void *writer)
{
    return task->scan->state->writer.task == task &&
           writer == &task->scan->state->writer;
}
