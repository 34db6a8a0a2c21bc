/* SPDX-License-Identifier: MIT */
#include "host/bridge.h"

#include "host/call.h"
#include "host/code.h"
#include "host/logline.h"
#include "host/net.h"
#include "host/setting.h"

#include <string.h>

enum {
    /* The tasks an instance is given lie in turn in so many places, so that one
     * that a plugin kept is not taken for the running one. */
    TASKS = 64,
    LENT_MAX = 16 << 20
};

/*
 * The host's side of one instance.
 */
struct bridge {
    struct assay_host abi; /* first: the plugin's pointer is the bridge's */
    struct instance *instance;
    struct logline *log; /* changes while the rest is const to plugins */
    size_t turn;
    struct assay_task tasks[TASKS];
};

/* What this thread is in; a plugin's own threads see NULL. */
static _Thread_local struct call *running;

/* --- who is calling ------------------------------------------------------------- */

struct call *call_running(void)
{
    return running;
}

struct call *call_of(const struct assay_task *task)
{
    if (running == NULL)
        return NULL;
    if (task != running->abi) {
        call_blame(running, ASSAY_RC_STATE,
                   task == NULL ? "called the host with a NULL task"
                                : "used a task that is not the running one");
        return NULL;
    }
    return running;
}

struct object *call_object(struct call *call, const struct assay_object *object,
                           int32_t *rc)
{
    const struct object *own = call->task->object;
    if (object == NULL) {
        *rc = ASSAY_RC_INVAL;
        return NULL;
    }
    if (object != call_abi(own) && !task_owns(call->task, object)) {
        *rc =
            call_blame(call, ASSAY_RC_STATE,
                       "used an object that is not of this message and stage");
        return NULL;
    }
    /* Owned, so it is what it says. */
    return task_object(call->task, ((const struct object *)object)->id);
}

int32_t call_blame(struct call *call, int32_t rc, const char *rule)
{
    task_blame(call->task, rule);
    return rc;
}

static void *keep(struct call *call, void *p, size_t n)
{
    if (call->lent == NULL)
        call->lent = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(call->lent, p);
    call->lent_bytes += n + sizeof(void *);
    return p;
}

void *call_lend(struct call *call, size_t n)
{
    if (n > LENT_MAX - MIN(call->lent_bytes, LENT_MAX))
        return NULL;
    return keep(call, g_malloc0(n), n);
}

const char *call_lend_text(struct call *call, char *text)
{
    size_t n = strlen(text) + 1;
    if (n > LENT_MAX - MIN(call->lent_bytes, LENT_MAX)) {
        g_free(text);
        return NULL;
    }
    return keep(call, text, n);
}

bool call_is_str(struct assay_str s)
{
    return s.n == 0 || s.p != NULL;
}

/* --- small ones ------------------------------------------------------------------ */

static const void *get_ext(const struct assay_host *host, const char *id)
{
    const struct bridge *bridge = (const struct bridge *)host;
    if (id == NULL || strcmp(id, NET_EXTENSION) != 0)
        return NULL;
    return net_table(bridge->instance);
}

static void write_log(const struct assay_host *host,
                      const struct assay_task *task, uint32_t level,
                      struct assay_str line)
{
    const struct bridge *bridge = (const struct bridge *)host;
    const struct call *call = running;
    bool is_mine =
        call != NULL && task == call->abi && call->instance == bridge->instance;
    logline_write(bridge->log, bridge->instance->name,
                  is_mine ? call->task : NULL, level, line);
}

static uint64_t remaining_ns(const struct assay_task *task)
{
    const struct call *call = call_of(task);
    return call != NULL ? task_remaining_ns(call->task) : 0;
}

static uint32_t cancelled(const struct assay_task *task)
{
    const struct call *call = call_of(task);
    return call == NULL || task_is_cancelled(call->task);
}

static int32_t object_by_id(const struct assay_task *task, uint64_t id,
                            const struct assay_object **out)
{
    const struct call *call = call_of(task);
    if (call == NULL)
        return ASSAY_RC_STATE;
    const struct object *object = task_object(call->task, id);
    if (object == NULL)
        return ASSAY_RC_NOTFOUND;
    *out = call_abi(object);
    return ASSAY_RC_OK;
}

