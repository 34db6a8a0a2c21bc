/* SPDX-License-Identifier: MIT */
/*
 * TNEF streams through the plugin's own eyes: every child lies inside the stream or
 * is bounded, and every child that is begun ends.
 */
#include "../../plugins/tnef/winmail.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t *stream;
static size_t stream_n;
static bool is_open;

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

/* Reads it all, so that a sanitizer sees a byte too far. */
static void touch(struct assay_str s)
{
    static volatile char sum;

    for (uint64_t i = 0; i < s.n; i++)
        sum = (char)(sum ^ s.p[i]);
}

static void check_child(const struct assay_child *child)
{
    require(!is_open && child->struct_size == sizeof *child);
    touch(child->name);
    touch(child->charset);
    touch(child->type);
}

static uint32_t cancelled(const struct assay_task *task)
{
    (void)task;
    return 0;
}

static int32_t report(const struct assay_task *task,
                      const struct assay_object *object,
                      const struct assay_finding *finding)
{
    (void)task;
    require(object != NULL && finding->name.n > 0);
    return ASSAY_RC_OK;
}

static int32_t child_begin(const struct assay_task *task,
                           const struct assay_child *child,
                           struct assay_writer **out)
{
    (void)task;
    check_child(child);
    is_open = true;
    *out = (struct assay_writer *)(void *)&is_open;
    return ASSAY_RC_OK;
}

static int32_t child_write(struct assay_writer *writer, const void *p,
                           uint64_t n)
{
    (void)writer;
    require(is_open && n <= 9 * (uint64_t)stream_n);
    touch((struct assay_str){p, n});
    return ASSAY_RC_OK;
}

static int32_t child_name(struct assay_writer *writer, struct assay_str name,
                          struct assay_str charset)
{
    (void)writer;
    require(is_open);
    touch(name);
    touch(charset);
    return ASSAY_RC_OK;
}

static int32_t child_commit(struct assay_writer *writer,
                            const struct assay_object **out)
{
    require(is_open);
    is_open = false;
    *out = (const struct assay_object *)(const void *)writer;
    return ASSAY_RC_OK;
}

static int32_t child_range(const struct assay_task *task,
                           const struct assay_child *child, uint64_t offset,
                           uint64_t length, const struct assay_object **out)
{
    check_child(child);
    require(offset <= stream_n && length <= stream_n - offset);
    touch((struct assay_str){(const char *)stream + offset, length});
    *out = task->object;
    return ASSAY_RC_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct assay_host host = {.cancelled = cancelled,
                                           .report = report,
                                           .child_begin = child_begin,
                                           .child_write = child_write,
                                           .child_name = child_name,
                                           .child_commit = child_commit,
                                           .child_range = child_range};
    const struct assay_task task = {
        .object = (const struct assay_object *)(const void *)&host};
    struct winmail w = {.host = &host,
                        .task = &task,
                        .p = data,
                        .n = size,
                        .max_bytes = 1 << 20};

    stream = data;
    stream_n = size;
    if (tnef_is_stream(data, size))
        winmail_unpack(&w);
    require(!is_open);
    return 0;
}
