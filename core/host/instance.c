/* SPDX-License-Identifier: MIT */
#include "host/instance.h"

#include "base/error.h"
#include "base/escape.h"
#include "host/bridge.h"
#include "host/check.h"
#include "host/code.h"
#include "host/net.h"
#include "host/scratch.h"
#include "host/setting.h"
#include "host/stamp.h"
#include "host/threads.h"

#include <inttypes.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static bool has_flag(const struct instance *instance, uint64_t flag)
{
    return (instance->scanner.flags & flag) != 0;
}

/* The plugin's own words, which may be unterminated, binary, or none at all. */
static void set_error(GError **error, const char *did, int32_t rc, char *text)
{
    text[INSTANCE_ERROR_SIZE - 1] = '\0';
    g_strstrip(text);
    if (text[0] == '\0') {
        g_set_error(error, BASE_ERROR, BASE_ERROR_PLUGIN,
                    "%s failed with %s and gives no reason", did,
                    code_name(rc));
        return;
    }
    g_autofree char *clean = escape_dup(text, strlen(text), 0);
    g_set_error(error, BASE_ERROR, BASE_ERROR_PLUGIN, "%s failed with %s: %s",
                did, code_name(rc), clean);
}

static bool check_stack(const struct instance *instance, GError **error)
{
    uint64_t need = (uint64_t)instance->plugin->min_stack_kib * 1024;
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) != 0 ||
        limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= need)
        return true;
    g_set_error(error, BASE_ERROR, BASE_ERROR_PLUGIN,
                "it needs a stack of %" PRIu32 " KiB, this process has %" PRIu64
                " KiB (ulimit -s)",
                instance->plugin->min_stack_kib,
                (uint64_t)limit.rlim_cur / 1024);
    return false;
}

/* A scratch folder for `who`, where the plugin wants one; NULL where it does not. */
static bool need_scratch(const struct instance *instance, struct host *host,
                         const char *who, char **out, GError **error)
{
    *out = NULL;
    if (!has_flag(instance, ASSAY_FLAG_SCRATCH))
        return true;
    g_autofree char *name = g_strdup_printf("%s.%s", instance->name, who);
    return scratch_folder(host->scratch, name, out, error);
}

static bool call_create(struct instance *instance, const struct host *host,
                        uint32_t mode, const char *scratch_dir, GError **error)
{
    const struct limits *limits = &host->limits;
    const struct assay_create create = {
        .struct_size = sizeof create,
        .mode = mode,
        .instance = instance->name,
        .scratch_dir = scratch_dir,
        .state_dir =
            has_flag(instance, ASSAY_FLAG_STATE) ? instance->state_dir : NULL,
        .max_depth = limits->max_depth,
        .max_objects = limits->max_objects,
        .max_bytes = limits->max_bytes,
        .max_object_bytes = limits->max_object_bytes,
        .max_time_ms = limits->max_time_ms,
        .options = setting_begin(instance),
    };
    char text[INSTANCE_ERROR_SIZE] = {0};
    struct assay_buf buffer = {.p = text, .cap = sizeof text};
    void *inst = NULL;
    int32_t rc = instance->plugin->create(bridge_abi(instance->bridge), &create,
                                          &inst, &buffer);
    setting_end();
    if (rc != ASSAY_RC_OK) {
        set_error(error, "create()", rc, text);
        return false;
    }
    instance->inst = inst;
    instance->creator = getpid();
    instance->is_created = true;
    return true;
}

/* create() for real, with all that is proven of it. */
static bool create(struct instance *instance, struct host *host,
                   const char *who, GError **error)
{
    g_autofree char *scratch_dir = NULL;
    if (!check_stack(instance, error) ||
        !need_scratch(instance, host, who, &scratch_dir, error) ||
        !call_create(instance, host, ASSAY_MODE_SCAN, scratch_dir, error))
        return false;
    if (stamp_read(instance, error))
        return true;
    instance_close(instance);
    return false;
}

static bool create_shared(struct instance *instance, struct host *host,
                          GError **error)
{
    unsigned threads = threads_count();
    if (!create(instance, host, "create", error))
        return false;
    unsigned more = threads_more(threads);
    if (more == 0)
        return true;
    instance_close(instance);
    g_set_error(error, BASE_ERROR, BASE_ERROR_PLUGIN,
                "create() left %u threads behind, though the plugin says "
                "ASSAY_FLAG_FORK_SHARED: a fork would lose them; start them in "
                "start()",
                more);
    return false;
}

static bool try_options(struct instance *instance, struct host *host,
                        GError **error)
{
    g_autofree char *scratch_dir = NULL;
    if (!need_scratch(instance, host, "check", &scratch_dir, error) ||
        !call_create(instance, host, ASSAY_MODE_CHECK, scratch_dir, error))
        return false;
    instance_close(instance);
    return true;
}

