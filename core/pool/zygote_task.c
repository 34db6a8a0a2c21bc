/* SPDX-License-Identifier: MIT */
#include "pool/zygote.h"

void zygote_task_pack(const struct zygote_task *task, struct packer *to)
{
    size_t n = 0;
    const void *foreign = NULL;
    if (task->foreign != NULL)
        foreign = g_bytes_get_data(task->foreign, &n);
    pack_text(to, task->class_name);
    pack_u32(to, task->class_number);
    pack_text(to, task->conf_path);
    pack_text(to, task->conf_dir);
    pack_text(to, task->conf_text);
    pack_text(to, task->only_file);
    pack_bool(to, task->no_plugins);
    pack_bool(to, task->foreign != NULL);
    pack_bytes(to, foreign, n);
    pack_u32(to, task->uid);
    pack_u32(to, task->gid);
    pack_bool(to, task->sandbox_is_required);
    pack_u32(to, task->landlock_abi_max);
    pack_u64(to, task->memory_bytes);
    pack_bool(to, task->may_keep_digests);
}

static GBytes *unpack_foreign(struct unpacker *from)
{
    bool is_there = unpack_bool(from);
    const uint8_t *p;
    size_t n;
    unpack_bytes(from, &p, &n, UNPACK_ANY);
    return is_there ? g_bytes_new(p, n) : NULL;
}

bool zygote_task_unpack(struct unpacker *from, struct zygote_task *out)
{
    struct zygote_task task = {0};
    task.class_name = unpack_string(from, UNPACK_ANY);
    task.class_number = unpack_u32(from);
    task.conf_path = unpack_string(from, UNPACK_ANY);
    task.conf_dir = unpack_string(from, UNPACK_ANY);
    task.conf_text = unpack_string(from, UNPACK_ANY);
    task.only_file = unpack_text(from, UNPACK_ANY);
    task.no_plugins = unpack_bool(from);
    task.foreign = unpack_foreign(from);
    task.uid = unpack_u32(from);
    task.gid = unpack_u32(from);
    task.sandbox_is_required = unpack_bool(from);
    task.landlock_abi_max = unpack_u32(from);
    task.memory_bytes = unpack_u64(from);
    task.may_keep_digests = unpack_bool(from);
    if (!unpack_end(from)) {
        zygote_task_clear(&task);
        return false;
    }
    *out = task;
    return true;
}

void zygote_task_clear(struct zygote_task *task)
{
    g_free(task->class_name);
    g_free(task->conf_path);
    g_free(task->conf_dir);
    g_free(task->conf_text);
    g_free(task->only_file);
    if (task->foreign != NULL)
        g_bytes_unref(task->foreign);
    *task = (struct zygote_task){0};
}
