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
        .parent = control->parent,
        .only_file = control->how.plugin,
        .no_plugins = control->how.no_plugins,
        /* A scan that nobody watches is not worth a reload. */
        .changed = control->is_watched ? on_changed : NULL,
        .changed_self = control,
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

static void answer_reload(struct control *control, bool is_done,
                          const char *why)
{
    uint64_t ms = (clock_mono_ns() - control->begun_ns) / 1000000;
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
    operator_answer(control->socket, control->request,
                    text != NULL ? text : "{\"error\":\"no memory\"}");
    free(text);
}

static void on_reloaded(void *self, bool is_done, const char *why)
{
    struct control *control = self;
    if (control->is_asked)
        answer_reload(control, is_done, why);
    control->is_asked = false;
    if (!is_done)
        fprintf(stderr, "assay: not reloaded: %s\n", why);
}

static bool begin_reload(struct control *control, GError **error)
{
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    struct setup setup;
    struct pool_options options;
    control->begun_ns = clock_mono_ns();
    if (!setup_open(&control->how, &setup, errors)) {
        g_set_error_literal(error, BASE_ERROR, BASE_ERROR_CONF,
                            g_ptr_array_index(errors, 0));
        return false;
    }
    const struct pool_how how = pool_how_of(control, &setup, &options);
    bool is_good =
        pool_reload(control->pool, &how, on_reloaded, control, error);
    setup_close(&setup);
    return is_good;
}

void control_reload(struct control *control)
{
    g_autoptr(GError) error = NULL;
    if (!begin_reload(control, &error))
        on_reloaded(control, false, error->message);
}

/* --- commands ---------------------------------------------------------------------- */

static void say_status(void *self, uint64_t request)
{
    struct control *control = self;
    g_autofree char *json = pool_status(control->pool);
    operator_answer(control->socket, request, json);
}

static void do_reload(void *self, uint64_t request)
{
    struct control *control = self;
    if (control->is_asked) {
        operator_answer(control->socket, request,
                        "{\"error\":\"a reload is under way\"}");
        return;
    }
    control->is_asked = true;
    control->request = request;
    control_reload(control);
}

static const struct operator_command commands[] = {
    {"status", say_status},
    {"reload", do_reload},
    {NULL, NULL},
};

bool control_listen(struct control *control, const char *path, GError **error)
{
    return operator_open(path, commands, control, &control->socket, error);
}

void control_close(struct control *control)
{
    operator_close(control->socket);
    pool_free(control->pool);
    parent_free(control->parent);
    *control = (struct control){0};
}