bool instance_open(struct instance *instance, struct host *host, GError **error)
{
    if ((instance->plugin->flags_required & ASSAY_FLAG_STATE) != 0 &&
        instance->state_dir == NULL) {
        g_set_error(
            error, BASE_ERROR, BASE_ERROR_PLUGIN,
            "it needs a folder that is kept: add \"state_dir = FOLDER\" "
            "to its section");
        return false;
    }
    if (has_flag(instance, ASSAY_FLAG_SCRATCH) && host->scratch == NULL &&
        !scratch_open(&host->scratch, error))
        return false;
    if (host->is_check || !has_flag(instance, ASSAY_FLAG_FORK_SHARED))
        return try_options(instance, host, error);
    return create_shared(instance, host, error);
}

static char *worker_name(pid_t pid)
{
    return g_strdup_printf("worker.%ld", (long)pid);
}

static char *creator_name(pid_t pid)
{
    return g_strdup_printf("create.worker.%ld", (long)pid);
}

bool instance_folders(const struct instance *instance, struct host *host,
                      char *out[INSTANCE_FOLDERS], GError **error)
{
    g_autofree char *who = worker_name(getpid());
    g_autofree char *creator = creator_name(getpid());
    return need_scratch(instance, host, who, &out[0], error) &&
           (instance->is_created ||
            need_scratch(instance, host, creator, &out[1], error));
}

void instance_sweep(const struct instance *instance, const struct host *host,
                    pid_t pid)
{
    if (!has_flag(instance, ASSAY_FLAG_SCRATCH) || host->scratch == NULL)
        return;
    g_autofree char *who = worker_name(pid);
    g_autofree char *creator = creator_name(pid);
    const char *names[] = {who, creator};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *name =
            g_strdup_printf("%s.%s", instance->name, names[i]);
        scratch_remove_folder(host->scratch, name);
    }
}

bool instance_start(struct instance *instance, struct host *host,
                    GError **error)
{
    g_autofree char *who = worker_name(getpid());
    if (!instance->is_created) {
        g_autofree char *creator = creator_name(getpid());
        if (!create(instance, host, creator, error))
            return false;
    }
    if (!need_scratch(instance, host, who, &instance->scratch_dir, error))
        return false;
    const struct assay_start start = {.struct_size = sizeof start,
                                      .scratch_dir = instance->scratch_dir};
    char text[INSTANCE_ERROR_SIZE] = {0};
    struct assay_buf buffer = {.p = text, .cap = sizeof text};
    if (instance->plugin->start != NULL) {
        net_begin(instance, host);
        int32_t rc = instance->plugin->start(instance->inst, &start, &buffer);
        net_end();
        if (rc != ASSAY_RC_OK) {
            set_error(error, "start()", rc, text);
            return false;
        }
    }
    instance->is_started = true;
    return true;
}

void instance_stop(struct instance *instance)
{
    if (instance->is_started && instance->plugin->stop != NULL)
        instance->plugin->stop(instance->inst);
    instance->is_started = false;
    if (instance->scratch_dir != NULL)
        scratch_remove(instance->scratch_dir);
    g_clear_pointer(&instance->scratch_dir, g_free);
    if (!has_flag(instance, ASSAY_FLAG_FORK_SHARED))
        instance_close(instance);
}

void instance_close(struct instance *instance)
{
    /* A worker's copy of a shared instance ends with the worker. */
    if (instance->is_created && instance->creator == getpid())
        instance->plugin->destroy(instance->inst);
    instance->is_created = false;
    instance->inst = NULL;
}

void instance_init(struct instance *instance)
{
    const struct assay_plugin *p = instance->plugin;
    struct scanner *s = &instance->scanner;
    *s = (struct scanner){
        .name = instance->name,
        .self = instance,
        .stages = p->stages,
        .flags = (p->flags_required | p->flags_optional) & CHECK_FLAGS_KNOWN,
        .reads = p->reads,
        .provides = p->provides,
        .handle = bridge_handle,
    };
    if (p->wants != NULL) {
        s->wants_flags = p->wants->flags;
        s->min_size = p->wants->min_size;
        s->max_size = p->wants->max_size;
        s->types = p->wants->types;
    }
    instance->bridge = bridge_new(instance);
}

void instance_free(struct instance *instance)
{
    if (instance == NULL)
        return;
    bridge_free(instance->bridge);
    option_set_free(instance->options);
    g_free(instance->path);
    g_free(instance->down);
    g_free(instance->scratch_dir);
    g_free(instance);
}

bool host_self_test(const struct instance *instance, GError **error)
{
    if (instance->down != NULL || !instance->is_started) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_PLUGIN, "%s: %s",
                    instance->name,
                    instance->down != NULL ? instance->down : "not started");
        return false;
    }
    if (instance->plugin->self_test == NULL)
        return true;
    char text[INSTANCE_ERROR_SIZE] = {0};
    struct assay_buf buffer = {.p = text, .cap = sizeof text};
    int32_t rc = instance->plugin->self_test(instance->inst, &buffer);
    if (rc == ASSAY_RC_OK)
        return true;
    set_error(error, "self_test()", rc, text);
    g_prefix_error(error, "%s: ", instance->name);
    return false;
}
