/* SPDX-License-Identifier: MIT */
/*
 * Plugins that cannot be used: each is refused with one line, the rest goes on.
 */
#include "hosting.h"
#include "unit.h"

#include <glib/gstdio.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Every one of these is a file in tests/plugins/, refused with this line. */
static const struct {
    const char *name;
    const char *refusal;
} refused[] = {
    {"other_major",
     "other_major.so: it is built for ABI 2.0, this host speaks 1.0: get a build "
     "for ABI 1"},
    {"newer_host",
     "newer_host.so: it needs a host with ABI 1.9, this one has 1.0: update Assay"},
    {"no_entry",
     "no_entry.so: does not export assay_plugin_v1(): not a plugin for ABI 1"},
    {"wrong_magic",
     "wrong_magic.so: assay_plugin_v1() gave magic 0x0050414d, not "
     "ASSAY_MAGIC: this is no Assay plugin"},
    {"null_module", "null_module.so: assay_plugin_v1() gave NULL"},
    {"module_size_small",
     "module_size_small.so: its module has struct_size 8, not from 32 to 4096: the "
     "vendor must set it to sizeof"},
    {"module_size_large",
     "module_size_large.so: its module has struct_size 1048576, not from 32 to "
     "4096: the vendor must set it to sizeof"},
    {"plugin_size_small",
     "plugin_size_small.so: plugin 0 of its list has struct_size 120, not from 184 "
     "to 4096: the vendor must set it to sizeof"},
    {"null_plugins", "null_plugins.so: its list of plugins is NULL"},
    {"null_entry", "null_entry.so: plugin 1 of its list is NULL"},
    {"no_plugins",
     "no_plugins.so: it says that it holds 0 plugins, not from 1 to 64"},
    {"null_name",
     "null_name.so: org.example.test: its name is NULL, it must be a string"},
    {"null_handle", "null_handle.so: org.example.test: its function handle is "
                    "NULL, it must be there"},
    {"bad_id",
     "bad_id.so: its id \"Evil\\r\\nCorp\" is not a reverse DNS name in "
     "[a-z0-9.-] of at most 127 bytes"},
    {"same_ids",
     "same_ids.so: two of its plugins have the id \"org.example.test\""},
    {"wild_pointer",
     "wild_pointer.so: crashed with SIGSEGV while it was loaded: "
     "the vendor must mend it"},
    {"unknown_flag",
     "unknown_flag.so: org.example.test: it requires flags 0x10000000000 that this "
     "host does not know; a newer host may"},
    {"unknown_stage",
     "unknown_stage.so: org.example.test: it wants stages 0x40000000 that this "
     "host does not know; a newer host may"},
    {"no_stage",
     "no_stage.so: org.example.test: it names no stage, so it would "
     "never be asked"},
    {"wrong_type",
     "wrong_type.so: org.example.test: its wants hold a type that is "
     "not lower case such as \"application/zip\" or \"text/*\""},
    {"unknown_extension",
     "unknown_extension.so: org.example.test: it requires the extension "
     "\"com.example.telepathy/1\", which this host does not have"},
    {"host_option",
     "host_option.so: org.example.test: its option \"file\" has the name of a key "
     "that the host itself reads; it needs another name"},
    {"stamp_missing", "stamp_missing.so: org.example.test: it says "
                      "ASSAY_FLAG_STAMPED but has no function stamp"},
    {"stamp_changes",
     "stamp_changes.so: stamp() gives another stamp each time: it "
     "must be constant for the life of an instance"},
    {"stamp_unterminated",
     "stamp_unterminated.so: stamp() gave versions that are "
     "not NUL-terminated lines of UTF-8"},
    {"crash_load",
     "crash_load.so: crashed with SIGSEGV while it was loaded: the "
     "vendor must mend it"},
    {"fork_load", "fork_load.so: crashed with SIGABRT while it was loaded: the "
                  "vendor must mend it"},
    {"exit_load",
     "exit_load.so: ended the process with exit status 0 while it was "
     "loaded: a plugin must not exit"},
    {"print_load",
     "print_load.so: printed \"Thank you for choosing \\x1B[1mExample\\x1B[0m!\\x0A\" "
     "while it was loaded: a plugin must not print, it has log()"},
    {"thread_load",
     "thread_load.so: started threads while it was loaded, which a "
     "fork would lose: start them in start()"},
    {"thread_create",
     "thread_create.so: create() left 1 threads behind, though the plugin says "
     "ASSAY_FLAG_FORK_SHARED: a fork would lose them; start them in start()"},
};

static void each_bad_file_is_refused_with_its_line(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        struct hosting *h = hosting_open_bad(refused[i].name);
        const char *got = hosting_refusal(h);
        CU_ASSERT_STRING_EQUAL(got, refused[i].refusal);
        if (strcmp(got, refused[i].refusal) != 0)
            fprintf(stderr, "%s: %s\n", refused[i].name, got);
        CU_ASSERT(h->host != NULL && h->host->instances->len == 0);
        hosting_free(h);
    }
}