static int32_t parent(const struct assay_task *task,
                      const struct assay_object *object,
                      const struct assay_object **out)
{
    int32_t rc = ASSAY_RC_STATE;
    struct call *call = call_of(task);
    const struct object *of =
        call != NULL ? call_object(call, object, &rc) : NULL;
    if (of == NULL)
        return rc;
    if (of->parent == NULL)
        return ASSAY_RC_NOTFOUND;
    *out = call_abi(of->parent);
    return ASSAY_RC_OK;
}

static const struct assay_host table = {
    .struct_size = sizeof table,
    .abi_major = ASSAY_ABI_MAJOR,
    .abi_minor = ASSAY_ABI_MINOR,
    .name = "assay",
    .version = ASSAY_VERSION,
    .get_ext = get_ext,
    .log = write_log,
    .option_text = setting_text,
    .option_int = setting_int,
    .remaining_ns = remaining_ns,
    .cancelled = cancelled,
    .attr_str = attr_str,
    .attr_u64 = attr_u64,
    .content = content_bytes,
    .content_fd = content_fd,
    .text = content_text,
    .header = content_header,
    .header_text = content_header_text,
    .object_by_id = object_by_id,
    .parent = parent,
    .report = report_finding,
    .seen = report_seen,
    .edit = report_edit,
    .fact_set = wish_fact_set,
    .fact_get = wish_fact_get,
    .want = wish_want,
    .count = wish_count,
    .child_begin = child_begin,
    .child_write = child_write,
    .child_name = child_name,
    .child_flags = child_flags,
    .child_commit = child_commit,
    .child_abort = child_abort,
    .child_range = child_range,
};

/* --- the bridge and the call ------------------------------------------------------ */

struct bridge *bridge_new(struct instance *instance)
{
    struct bridge *bridge = g_new0(struct bridge, 1);
    bridge->abi = table;
    bridge->instance = instance;
    bridge->log = g_new0(struct logline, 1);
    return bridge;
}

void bridge_free(struct bridge *bridge)
{
    if (bridge == NULL)
        return;
    g_free(bridge->log);
    g_free(bridge);
}

const struct assay_host *bridge_abi(const struct bridge *bridge)
{
    return &bridge->abi;
}

static const struct assay_task *next_task(struct bridge *bridge,
                                          const struct task *task)
{
    struct assay_task *abi = &bridge->tasks[bridge->turn++ % TASKS];
    *abi = (struct assay_task){
        .struct_size = sizeof *abi,
        .stage = task->stage,
        .round = task->round,
        .rcpt = task->rcpt == FINDING_ALL_RCPTS ? ASSAY_RCPT_ALL
                                                : ASSAY_RCPT(task->rcpt),
        .id = task->id,
        .deadline_ns = task->deadline_ns,
        .object = call_abi(task->object),
    };
    return abi;
}

static void end_call(struct call *call)
{
    if (!content_close(call))
        call_blame(call, 0, "closed or replaced a descriptor of content_fd()");
    if (call->answers != NULL)
        g_array_unref(call->answers);
    if (call->lent != NULL)
        g_ptr_array_unref(call->lent);
}

int32_t bridge_handle(void *self, struct task *task)
{
    struct instance *instance = self;
    if (instance->down != NULL) {
        task_blame(task, instance->down);
        return ASSAY_RC_STATE;
    }
    g_assert(instance->is_started);
    struct call call = {
        .instance = instance,
        .task = task,
        .abi = next_task(instance->bridge, task),
    };
    running = &call;
    int32_t rc = instance->plugin->handle(instance->inst, call.abi);
    running = NULL;
    if (!code_is_for_handle(rc)) {
        g_autofree char *rule =
            g_strdup_printf("returned %s from handle()", code_name(rc));
        rc = call_blame(&call, ASSAY_RC_INTERNAL, rule);
    }
    end_call(&call);
    return rc;
}
