/* SPDX-License-Identifier: MIT */
#include "daemon/control.h"

#include "base/clock.h"
#include "base/error.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

/* Plugins, signatures or settings are not what they were. */
static void on_changed(void *self)
{
    control_reload(self);
}

/* A configuration as the pool takes it.  Lends from `setup` and `options`. */
static struct pool_how pool_how_of(struct control *control,
                                   const struct setup *setup,
                                   struct pool_options *options)
{
    *options = setup->pool;
    if (control->workers > 0)
        options->workers_min = options->workers_max = control->workers;
    return (struct pool_how){
        .conf = setup->conf,
        .limits = &setup->limits,
        .options = options,
        .resolver = control->resolver,
        .program = control->program,
        .parent = control->parent,
        .only_file = control->how.plugin,
        .no_plugins = control->how.no_plugins,
        /* A scan that nobody watches is not worth a reload. */
        .changed = control->is_watched ? on_changed : NULL,
        .changed_self = control,
        /* A scan's answers are read by who ran it: it says what it has. */
        .signatures = control->hooks != NULL ? setup->daemon.signatures
                                             : (struct signature_rules){0},
        .landlock_abi_max = setup_landlock_abi(),
    };
}

bool control_start_pool(struct control *control, const struct setup *setup,
                        GError **error)
{
    struct pool_options options;
    const struct pool_how how = pool_how_of(control, setup, &options);
    return pool_start(&how, &control->pool, error);
}

bool control_await_pool(struct control *control, GError **error)
{
    if (!pool_await(control->pool, error))
        return false;
    if (control->socket != NULL)
        pool_listen(control->pool, operator_fd(control->socket));
    setup_say_refusals(pool_refusals(control->pool));
    return true;
}

/* --- reload ------------------------------------------------------------------------ */

/* One that is not over yet.  Owned by the list until then. */
struct control_wish {
    struct control *control;
    struct setup setup; /* what it was read from, for the hooks; else empty */
    bool is_asked;
    uint64_t request; /* who waits for it, where is_asked */
    uint64_t begun_ns;
};

static void free_wish(void *data)
{
    struct control_wish *wish = data;
    setup_close(&wish->setup);
    g_free(wish);
}

static void answer_reload(const struct control_wish *wish, bool is_done,
                          const char *why)
{
    const struct control *control = wish->control;
    uint64_t ms = (clock_mono_ns() - wish->begun_ns) / 1000000;
    json_t *answer = json_object();
    json_object_set_new(answer, "reloaded", json_boolean(is_done));
    json_object_set_new(
        answer, "generation",
        json_integer((json_int_t)pool_generation(control->pool)));
    if (is_done)
        json_object_set_new(answer, "ms", json_integer((json_int_t)ms));
    else
        json_object_set_new(answer, "trouble", json_string(why));
    char *text = json_dumps(answer, JSON_COMPACT | JSON_ENSURE_ASCII);
    json_decref(answer);
    operator_answer(control->socket, wish->request,
                    text != NULL ? text : "{\"error\":\"no memory\"}");
    free(text);
}

static void end_wish(struct control_wish *wish, bool is_done, const char *why)
{
    struct control *control = wish->control;
    if (wish->is_asked)
        answer_reload(wish, is_done, why);
    if (control->hooks != NULL)
        control->hooks->reloaded(control->self, is_done, why);
    else if (!is_done)
        fprintf(stderr, "assay: not reloaded: %s\n", why);
    g_ptr_array_remove(control->wishes, wish);
}

static void on_reloaded(void *self, bool is_done, const char *why)
{
    struct control_wish *wish = self;
    const struct control *control = wish->control;
    g_autoptr(GError) error = NULL;
    if (is_done && control->hooks != NULL &&
        !control->hooks->take(control->self, &wish->setup, &error))
        end_wish(wish, false, error->message);
    else
        end_wish(wish, is_done, why);
}

static bool begin_reload(struct control_wish *wish, GError **error)
{
    struct control *control = wish->control;
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    struct pool_options options;
    if (!setup_open(&control->how, &wish->setup, errors)) {
        g_set_error_literal(error, BASE_ERROR, BASE_ERROR_CONF,
                            g_ptr_array_index(errors, 0));
        return false;
    }
    const struct pool_how how = pool_how_of(control, &wish->setup, &options);
    bool is_good = pool_reload(control->pool, &how, on_reloaded, wish, error);
    if (control->hooks == NULL)
        setup_close(&wish->setup);
    return is_good;
}

static void wish_for(struct control *control, bool is_asked, uint64_t request)
{
    struct control_wish *wish = g_new0(struct control_wish, 1);
    g_autoptr(GError) error = NULL;
    *wish = (struct control_wish){
        .control = control,
        .is_asked = is_asked,
        .request = request,
        .begun_ns = clock_mono_ns(),
    };
    if (control->wishes == NULL)
        control->wishes = g_ptr_array_new_with_free_func(free_wish);
    g_ptr_array_add(control->wishes, wish);
    if (!begin_reload(wish, &error))
        end_wish(wish, false, error->message);
}

void control_reload(struct control *control)
{
    wish_for(control, false, 0);
}

/* --- commands ---------------------------------------------------------------------- */

static void say_status(void *self, uint64_t request)
{
    struct control *control = self;
    g_autofree char *json = pool_status(control->pool);
    if (control->hooks == NULL) {
        operator_answer(control->socket, request, json);
        return;
    }
    g_autoptr(GString) more = g_string_new(json);
    g_assert(more->len > 0 && more->str[more->len - 1] == '}');
    g_string_truncate(more, more->len - 1);
    control->hooks->status(control->self, more);
    g_string_append_c(more, '}');
    operator_answer(control->socket, request, more->str);
}

static bool is_asked_already(const struct control *control)
{
    for (unsigned i = 0; control->wishes != NULL && i < control->wishes->len;
         i++) {
        const struct control_wish *wish = control->wishes->pdata[i];
        if (wish->is_asked)
            return true;
    }
    return false;
}

static void do_reload(void *self, uint64_t request)
{
    struct control *control = self;
    if (is_asked_already(control))
        operator_answer(control->socket, request,
                        "{\"error\":\"a reload is under way\"}");
    else
        wish_for(control, true, request);
}

/* The answer goes first: after a stop there may be no other chance. */
static void do_for_daemon(struct control *control, uint64_t request,
                          void (*hook)(void *self))
{
    operator_answer(control->socket, request,
                    hook != NULL
                        ? "{\"begun\":true}"
                        : "{\"error\":\"a scan ends when it is done, or by a "
                          "signal\"}");
    if (hook != NULL)
        hook(control->self);
}

static void do_stop(void *self, uint64_t request)
{
    struct control *control = self;
    do_for_daemon(control, request,
                  control->hooks != NULL ? control->hooks->stop : NULL);
}

static void do_drain(void *self, uint64_t request)
{
    struct control *control = self;
    do_for_daemon(control, request,
                  control->hooks != NULL ? control->hooks->drain : NULL);
}

static const struct operator_command commands[] = {
    {"status", say_status}, {"reload", do_reload}, {"stop", do_stop},
    {"drain", do_drain},    {NULL, NULL},
};

bool control_listen(struct control *control, const char *path, GError **error)
{
    return operator_open(path, commands, control, &control->socket, error);
}

void control_close(struct control *control)
{
    operator_close(control->socket);
    pool_free(control->pool);
    if (control->wishes != NULL)
        g_ptr_array_unref(control->wishes);
    parent_free(control->parent);
    *control = (struct control){0};
}