static void one_that_hangs_is_given_up(void)
{
    struct hosting *h =
        hosting_open_how("[plugin hang_load]\nfile = @/hang_load.so\n",
                         (struct host_how){.probe_timeout_ms = 200});
    CU_ASSERT_STRING_EQUAL(
        hosting_refusal(h),
        "hang_load.so: did not finish loading within 200 ms: it "
        "may not wait or work in constructors");
    hosting_free(h);
}

static void a_borrowed_entry_is_refused(void)
{
    struct hosting *h = hosting_open_bad("borrowed_entry");
    const char *got = hosting_refusal(h);
    CU_ASSERT(g_str_has_prefix(got, "borrowed_entry.so: its assay_plugin_v1() "
                                    "belongs to another library ("));
    CU_ASSERT(strstr(got, "right.so): link the plugin's own with it") != NULL);
    hosting_free(h);
}

static void a_wrong_option_table_is_refused(void)
{
    struct hosting *h = hosting_open_bad("wrong_option");
    const char *got = hosting_refusal(h);
    CU_ASSERT(g_str_has_prefix(
        got, "wrong_option.so: org.example.test: its option table: "));
    CU_ASSERT(strstr(got, "level") != NULL && strstr(got, "11") != NULL);
    hosting_free(h);
}

static void a_create_that_fails_is_refused_with_its_own_words(void)
{
    struct hosting *h = hosting_open_bad("create_fails");
    const char *got = hosting_refusal(h);
    CU_ASSERT(g_str_has_prefix(
        got,
        "create_fails.so: create() failed with DATABASE: no\\x0Aluck\\x1Bxxxxx"));
    CU_ASSERT(strlen(got) < 600);
    hosting_free(h);
}

static void too_much_stack_is_refused(void)
{
    struct hosting *h = hosting_open_bad("big_stack");
    CU_ASSERT(g_str_has_prefix(
        hosting_refusal(h), "big_stack.so: it needs a stack of 67108864 KiB, "
                            "this process has "));
    hosting_free(h);
}

static void one_that_takes_gigabytes_is_refused(void)
{
#if defined(__SANITIZE_ADDRESS__)
    CU_PASS("sanitizers need terabytes themselves");
#else
    struct hosting *h = hosting_open_bad("memory_load");
    CU_ASSERT_STRING_EQUAL(hosting_refusal(h),
                           "memory_load.so: crashed with SIGABRT while it was "
                           "loaded: the vendor must mend it");
    hosting_free(h);
#endif
}

/* --- files that are no plugins --------------------------------------------------- */

/* A file in a folder of its own, with that content and mode; its path is yours. */
static char *make_file(const char *content, mode_t mode)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = g_dir_make_tmp("assay-test-XXXXXX", &error);
    char *path = g_build_filename(dir, "x.so", NULL);
    CU_ASSERT_FATAL(g_file_set_contents(path, content, -1, NULL));
    CU_ASSERT(chmod(path, mode) == 0);
    return path;
}

static void remove_file(char *path)
{
    g_autofree char *dir = g_path_get_dirname(path);
    g_remove(path);
    g_rmdir(dir);
    g_free(path);
}

static void expect_file(const char *path, const char *text)
{
    struct hosting *h =
        hosting_open_how("", (struct host_how){.only_file = path});
    g_autofree char *expected = g_strdup_printf("%s: %s", path, text);
    CU_ASSERT_STRING_EQUAL(hosting_refusal(h), expected);
    hosting_free(h);
}

static void what_is_not_elf_is_told_so(void)
{
    char *text = make_file("#!/bin/sh\nexit 0\n", 0644);
    expect_file(text, "not an ELF shared object (it begins with "
                      "\"#!/bin/sh\\x0Aexit 0\"): give the plugin's .so file");
    remove_file(text);
    char *empty = make_file("", 0644);
    expect_file(empty, "empty: give the plugin's .so file");
    remove_file(empty);
    expect_file("/", "not a regular file: give the plugin's .so file");
    expect_file("/nonexistent/x.so", "No such file or directory");
}

static void an_elf_of_another_kind_is_told_so(void)
{
    char head[64] = "\177ELF\1\1\1";
    char *path = make_file("", 0644);
    CU_ASSERT(g_file_set_contents(path, head, sizeof head, NULL));
    expect_file(path,
                "an ELF file, but of another machine: get a build for this "
                "one");
    remove_file(path);
}

static void a_file_that_others_may_write_is_refused(void)
{
    char *path = make_file("", 0664);
    expect_file(path, "others than its owner may write it, and so change what "
                      "runs here: chmod go-w");
    remove_file(path);
}

static void a_file_of_another_user_is_refused(void)
{
    char *path = make_file("", 0644);
    if (geteuid() == 0 && chown(path, 12345, (gid_t)-1) == 0)
        expect_file(path,
                    "belongs to user 12345, who could change what runs here: "
                    "it must belong to root (chown)");
    remove_file(path);
}

/* --- the rest goes on -------------------------------------------------------------- */

