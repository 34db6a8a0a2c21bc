/* SPDX-License-Identifier: MIT */
/*
 * Changes of files, with a simulated clock for the time that they have to be quiet.
 */
#include "pool/watch.h"
#include "unit.h"

#include <glib.h>
#include <glib/gstdio.h>

#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const uint64_t s_ns = 1000000000;

/* A folder with one file of signatures, and a configuration beside it. */
struct place {
    char *root;
    char *folder;
    char *file;
    char *conf;
    struct watch *watch;
    uint64_t now_ns;
};

static void put(const char *path, const char *text)
{
    CU_ASSERT_FATAL(g_file_set_contents(path, text, -1, NULL));
}

static uint64_t real_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * s_ns + (uint64_t)t.tv_nsec;
}

static void set(const struct place *p, uint64_t since_ns)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    g_ptr_array_add(paths, p->folder);
    g_ptr_array_add(paths, p->conf);
    watch_set(p->watch, paths, since_ns);
}

static void begin(struct place *p)
{
    p->root = g_dir_make_tmp("assay-watch-XXXXXX", NULL);
    p->folder = g_build_filename(p->root, "sigs", NULL);
    p->file = g_build_filename(p->folder, "main.ndb", NULL);
    p->conf = g_build_filename(p->root, "plugins.conf", NULL);
    CU_ASSERT_FATAL(g_mkdir(p->folder, 0700) == 0);
    put(p->file, "one");
    put(p->conf, "[pool]\n");
    p->watch = watch_new();
    p->now_ns = 100 * s_ns;
    CU_ASSERT_PTR_NOT_NULL_FATAL(p->watch);
    g_usleep(20000); /* the file system's clock is coarse */
    set(p, real_ns());
}

static void end(struct place *p)
{
    watch_free(p->watch);
    g_unlink(p->file);
    g_rmdir(p->folder);
    g_unlink(p->conf);
    g_rmdir(p->root);
    g_free(p->root);
    g_free(p->folder);
    g_free(p->file);
    g_free(p->conf);
}

/* Looks every 100 ms for so long; how often a change was told. */
static unsigned pass(struct place *p, double seconds)
{
    unsigned told = 0;
    uint64_t end_ns = p->now_ns + (uint64_t)(seconds * 1e9);
    for (; p->now_ns < end_ns; p->now_ns += s_ns / 10)
        told += watch_look(p->watch, p->now_ns);
    return told;
}

static void nothing_is_told_of_nothing(void)
{
    struct place p;
    begin(&p);
    CU_ASSERT_EQUAL(pass(&p, 100), 0);
    end(&p);
}

static void a_change_is_told_once_when_it_is_quiet(void)
{
    struct place p;
    begin(&p);
    put(p.file, "two");
    struct pollfd one = {.fd = watch_fd(p.watch), .events = POLLIN};
    CU_ASSERT_EQUAL(poll(&one, 1, 1000), 1);
    CU_ASSERT_EQUAL(pass(&p, 1.9), 0);
    CU_ASSERT_EQUAL(pass(&p, 0.4), 1);
    CU_ASSERT_EQUAL(pass(&p, 100), 0);
    put(p.conf, "[pool]\nslots = 2\n");
    CU_ASSERT_EQUAL(pass(&p, 3), 1);
    end(&p);
}

static void whoever_goes_on_writing_is_waited_for(void)
{
    struct place p;
    begin(&p);
    unsigned told = 0;
    for (unsigned i = 0; i < 20; i++) {
        put(p.file, i % 2 == 0 ? "more" : "and more");
        told += pass(&p, 1);
    }
    CU_ASSERT_EQUAL(told, 0);
    CU_ASSERT_EQUAL(pass(&p, 3), 1);
    end(&p);
}

static void but_not_for_ever(void)
{
    struct place p;
    begin(&p);
    unsigned told = 0;
    for (unsigned i = 0; i < 65; i++) {
        put(p.file, i % 2 == 0 ? "more" : "and more");
        told += pass(&p, 1);
    }
    CU_ASSERT_EQUAL(told, 1);
    end(&p);
}

static void what_comes_and_goes_is_nothing(void)
{
    struct place p;
    begin(&p);
    g_autofree char *other = g_build_filename(p.folder, "tmp.1", NULL);
    put(other, "x");
    g_unlink(other);
    CU_ASSERT_EQUAL(pass(&p, 10), 0);
    end(&p);
}

static void who_is_busy_in_the_same_folder_is_nothing(void)
{
    struct place p;
    begin(&p);
    unsigned told = 0;
    g_autofree char *beside = g_build_filename(p.root, "other", NULL);
    put(p.conf, "[limits]\n");
    for (unsigned i = 0; i < 10; i++) {
        put(beside, i % 2 == 0 ? "x" : "xy");
        told += pass(&p, 1);
    }
    CU_ASSERT_EQUAL(told, 1);
    g_unlink(beside);
    end(&p);
}

static void a_new_file_and_a_removed_one_are_changes(void)
{
    struct place p;
    begin(&p);
    g_autofree char *other = g_build_filename(p.folder, "daily.ndb", NULL);
    put(other, "x");
    CU_ASSERT_EQUAL(pass(&p, 3), 1);
    g_unlink(other);
    CU_ASSERT_EQUAL(pass(&p, 3), 1);
    end(&p);
}

static void a_folder_that_is_made_anew_is_watched_again(void)
{
    struct place p;
    begin(&p);
    g_unlink(p.file);
    g_rmdir(p.folder);
    CU_ASSERT_EQUAL(pass(&p, 3), 1);
    CU_ASSERT_FATAL(g_mkdir(p.folder, 0700) == 0);
    CU_ASSERT_EQUAL(pass(&p, 3), 0);
    put(p.file, "three");
    CU_ASSERT_EQUAL(pass(&p, 3), 1);
    end(&p);
}

static void what_changed_while_it_was_read_is_a_change(void)
{
    struct place p;
    begin(&p);
    uint64_t since_ns = real_ns();
    g_usleep(20000);
    put(p.file, "while it was read");
    set(&p, since_ns);
    CU_ASSERT_EQUAL(pass(&p, 3), 1);
    CU_ASSERT_EQUAL(pass(&p, 3), 0);
    end(&p);
}

static void what_cannot_be_watched_is_told(void)
{
    struct place p;
    begin(&p);
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    g_autofree char *none = g_strdup("/no/such/folder/file");
    g_ptr_array_add(paths, none);
    watch_set(p.watch, paths, real_ns());
    CU_ASSERT_EQUAL(pass(&p, 3), 0);
    end(&p);
}

UNIT_MAIN("watch", UNIT(nothing_is_told_of_nothing),
          UNIT(a_change_is_told_once_when_it_is_quiet),
          UNIT(whoever_goes_on_writing_is_waited_for), UNIT(but_not_for_ever),
          UNIT(what_comes_and_goes_is_nothing),
          UNIT(who_is_busy_in_the_same_folder_is_nothing),
          UNIT(a_new_file_and_a_removed_one_are_changes),
          UNIT(a_folder_that_is_made_anew_is_watched_again),
          UNIT(what_changed_while_it_was_read_is_a_change),
          UNIT(what_cannot_be_watched_is_told))
