/* SPDX-License-Identifier: MIT */
#include "daemon/setup.h"

#include "base/error.h"
#include "base/escape.h"
#include "daemon/sections.h"
#include "front/marks_options.h"
#include "mail/trust.h"
#include "verdict/outcome.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char installed_config[] = "/etc/assay/plugins.conf";

char *setup_find_config(GError **error)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *dir = self != NULL ? g_path_get_dirname(self) : NULL;
    for (int up = 0; dir != NULL && up < 3; up++) {
        char *above = g_path_get_dirname(dir);
        g_free(dir);
        dir = above;
        g_autofree char *path = g_build_filename(dir, "plugins.conf", NULL);
        if (access(path, R_OK) == 0)
            return g_steal_pointer(&path);
    }
    if (access(installed_config, F_OK) == 0)
        return g_strdup(installed_config);
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                "there is no plugins.conf above the program's folder and no "
                "%s; name one with --config FILE",
                installed_config);
    return NULL;
}

static void take(GPtrArray *errors, GError *error)
{
    g_assert(error != NULL);
    g_ptr_array_add(errors, g_strdup(error->message));
    g_error_free(error);
}

/* "[limits], [session] and [plugin NAME]". */
static void append_kinds(GString *line)
{
    for (const struct section_kind *k = section_kinds; k->kind != NULL; k++) {
        if (k != section_kinds)
            g_string_append(line, k[1].kind == NULL ? " and " : ", ");
        g_string_append_printf(line, k->is_single ? "[%s]" : "[%s NAME]",
                               k->kind);
    }
}

static const char *nearest_kind(const char *given)
{
    const char *names[32] = {NULL};
    for (size_t i = 0; section_kinds[i].kind != NULL; i++) {
        g_assert(i + 1 < G_N_ELEMENTS(names));
        names[i] = section_kinds[i].kind;
    }
    return option_nearest(given, names);
}

static void check_section(const struct conf *conf, const struct conf_section *s,
                          GPtrArray *errors)
{
    const struct section_kind *kind = section_kind_find(s->kind);
    g_autoptr(GString) line = g_string_new(NULL);
    g_string_printf(line, "%s:%u: [%s", conf->path, s->line, s->kind);
    if (s->name != NULL)
        g_string_append_printf(line, " %s", s->name);
    g_string_append(line, "]: ");
    if (kind == NULL) {
        const char *near = nearest_kind(s->kind);
        g_string_append(line, "no such section; ");
        if (near != NULL) {
            g_string_append_printf(line, "nearest is [%s]", near);
        } else {
            g_string_append(line, "there are ");
            append_kinds(line);
        }
    } else if (s->name != NULL && !kind->is_named) {
        g_string_append_printf(line, "has no name: write [%s]", s->kind);
    } else {
        return;
    }
    g_ptr_array_add(errors, g_strdup(line->str));
}

static void check_table(const struct conf *conf,
                        const struct section_kind *kind, GPtrArray *errors)
{
    struct option_set *set = NULL;
    GError *error = NULL;
    if (kind->check != NULL) {
        if (!kind->check(conf, &error))
            take(errors, error);
        return;
    }
    if (!option_set_new(kind->table, conf, conf_find(conf, kind->kind, NULL),
                        NULL, &set, &error))
        take(errors, error);
    option_set_free(set);
}

static void read_limits(struct setup *setup, GPtrArray *errors)
{
    struct option_set *set = NULL;
    GError *error = NULL;
    if (option_set_new(limits_options, setup->conf,
                       conf_find(setup->conf, "limits", NULL), NULL, &set,
                       &error))
        limits_from_options(set, &setup->limits);
    else
        take(errors, error);
    option_set_free(set);
}

static void read_class(const struct setup *setup,
                       const struct conf_section *section, GPtrArray *errors)
{
    GError *error = NULL;
    struct class_options options = {0};
    if (!class_options_check_name(setup->conf, section, &error) ||
        !class_options_read(setup->conf, section->name, &setup->pool, &options,
                            &error))
        take(errors, error);
    class_options_clear(&options);
}

/* In this process, which is no worker, plugins' connections are made by the host. */
static void allow_net(struct setup *setup, const char *class_name)
{
    struct class_options options = {0};
    if (!class_options_read(setup->conf, class_name, &setup->pool, &options,
                            NULL))
        return; /* has been told */
    for (unsigned i = 0; i < options.net->len; i++) {
        const struct class_address *to = options.net->pdata[i];
        const struct host_address address = {
            .class_name = class_name,
            .text = to->text,
            .host = to->host,
            .port = to->port,
            .path = to->path,
            .fd = -1,
            .is_open_world = true,
        };
        host_net_add(setup->host, &address);
    }
    class_options_clear(&options);
}

static void allow_nets(struct setup *setup)
{
    for (unsigned i = 0; i < setup->conf->sections->len; i++) {
        const struct conf_section *s = setup->conf->sections->pdata[i];
        if (strcmp(s->kind, "class") == 0 && s->name != NULL)
            allow_net(setup, s->name);
    }
}

