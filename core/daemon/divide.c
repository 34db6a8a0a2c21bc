/* SPDX-License-Identifier: MIT */
#include "daemon/divide.h"

#include "base/error.h"
#include "base/log.h"
#include "host/class.h"
#include "host/load.h"
#include "pool/reach.h"
#include "pool/zygote.h"

#include <unistd.h>

/* What is found out about the workers of all classes. */
struct finding_out {
    const struct setup_how *how;
    const struct setup *setup;
    const struct divide_front *front;
    char *program;
    GArray *workers; /* struct account, each once */
    char *why;       /* the first thing that one of them may not open */
};

static void add_worker(GArray *workers, const struct account *account)
{
    for (unsigned i = 0; i < workers->len; i++)
        if (g_array_index(workers, struct account, i).uid == account->uid)
            return;
    g_array_append_vals(workers, account, 1);
}

static bool look_at_class(struct finding_out *f, const char *name,
                          GError **error)
{
    struct class_options class = {0};
    struct account account;
    const struct host_how how = {
        .conf = f->setup->conf,
        .limits = &f->setup->limits,
        .only_file = f->how->plugin,
        .class_name = name,
    };
    if (!class_options_read(f->setup->conf, name, &f->setup->pool, &class,
                            error))
        return false;
    bool is_found = account_find(class.user, &account, error);
    class_options_clear(&class);
    if (!is_found)
        return false;
    add_worker(f->workers, &account);
    if (f->why == NULL &&
        reach_program(f->program, account.uid, account.gid, &f->why) &&
        !f->how->no_plugins)
        (void)reach_all(&how, account.uid, account.gid, &f->why);
    return true;
}

static bool look_at_classes(struct finding_out *f, GError **error)
{
    const struct host_how how = {
        .conf = f->setup->conf,
        .limits = &f->setup->limits,
        .only_file = f->how->plugin,
    };
    g_autoptr(GPtrArray) classes = NULL;
    if (f->how->no_plugins)
        return look_at_class(f, CLASS_MAIN, error);
    if (!host_classes(&how, &classes, error))
        return false;
    for (unsigned i = 0; i < classes->len; i++) {
        const struct host_class *class = classes->pdata[i];
        if (!look_at_class(f, class->name, error))
            return false;
    }
    return true;
}

/* It goes on as root, which is better than not to scan; who finds it worse says so. */
static bool stay(const struct finding_out *f, GError **error)
{
    bool is_required = f->setup->pool.sandbox == POOL_SANDBOX_REQUIRED;
    if (is_required || f->front->must_divide) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                    "%s%s: open it to that user, or name another one in [pool] "
                    "user",
                    is_required ? "[pool] sandbox = required, but " : "",
                    f->why);
        return false;
    }
    struct log_event event;
    log_begin(&event, LOG_LEVEL_WARNING, "front.root");
    log_text(&event, "why", f->why);
    log_end(&event);
    return true;
}

/* Parent and front keep it to their ends. */
static struct parent_setup *setup_for(const struct finding_out *f,
                                      const struct account *front)
{
    struct parent_setup *setup = g_new0(struct parent_setup, 1);
    *setup = (struct parent_setup){
        .front = *front,
        .front_reads_all = f->front->reads_all,
        .worker_n = f->workers->len,
        .program = g_strdup(f->program),
        .argv = zygote_arguments,
        .environment = (const char *const *)zygote_environment(),
        .at_end = f->front->at_end,
        .self = f->front->self,
    };
    setup->workers =
        g_memdup2(f->workers->data, f->workers->len * sizeof(struct account));
    return setup;
}

static bool find_out(struct finding_out *f, struct account *front,
                     GError **error)
{
    f->program = g_file_read_link("/proc/self/exe", error);
    return f->program != NULL && look_at_classes(f, error) &&
           account_front(f->setup->pool.front_user, front, error);
}

/* What parent and front are made by; NULL: all stays root's. */
static bool decide(const struct setup_how *how, const struct setup *setup,
                   const struct divide_front *as, struct parent_setup **out,
                   GError **error)
{
    struct account front;
    struct finding_out f = {
        .how = how,
        .setup = setup,
        .front = as,
        .workers = g_array_new(false, false, sizeof(struct account)),
    };
    bool is_good = find_out(&f, &front, error);
    *out = NULL;
    if (is_good && f.why != NULL)
        is_good = stay(&f, error);
    else if (is_good)
        *out = setup_for(&f, &front);
    g_array_unref(f.workers);
    g_free(f.program);
    g_free(f.why);
    return is_good;
}

bool divide(const struct setup_how *how, const struct setup *setup,
            const struct divide_front *front, struct parent **out,
            GError **error)
{
    /* Both processes keep it to their ends. */
    static struct parent_setup *kept;
    *out = NULL;
    if (geteuid() != 0)
        return true;
    if (!decide(how, setup, front, &kept, error))
        return false;
    if (kept == NULL)
        return true;
    load_trust_owner(0); /* whose files plugins are */
    return parent_begin(kept, out, error);
}