static void one_that_crashes_takes_no_other_with_it(void)
{
    struct hosting *h = hosting_open("[plugin one]\nfile = @/right.so\n"
                                     "[plugin two]\nfile = @/crash_load.so\n"
                                     "[plugin three]\nfile = @/right.so\n");
    CU_ASSERT_FATAL(h->host != NULL);
    CU_ASSERT_EQUAL(h->host->instances->len, 2);
    CU_ASSERT(strstr(hosting_refusal(h), "crashed with SIGSEGV") != NULL);
    hosting_free(h);
}

static void a_longer_descriptor_is_cut_at_what_is_known(void)
{
    struct hosting *h = hosting_open_bad("plugin_size_larger");
    CU_ASSERT_FATAL(h->host != NULL);
    CU_ASSERT_EQUAL(h->host->instances->len, 1);
    hosting_free(h);
}

static void optional_ones_are_marked(void)
{
    struct hosting *h =
        hosting_open("[plugin a]\nfile = @/gone.so\noptional = yes\n"
                     "[plugin b]\nfile = @/gone.so\n");
    CU_ASSERT_FATAL(h->host != NULL && h->host->refusals->len == 2);
    const struct refusal *a = h->host->refusals->pdata[0];
    const struct refusal *b = h->host->refusals->pdata[1];
    CU_ASSERT(a->is_optional && !b->is_optional);
    CU_ASSERT_STRING_EQUAL(a->name, "a");
    hosting_free(h);
}

static void one_that_is_not_enabled_is_not_touched(void)
{
    struct hosting *h =
        hosting_open("[plugin a]\nfile = @/crash_load.so\nenabled = no\n");
    CU_ASSERT_FATAL(h->host != NULL);
    CU_ASSERT(h->host->refusals->len == 0 && h->host->instances->len == 0);
    hosting_free(h);
}

static void what_the_program_has_not_written_yet_is_written_once(void)
{
    /* The probing child inherits the parent's buffer and must not flush it. */
    FILE *file = tmpfile();
    CU_ASSERT_FATAL(file != NULL);
    fflush(stdout);
    int saved = dup(STDOUT_FILENO);
    dup2(fileno(file), STDOUT_FILENO);
    fputs("once", stdout);
    struct hosting *h = hosting_open_bad("print_load");
    fflush(stdout);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    char text[64] = "";
    ssize_t n = pread(fileno(file), text, sizeof text - 1, 0);
    CU_ASSERT_EQUAL(n, 4);
    CU_ASSERT_STRING_EQUAL(text, "once");
    fclose(file);
    hosting_free(h);
}

/* --- wrong configurations ----------------------------------------------------------- */

static void expect_error(const char *conf, const char *error)
{
    struct hosting *h = hosting_open(conf);
    CU_ASSERT(h->host == NULL);
    CU_ASSERT_FATAL(h->error != NULL);
    CU_ASSERT_STRING_EQUAL(h->error->message, error);
    hosting_free(h);
}

static void a_wrong_setting_stops_everything(void)
{
    expect_error(
        "[plugin]\nfile = @/right.so\n",
        "plugins.conf:1: [plugin]: a plugin section needs a name of "
        "letters, digits and ._- that is not \"core\", such as [plugin "
        "clamav]");
    expect_error(
        "[plugin a]\n",
        "plugins.conf:1: [plugin a]: it names no file; add a line such as "
        "\"file = a.so\"");
    struct hosting *h =
        hosting_open("[plugin a]\nfile = @/right.so\nlevel = 3\n");
    CU_ASSERT_FATAL(h->error != NULL);
    CU_ASSERT(
        g_str_has_prefix(h->error->message, "plugins.conf:3: [a] level: "));
    hosting_free(h);
}

static void a_cycle_of_facts_stops_everything(void)
{
    struct hosting *h = hosting_open("[plugin a]\nfile = @/cycle_a.so\n"
                                     "[plugin b]\nfile = @/cycle_b.so\n");
    CU_ASSERT(h->host == NULL);
    CU_ASSERT_FATAL(h->error != NULL);
    CU_ASSERT(strstr(h->error->message, "b.fact") != NULL &&
              strstr(h->error->message, "a.fact") != NULL);
    hosting_free(h);
}

UNIT_MAIN("load", UNIT(each_bad_file_is_refused_with_its_line),
          UNIT(one_that_hangs_is_given_up), UNIT(a_borrowed_entry_is_refused),
          UNIT(a_wrong_option_table_is_refused),
          UNIT(a_create_that_fails_is_refused_with_its_own_words),
          UNIT(too_much_stack_is_refused),
          UNIT(one_that_takes_gigabytes_is_refused),
          UNIT(what_is_not_elf_is_told_so),
          UNIT(an_elf_of_another_kind_is_told_so),
          UNIT(a_file_that_others_may_write_is_refused),
          UNIT(a_file_of_another_user_is_refused),
          UNIT(one_that_crashes_takes_no_other_with_it),
          UNIT(a_longer_descriptor_is_cut_at_what_is_known),
          UNIT(optional_ones_are_marked),
          UNIT(one_that_is_not_enabled_is_not_touched),
          UNIT(what_the_program_has_not_written_yet_is_written_once),
          UNIT(a_wrong_setting_stops_everything),
          UNIT(a_cycle_of_facts_stops_everything))