static void read_pool(struct setup *setup, GPtrArray *errors)
{
    GError *error = NULL;
    if (!pool_options_read(setup->conf, 0, &setup->pool, &error)) {
        take(errors, error);
        pool_options_default(0, &setup->pool);
    }
    for (unsigned i = 0; i < setup->conf->sections->len; i++) {
        const struct conf_section *s =
            g_ptr_array_index(setup->conf->sections, i);
        if (strcmp(s->kind, "class") == 0)
            read_class(setup, s, errors);
    }
}

static void open_host(const struct setup_how *how, struct setup *setup,
                      GPtrArray *errors)
{
    GError *error = NULL;
    struct conf *none = NULL;
    if (how->no_plugins && !conf_parse("", 0, setup->conf->path,
                                       setup->conf->dir, &none, &error)) {
        take(errors, error);
        return;
    }
    /* Plugins load signatures: only for a configuration that can be used, but
     * their options are checked in any case. */
    const struct host_how host_how = {
        .conf = none != NULL ? none : setup->conf,
        .limits = &setup->limits,
        .only_file = how->plugin,
        .is_check = how->is_check || errors->len > 0,
    };
    if (!host_open(&host_how, &setup->host, &error))
        take(errors, error);
    else
        allow_nets(setup);
    if (none != NULL)
        conf_free(none);
}

static void read_actions(const struct setup *setup, GPtrArray *errors)
{
    GError *error = NULL;
    struct outcome_options actions;
    struct marks_options marks;
    /* One section with two readers: what is wrong is told once. */
    if (!outcome_options_read(setup->conf, &actions, &error)) {
        take(errors, error);
        return;
    }
    outcome_options_clear(&actions);
    if (marks_options_read(setup->conf, &marks, &error))
        marks_options_clear(&marks);
    else
        take(errors, error);
}

static void read_sections(const struct setup_how *how, struct setup *setup,
                          GPtrArray *errors)
{
    GError *error = NULL;
    for (unsigned i = 0; i < setup->conf->sections->len; i++)
        check_section(setup->conf, g_ptr_array_index(setup->conf->sections, i),
                      errors);
    limits_default(&setup->limits);
    read_limits(setup, errors);
    if (!trust_read(setup->conf, &setup->networks, &error))
        take(errors, g_steal_pointer(&error));
    if (!policy_new(setup->conf, &setup->policy, &error))
        take(errors, g_steal_pointer(&error));
    read_actions(setup, errors);
    read_pool(setup, errors);
    if (!daemon_options_read(setup->conf, &setup->daemon, &error))
        take(errors, g_steal_pointer(&error));
    for (const struct section_kind *k = section_kinds; k->kind != NULL; k++)
        if (k->is_read_later)
            check_table(setup->conf, k, errors);
    if (!how->is_isolated)
        open_host(how, setup, errors);
}

bool setup_open(const struct setup_how *how, struct setup *out,
                GPtrArray *errors)
{
    struct setup setup = {0};
    GError *error = NULL;
    g_autofree char *path =
        how->config != NULL ? g_strdup(how->config) : setup_find_config(&error);
    *out = (struct setup){0};
    if (path == NULL || !conf_read(path, &setup.conf, &error)) {
        take(errors, error);
        return false;
    }
    read_sections(how, &setup, errors);
    if (errors->len > 0) {
        setup_close(&setup);
        return false;
    }
    *out = setup;
    return true;
}

void setup_close(struct setup *setup)
{
    if (setup->host != NULL)
        host_close(setup->host);
    if (setup->policy != NULL)
        policy_free(setup->policy);
    pool_options_clear(&setup->pool);
    daemon_options_clear(&setup->daemon);
    if (setup->networks != NULL)
        g_array_unref(setup->networks);
    if (setup->conf != NULL)
        conf_free(setup->conf);
    *setup = (struct setup){0};
}

uint32_t setup_landlock_abi(void)
{
    const char *text = g_getenv("ASSAY_LANDLOCK_ABI");
    guint64 abi = 0;
    if (text == NULL ||
        !g_ascii_string_to_unsigned(text, 10, 1, 1000, &abi, NULL))
        return 0;
    return (uint32_t)abi;
}

static void say(const char *before, const char *text)
{
    g_autofree char *shown = escape_dup(text, strlen(text), 0);
    fprintf(stderr, "%s: %s%s\n", program_invocation_short_name, before, shown);
}

void setup_say_errors(const GPtrArray *errors)
{
    for (unsigned i = 0; i < errors->len; i++)
        say("", g_ptr_array_index(errors, i));
}

void setup_say_refusals(const GPtrArray *refusals)
{
    for (unsigned i = 0; i < refusals->len; i++) {
        const struct refusal *r = g_ptr_array_index(refusals, i);
        say(r->is_optional ? "optional plugin refused: " : "plugin refused: ",
            r->text);
    }
}

bool setup_open_loud(const struct setup_how *how, struct setup *out)
{
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    if (!setup_open(how, out, errors)) {
        setup_say_errors(errors);
        return false;
    }
    if (out->host != NULL)
        setup_say_refusals(out->host->refusals);
    return true;
}

bool setup_misses_plugin(const GPtrArray *refusals)
{
    for (unsigned i = 0; i < refusals->len; i++) {
        const struct refusal *r = g_ptr_array_index(refusals, i);
        if (!r->is_optional)
            return true;
    }
    return false;
}
