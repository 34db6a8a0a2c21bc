/* SPDX-License-Identifier: MIT */
/* Groups in a folder that looks like the kernel's: which files are written with what,
 * and why there may be none. */
#include "pool/cgroup.h"
#include "unit.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *root;

static void put(const char *path, const char *text)
{
    g_autofree char *whole = g_build_filename(root, path, NULL);
    g_autofree char *folder = g_path_get_dirname(whole);
    g_mkdir_with_parents(folder, 0700);
    g_file_set_contents(whole, text, -1, NULL);
}

static char *get(const char *path)
{
    g_autofree char *whole = g_build_filename(root, path, NULL);
    char *text = NULL;
    g_file_get_contents(whole, &text, NULL, NULL);
    return text;
}

static bool is_text(const char *path, const char *wanted)
{
    g_autofree char *text = get(path);
    return text != NULL && strcmp(text, wanted) == 0;
}

/* The kernel's files of one group. */
static void make_group(const char *group, const char *controllers)
{
    static const char *const files[] = {"cgroup.procs", "memory.max",
                                        "pids.max"};
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(group, files[i], NULL);
        put(path, "");
    }
    g_autofree char *offered =
        g_build_filename(group, "cgroup.controllers", NULL);
    g_autofree char *given =
        g_build_filename(group, "cgroup.subtree_control", NULL);
    put(offered, controllers);
    put(given, "");
}

static void without_version_2_it_is_told(void)
{
    const char *why = NULL;
    CU_ASSERT_PTR_NULL(cgroup_base("/nonexistent", "/a", &why));
    CU_ASSERT_STRING_EQUAL(why, "cgroup v2 is not mounted at /sys/fs/cgroup");
    CU_ASSERT_FALSE(cgroup_settle("/nonexistent", "/a", &why));
}

static void a_front_settles_and_workers_get_limits(void)
{
    const char *why = NULL;
    char path[64];
    make_group("ours", "cpu memory pids\n");
    make_group("ours/front", "");
    CU_ASSERT_TRUE_FATAL(cgroup_settle(root, "/ours", &why));
    CU_ASSERT(is_text("ours/front/cgroup.procs", "0"));
    CU_ASSERT(is_text("ours/cgroup.subtree_control", "+memory +pids"));

    /* As the kernel then shows it. */
    put("ours/cgroup.subtree_control", "memory pids\n");
    g_autofree char *base = cgroup_base(root, "/ours/front", &why);
    CU_ASSERT_PTR_NOT_NULL_FATAL(base);
    snprintf(path, sizeof path, "ours/class.%d", (int)getpid());
    make_group(path, "memory pids\n");
    CU_ASSERT_EQUAL(cgroup_join(base, 123456789, 64), 0);
    g_autofree char *procs = g_strconcat(path, "/cgroup.procs", NULL);
    g_autofree char *memory = g_strconcat(path, "/memory.max", NULL);
    g_autofree char *tasks = g_strconcat(path, "/pids.max", NULL);
    CU_ASSERT(is_text(procs, "0"));
    CU_ASSERT(is_text(memory, "123456789"));
    CU_ASSERT(is_text(tasks, "64"));
}

static void a_group_that_is_gone_is_an_error(void)
{
    g_autofree char *base = g_build_filename(root, "gone", NULL);
    CU_ASSERT_EQUAL(cgroup_join(base, 1, 1), ENOENT);
}

static void groups_that_nobody_lives_in_are_removed(void)
{
    g_autofree char *base = g_build_filename(root, "bury", NULL);
    g_autofree char *empty = g_build_filename(base, "class.42", NULL);
    g_autofree char *other = g_build_filename(base, "front", NULL);
    make_group("bury/class.43",
               ""); /* with files rmdir refuses, as the kernel */
    g_mkdir_with_parents(empty, 0700);
    g_mkdir_with_parents(other, 0700);
    (void)cgroup_join(base, 0, 1);
    CU_ASSERT_NOT_EQUAL(access(empty, F_OK), 0);
    CU_ASSERT_EQUAL(access(other, F_OK), 0);
    g_autofree char *procs = get("bury/class.43/cgroup.procs");
    CU_ASSERT_PTR_NOT_NULL(procs);
}

static void what_is_not_delegated_is_told(void)
{
    const char *why = NULL;
    put("bare/memory.max", "");
    CU_ASSERT_FALSE(cgroup_settle(root, "/bare", &why));
    CU_ASSERT_STRING_EQUAL(
        why, "its cgroup is not delegated (systemd: Delegate=memory pids)");
    make_group("cpu", "cpu io\n");
    CU_ASSERT_FALSE(cgroup_settle(root, "/cpu", &why));
    CU_ASSERT_STRING_EQUAL(why,
                           "its cgroup has no memory and pids controllers");
    CU_ASSERT_PTR_NULL(cgroup_base(root, "/cpu/front", &why));
    CU_ASSERT_STRING_EQUAL(why,
                           "its cgroup has no memory and pids controllers");
    CU_ASSERT_PTR_NULL(cgroup_base(root, "/cpu", &why));
    CU_ASSERT_STRING_EQUAL(why, "the front has no cgroup of its own");
}

static int remove_all(const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    const char *name;
    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *inner = g_build_filename(path, name, NULL);
        if (g_file_test(inner, G_FILE_TEST_IS_DIR))
            remove_all(inner);
        else
            unlink(inner);
    }
    return rmdir(path);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT(without_version_2_it_is_told),
        UNIT(a_front_settles_and_workers_get_limits),
        UNIT(a_group_that_is_gone_is_an_error),
        UNIT(groups_that_nobody_lives_in_are_removed),
        UNIT(what_is_not_delegated_is_told),
    };
    root = g_dir_make_tmp("assay-cgroup-XXXXXX", NULL);
    put("cgroup.controllers", "cpu memory pids\n");
    int rc = unit_run("cgroup", tests, G_N_ELEMENTS(tests));
    remove_all(root);
    g_free(root);
    return rc;
}
