/* SPDX-License-Identifier: MIT */
#include "host/scratch.h"
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static struct scratch *open_scratch(void)
{
    struct scratch *scratch = NULL;
    CU_ASSERT_FATAL(scratch_open(&scratch, NULL));
    return scratch;
}

static char *folder(struct scratch *scratch, const char *name)
{
    char *path = NULL;
    CU_ASSERT_FATAL(scratch_folder(scratch, name, &path, NULL));
    return path;
}

static void folders_are_private_and_go_away_with_all_that_is_in_them(void)
{
    struct scratch *scratch = open_scratch();
    g_autofree char *a = folder(scratch, "a");
    g_autofree char *again = folder(scratch, "a");
    CU_ASSERT_STRING_EQUAL(a, again);
    struct stat st;
    CU_ASSERT(stat(a, &st) == 0 && (st.st_mode & 0777) == 0700);
    g_autofree char *deep = g_build_filename(a, "x", "y", NULL);
    g_autofree char *file = g_build_filename(deep, "f", NULL);
    g_autofree char *link = g_build_filename(a, "link", NULL);
    CU_ASSERT(g_mkdir_with_parents(deep, 0700) == 0);
    CU_ASSERT(g_file_set_contents(file, "x", 1, NULL));
    CU_ASSERT(symlink("/etc", link) == 0);
    CU_ASSERT(chmod(deep, 0) == 0);
    g_autofree char *root = g_path_get_dirname(a);
    scratch_close(scratch);
    CU_ASSERT(access(root, F_OK) != 0);
    CU_ASSERT(access("/etc/passwd", F_OK) == 0);
}

/* A root as a killed program leaves it, an hour old. */
static char *make_old_root(const char *child)
{
    g_autofree char *mine = g_path_get_dirname(child);
    g_autofree char *dir = g_path_get_dirname(mine);
    char *root = g_build_filename(dir, "assay-scratch-XXXXXX", NULL);
    CU_ASSERT_FATAL(mkdtemp(root) != NULL);
    g_autofree char *file = g_build_filename(root, "left", NULL);
    CU_ASSERT(g_file_set_contents(file, "x", 1, NULL));
    struct timespec times[2] = {{.tv_sec = time(NULL) - 3600},
                                {.tv_sec = time(NULL) - 3600}};
    CU_ASSERT(utimensat(AT_FDCWD, root, times, 0) == 0);
    return root;
}

static void what_a_killed_program_left_is_swept(void)
{
    struct scratch *scratch = open_scratch();
    g_autofree char *a = folder(scratch, "a");
    g_autofree char *stale = make_old_root(a);
    g_autofree char *held = make_old_root(a);
    int fd = open(held, O_RDONLY | O_DIRECTORY);
    CU_ASSERT(flock(fd, LOCK_SH) == 0);
    struct scratch *next = open_scratch();
    CU_ASSERT(access(stale, F_OK) != 0);
    CU_ASSERT(access(held, F_OK) == 0);
    CU_ASSERT(access(a, F_OK) == 0);
    scratch_close(next);
    scratch_close(scratch);
    close(fd);
    scratch_remove(held);
    CU_ASSERT(access(held, F_OK) != 0);
}

UNIT_MAIN("scratch",
          UNIT(folders_are_private_and_go_away_with_all_that_is_in_them),
          UNIT(what_a_killed_program_left_is_swept))
