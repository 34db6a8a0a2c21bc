/* SPDX-License-Identifier: MIT */
/*
 * Whether a second generation fits into memory: from /proc and control groups, real
 * and invented.
 */
#include "pool/fit.h"
#include "unit.h"

#include <glib.h>
#include <glib/gstdio.h>

#include <unistd.h>

static const uint64_t mib = 1 << 20;

/* A folder with a proc and a sys.  Yours. */
static char *make_root(const char *const *files)
{
    char *root = g_dir_make_tmp("assay-fit-XXXXXX", NULL);
    for (size_t i = 0; files[i] != NULL; i += 2) {
        g_autofree char *path = g_build_filename(root, files[i], NULL);
        g_autofree char *dir = g_path_get_dirname(path);
        CU_ASSERT_FATAL(g_mkdir_with_parents(dir, 0700) == 0);
        CU_ASSERT_FATAL(g_file_set_contents(path, files[i + 1], -1, NULL));
    }
    return root;
}

static void remove_all(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        remove_all(child);
    }
    g_remove(path);
}

static uint64_t free_mib(const char *const *files)
{
    uint64_t bytes = 0;
    g_autofree char *root = make_root(files);
    CU_ASSERT(fit_free_bytes(root, &bytes));
    remove_all(root);
    return bytes / mib;
}

static const char meminfo[] = "MemTotal: 4194304 kB\nMemFree: 1 kB\n"
                              "MemAvailable:  1048576 kB\nCached: 5 kB\n";

#define MEMINFO "proc/meminfo", meminfo

static void the_machine_says_what_is_free(void)
{
    static const char *const files[] = {MEMINFO, NULL};
    CU_ASSERT_EQUAL(free_mib(files), 1024);
}

static void a_group_of_version_2_may_have_less(void)
{
    static const char *const files[] = {
        MEMINFO,
        "proc/self/cgroup",
        "0::/system.slice/assay.service\n",
        "sys/fs/cgroup/system.slice/assay.service/memory.max",
        "536870912\n",
        "sys/fs/cgroup/system.slice/assay.service/memory.current",
        "268435456\n",
        "sys/fs/cgroup/system.slice/assay.service/memory.stat",
        "anon 1\ninactive_file 134217728\nactive_file 9\n",
        NULL};
    CU_ASSERT_EQUAL(free_mib(files), 384);
}

static void a_group_above_counts_too(void)
{
    static const char *const files[] = {
        MEMINFO,       "proc/self/cgroup",
        "0::/a/b\n",   "sys/fs/cgroup/a/b/memory.max",
        "max\n",       "sys/fs/cgroup/a/b/memory.current",
        "1\n",         "sys/fs/cgroup/a/memory.max",
        "104857600\n", "sys/fs/cgroup/a/memory.current",
        "209715200\n", NULL};
    CU_ASSERT_EQUAL(free_mib(files), 0);
}

static void a_group_of_version_1_may_have_less(void)
{
    static const char *const files[] = {
        MEMINFO,
        "proc/self/cgroup",
        "9:cpu,cpuacct:/x\n4:memory:/box\n0::/\n",
        "sys/fs/cgroup/memory/box/memory.limit_in_bytes",
        "104857600\n",
        "sys/fs/cgroup/memory/box/memory.usage_in_bytes",
        "52428800\n",
        "sys/fs/cgroup/memory/memory.limit_in_bytes",
        "9223372036854771712\n",
        "sys/fs/cgroup/memory/memory.usage_in_bytes",
        "52428800\n",
        NULL};
    CU_ASSERT_EQUAL(free_mib(files), 50);
}

static void this_process_needs_what_it_has_and_more(void)
{
    const pid_t self = getpid();
    struct fit fit;
    fit_measure(&self, 1, 2, &fit);
    CU_ASSERT(fit.is_known);
    CU_ASSERT(fit.need_bytes > 80 * mib && fit.need_bytes < 1024 * mib);
    CU_ASSERT(fit.free_bytes > 0);
}

static void a_process_that_is_gone_is_not_known(void)
{
    const pid_t none = 0x7ffffff0;
    struct fit fit;
    fit_measure(&none, 1, 2, &fit);
    CU_ASSERT(!fit.is_known);
}

static void the_way_is_chosen_by_what_fits(void)
{
    static const struct {
        enum pool_reload reload;
        struct fit fit;
        enum fit_way way;
    } rows[] = {
        {POOL_RELOAD_AUTO, {10, 10, true}, FIT_OVERLAP},
        {POOL_RELOAD_AUTO, {11, 10, true}, FIT_DRAIN_FIRST},
        {POOL_RELOAD_AUTO, {0, 0, false}, FIT_OVERLAP},
        {POOL_RELOAD_OVERLAP, {10, 10, true}, FIT_OVERLAP},
        {POOL_RELOAD_OVERLAP, {11, 10, true}, FIT_NOT},
        {POOL_RELOAD_DRAIN_FIRST, {1, 10, true}, FIT_DRAIN_FIRST},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        CU_ASSERT_EQUAL(fit_choose(rows[i].reload, &rows[i].fit), rows[i].way);
}

UNIT_MAIN("fit", UNIT(the_machine_says_what_is_free),
          UNIT(a_group_of_version_2_may_have_less),
          UNIT(a_group_above_counts_too),
          UNIT(a_group_of_version_1_may_have_less),
          UNIT(this_process_needs_what_it_has_and_more),
          UNIT(a_process_that_is_gone_is_not_known),
          UNIT(the_way_is_chosen_by_what_fits))
