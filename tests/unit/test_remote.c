/* SPDX-License-Identifier: MIT */
/*
 * A plugin abroad says what it says at home: every sample mail, each plugin of ours in
 * turn in another class.
 */
#include "abroad.h"
#include "dump.h"
#include "hosting.h"
#include "unit.h"

#include <glib.h>

#include <stdio.h>
#include <string.h>

static const char *const plugins[] = {"attachment", "archive", "tnef", "clamav",
                                      "spam"};

/* All plugins; `abroad` (NULL: none) in another class. */
static char *conf_with(const char *abroad)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(plugins); i++) {
        g_autofree char *relative =
            g_strdup_printf("plugins/%s.so", plugins[i]);
        g_autofree char *file =
            g_canonicalize_filename(unit_build(relative), NULL);
        bool is_abroad = abroad != NULL && (strcmp(abroad, plugins[i]) == 0 ||
                                            strcmp(abroad, "all") == 0);
        g_string_append_printf(text, "[plugin %s]\nfile = %s\nclass = %s\n",
                               plugins[i], file, is_abroad ? "abroad" : "main");
        if (strcmp(plugins[i], "clamav") == 0)
            g_string_append(text, "database = sigs/clamav\n");
        if (strcmp(plugins[i], "attachment") == 0)
            g_string_append(
                text, "block_lists = sigs/attachment/owa-today.list, "
                      "sigs/attachment/assay-detected.list\n"
                      "macro_lists = sigs/attachment/macro-documents.list\n");
    }
    return g_string_free(text, false);
}

/* Every mail of tests/mail: name -> what a scan with all plugins at home gives. */
static GPtrArray *names;
static GPtrArray *mails;
static GPtrArray *at_home;

static void read_mails(void)
{
    names = g_ptr_array_new_with_free_func(g_free);
    mails = g_ptr_array_new();
    at_home = g_ptr_array_new_with_free_func(g_free);
    GDir *dir = g_dir_open("tests/mail", 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
        if (g_str_has_suffix(name, ".eml"))
            g_ptr_array_add(names, g_strdup(name));
    CU_ASSERT_FATAL(dir != NULL && names->len > 50);
    g_dir_close(dir);
    for (unsigned i = 0; i < names->len; i++) {
        g_autofree char *path =
            g_build_filename("tests/mail", names->pdata[i], NULL);
        char *text = NULL;
        gsize n = 0;
        CU_ASSERT_FATAL(g_file_get_contents(path, &text, &n, NULL));
        g_ptr_array_add(mails, g_bytes_new_take(text, n));
    }
}

static void scan_at_home(void)
{
    g_autofree char *text = conf_with(NULL);
    g_autofree char *cwd = g_get_current_dir();
    struct conf *conf = NULL;
    struct limits limits;
    struct host *host = NULL;
    limits_default(&limits);
    CU_ASSERT_FATAL(
        conf_parse(text, strlen(text), "plugins.conf", cwd, &conf, NULL));
    struct host_how how = {.conf = conf, .limits = &limits};
    CU_ASSERT_FATAL(host_open(&how, &host, NULL));
    CU_ASSERT_EQUAL_FATAL(host->scanner_n, G_N_ELEMENTS(plugins));
    host_start(host);
    struct scan_plan plan = {.scanners = host->scanners,
                             .scanner_n = host->scanner_n,
                             .limits = limits};
    for (unsigned i = 0; i < mails->len; i++) {
        struct session *session = hosting_session();
        struct message *message =
            message_new(mails->pdata[i], session, &limits);
        struct scan *scan = scan_run(&plan, message, 1000000000);
        g_ptr_array_add(at_home, dump_scan(scan));
        scan_free(scan);
        message_free(message);
        session_free(session);
    }
    host_stop(host);
    host_close(host);
    conf_free(conf);
}

static void compare(const char *plugin)
{
    g_autofree char *text = conf_with(plugin);
    g_autofree char *cwd = g_get_current_dir();
    struct abroad *abroad = abroad_open(text, cwd);
    for (unsigned i = 0; i < mails->len; i++) {
        gsize n;
        const void *mail = g_bytes_get_data(mails->pdata[i], &n);
        struct session *session = hosting_session();
        struct message *message = NULL;
        struct scan *scan =
            abroad_scan(abroad, mail, n, session, NULL, &message);
        g_autofree char *dump = dump_scan(scan);
        bool is_same = dump_same(at_home->pdata[i], dump);
        if (!is_same)
            fprintf(stderr, "%s abroad, %s\n", plugin,
                    (const char *)names->pdata[i]);
        CU_ASSERT(is_same);
        scan_free(scan);
        message_free(message);
        session_free(session);
    }
    CU_ASSERT(abroad->asked > 0);
    abroad_free(abroad);
}

static void every_plugin_says_abroad_what_it_says_at_home(void)
{
    read_mails();
    scan_at_home();
    for (size_t i = 0; i < G_N_ELEMENTS(plugins); i++)
        compare(plugins[i]);
}

static void all_plugins_together_too(void)
{
    compare("all");
}

UNIT_MAIN("remote", UNIT(every_plugin_says_abroad_what_it_says_at_home),
          UNIT(all_plugins_together_too))
