/* SPDX-License-Identifier: MIT */
#include "pool/opened.h"

#include "base/error.h"
#include "host/card.h"
#include "host/class.h"
#include "host/load.h"
#include "host/threads.h"
#include "mail/detect.h"
#include "pool/pages.h"
#include "pool/reach.h"
#include "pool/rights.h"

#include <string.h>
#include <unistd.h>

enum {
    WORKER_FILES = 256
};

/* At most for moving signatures to large pages. */
static const uint64_t pages_time_ns = UINT64_C(5000000000);

static void free_card(void *p)
{
    card_free(p);
}

static bool read_foreign(struct opened *opened, GError **error)
{
    opened->cards = g_ptr_array_new_with_free_func(free_card);
    if (opened->task.foreign == NULL)
        return true;
    size_t n = 0;
    const void *p = g_bytes_get_data(opened->task.foreign, &n);
    struct unpacker from;
    unpacker_init(&from, p, n);
    while (unpack_left(&from) > 0) {
        struct card *card = card_unpack(&from);
        if (card == NULL) {
            g_set_error(error, BASE_ERROR, BASE_ERROR_PEER,
                        "cards of other classes are not well made at byte %zu",
                        from.at);
            return false;
        }
        g_ptr_array_add(opened->cards, card);
    }
    opened->remotes = g_new0(struct remote, opened->cards->len + 1);
    opened->foreign = g_new0(const struct scanner *, opened->cards->len + 1);
    for (unsigned i = 0; i < opened->cards->len; i++) {
        remote_init(&opened->remotes[i], opened->cards->pdata[i], 0,
                    &opened->link);
        opened->foreign[i] = &opened->remotes[i].scanner;
    }
    return true;
}

static bool read_class(struct opened *opened, GError **error)
{
    struct pool_options pool = {0};
    if (!pool_options_read(opened->conf, 0, &pool, error))
        return false;
    bool is_good = class_options_read(opened->conf, opened->task.class_name,
                                      &pool, &opened->options, error);
    pool_options_clear(&pool);
    return is_good;
}

static bool read_conf(struct opened *opened, GError **error)
{
    const struct zygote_task *task = &opened->task;
    if (!conf_parse(task->conf_text, strlen(task->conf_text), task->conf_path,
                    task->conf_dir, &opened->conf, error))
        return false;
    struct option_set *set = NULL;
    limits_default(&opened->limits);
    if (!option_set_new(limits_options, opened->conf,
                        conf_find(opened->conf, "limits", NULL), NULL, &set,
                        error))
        return false;
    limits_from_options(set, &opened->limits);
    option_set_free(set);
    if (!read_class(opened, error))
        return false;
    if (!task->no_plugins)
        return true;
    conf_free(opened->conf);
    return conf_parse("", 0, task->conf_path, task->conf_dir, &opened->conf,
                      error);
}

/* Goes on as root where the workers' user could not read what is to be opened, unless
 * the sandbox is required. */
static bool drop_rights(struct opened *opened, GError **error)
{
    const struct zygote_task *task = &opened->task;
    if (task->uid == 0)
        return true;
    load_trust_owner(0);
    if (geteuid() != 0)
        return rights_drop(task->uid, task->gid, error);
    const struct host_how how = {
        .conf = opened->conf,
        .limits = &opened->limits,
        .only_file = task->only_file,
        .class_name = task->class_name,
    };
    if (reach_all(&how, task->uid, task->gid, &opened->uid_why))
        return rights_drop(task->uid, task->gid, error);
    if (!task->sandbox_is_required)
        return true;
    g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                "[pool] sandbox = required, but %s: open it to that user, or "
                "name another one in [pool] user",
                opened->uid_why);
    return false;
}

/* A fork keeps the thread that forks; locks that others hold stay shut for ever. */
static bool is_single(GError **error)
{
    unsigned more = threads_more(1);
    if (more == 0)
        return true;
    g_set_error(
        error, BASE_ERROR, BASE_ERROR_PLUGIN,
        "loading the plugins left %u threads running; workers cannot be "
        "forked beside them: a plugin that says ASSAY_FLAG_FORK_SHARED "
        "starts its threads in start()",
        more);
    return false;
}

static bool prepare_sandbox(struct opened *opened, GError **error)
{
    const struct zygote_task *task = &opened->task;
    unsigned may = 0;
    for (unsigned i = 0; i < opened->host->instances->len; i++) {
        const struct instance *instance = opened->host->instances->pdata[i];
        uint64_t flags = instance->scanner.flags;
        may |= (flags & ASSAY_FLAG_THREADS) != 0 ? SANDBOX_MAY_THREAD : 0;
        may |= (flags & ASSAY_FLAG_NETWORK) != 0 ? SANDBOX_MAY_USE_SOCKETS : 0;
    }
    opened->rules = (struct sandbox_rules){
        .memory_bytes = task->memory_bytes,
        /* content_fd() makes a file of any object, the message itself too. */
        .file_bytes =
            MAX(opened->limits.max_bytes, opened->limits.max_message_bytes),
        .max_files = WORKER_FILES,
        .is_required = task->sandbox_is_required,
        .landlock_abi_max = task->landlock_abi_max,
        .uid_why = opened->uid_why,
        .parent = getpid(),
    };
    return sandbox_prepare(may, &opened->sandbox, error);
}

bool opened_new(struct zygote_task *task, struct opened **out, GError **error)
{
    /* A process has one, and ends with it. */
    static struct opened the_one;
    struct opened *opened = &the_one;
    opened->task = *task;
    *task = (struct zygote_task){0};
    opened->is_home = strcmp(opened->task.class_name, CLASS_MAIN) == 0;
    if (!read_conf(opened, error) || !drop_rights(opened, error) ||
        !read_foreign(opened, error))
        return false;
    const struct host_how how = {
        .conf = opened->conf,
        .limits = &opened->limits,
        .only_file = opened->task.only_file,
        .class_name = opened->task.class_name,
        .foreign = opened->foreign,
        .foreign_n = opened->cards->len,
    };
    if (!host_open(&how, &opened->host, error) || !is_single(error))
        return false;
    detect_start();
    pages_enlarge(pages_time_ns);
    if (!prepare_sandbox(opened, error))
        return false;
    *out = opened;
    return true;
}
