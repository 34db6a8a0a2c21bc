/* SPDX-License-Identifier: MIT */
#include "base/error.h"
#include "mailbox/source.h"
#include "unit.h"

#include <glib/gstdio.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define FROM "From a@example.org Mon Sep 30 13:43:46 2002\n"

static char *root; /* a temporary folder, the current one of this process */

static void put(const char *path, const char *text)
{
    g_autofree char *dir = g_path_get_dirname(path);
    CU_ASSERT_FATAL(g_mkdir_with_parents(dir, 0700) == 0);
    CU_ASSERT_FATAL(g_file_set_contents(path, text, -1, NULL));
}

static void put_folder(const char *path)
{
    CU_ASSERT_FATAL(g_mkdir_with_parents(path, 0700) == 0);
}

static void enter(void)
{
    root = g_dir_make_tmp("assay-source-XXXXXX", NULL);
    CU_ASSERT_FATAL(root != NULL && chdir(root) == 0);
}

/* NOLINTNEXTLINE(misc-no-recursion) */
static void remove_tree(const char *path)
{
    GDir *dir = NULL;
    struct stat st;
    if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
        dir = g_dir_open(path, 0, NULL);
    for (const char *name = NULL;
         dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *below = g_build_filename(path, name, NULL);
        remove_tree(below);
    }
    if (dir != NULL)
        g_dir_close(dir);
    g_remove(path);
}

static void leave(void)
{
    CU_ASSERT(chdir("/") == 0);
    remove_tree(root);
    g_clear_pointer(&root, g_free);
}

/* "name=content\n" or "name!problem\n" for each item. */
static char *read_all(const GPtrArray *items)
{
    GString *all = g_string_new(NULL);
    for (unsigned i = 0; i < items->len; i++) {
        const struct source_item *item = items->pdata[i];
        g_autoptr(GBytes) bytes = NULL;
        GError *error = NULL;
        if (source_read(item, 1024 * 1024, &bytes, &error)) {
            CU_ASSERT_PTR_NULL(error);
            size_t n = 0;
            const char *p = g_bytes_get_data(bytes, &n);
            g_string_append_printf(all, "%s=", item->name);
            g_string_append_len(all, p, (gssize)n);
            g_string_append_c(all, '\n');
        } else {
            CU_ASSERT_PTR_NULL(bytes);
            g_string_append_printf(all, "%s\n", error->message);
            g_error_free(error);
        }
    }
    return g_string_free(all, FALSE);
}

static char *scan(const char *path)
{
    g_autoptr(GPtrArray) items = source_list(&path, 1);
    return read_all(items);
}

#define SCANS_AS(path, want)                                                   \
    do {                                                                       \
        g_autofree char *got = scan(path);                                     \
        CU_ASSERT_STRING_EQUAL(got, (want));                                   \
        if (strcmp(got, (want)) != 0)                                          \
            fprintf(stderr, "got  %s\nwant %s\n", got, (want));                \
    } while (0)

static void a_file_is_one_message(void)
{
    enter();
    put("a.eml", "Subject: a");
    SCANS_AS("a.eml", "a.eml=Subject: a\n");
    put("binary", "\x7f"
                  "ELF");
    SCANS_AS("binary", "binary=\x7f"
                       "ELF\n");
    put("obsolete", "From : a@example.org\n");
    SCANS_AS("obsolete", "obsolete=From : a@example.org\n\n");
    leave();
}

static void a_folder_is_everything_in_it_sorted(void)
{
    enter();
    put("f/b.eml", "B");
    put("f/a.eml", "A");
    put("f/a/z", "Z");
    put("f/a/deep/er/y", "Y");
    put("f/.hidden", "H");
    put_folder("f/none");
    static const char want[] = "f/.hidden=H\nf/a/deep/er/y=Y\nf/a/z=Z\n"
                               "f/a.eml=A\nf/b.eml=B\n";
    SCANS_AS("f", want);
    g_autofree char *slash = scan("f/");
    CU_ASSERT_STRING_EQUAL(slash, want);
    SCANS_AS("f/none", "");
    leave();
}

static void an_mbox_is_its_messages(void)
{
    enter();
    put("box", FROM "A: 1\n\nbody\n\n" FROM "B: 2\n\n>From here\n\n");
    SCANS_AS("box", "box:1=A: 1\n\nbody\n\nbox:2=B: 2\n\n>From here\n\n");
    put("single", FROM "A: 1\n\nbody\n");
    SCANS_AS("single", "single=A: 1\n\nbody\n\n");
    put("hollow", FROM "A: 1\n\n" FROM "\n" FROM "C");
    SCANS_AS("hollow", "hollow:1=A: 1\n\nhollow:2: is empty: no message\n"
                       "hollow:3=C\n");
    leave();
}

static void a_maildir_is_cur_and_new_and_the_folders_below(void)
{
    enter();
    put("M/cur/2:2,S", "2");
    put("M/cur/1:2,S", FROM "is one message here");
    put("M/new/3", "3");
    put("M/tmp/4", "being delivered");
    put("M/dovecot-uidlist", "index");
    put("M/.Sent/cur/5", "5");
    put_folder("M/.Sent/new");
    put_folder("M/.Sent/tmp");
    put("M/.Sent/maildirfolder", "");
    put("M/lists/x/new/6", "6");
    put_folder("M/lists/x/cur");
    put_folder("M/lists/x/tmp");
    put("M/lists/index", "index");
    put_folder("M/cur/folder");
    static const char want[] =
        "M/.Sent/cur/5=5\nM/cur/1:2,S=" FROM "is one message here\n"
        "M/cur/2:2,S=2\nM/cur/folder: is a folder, not a message\n"
        "M/lists/x/new/6=6\nM/new/3=3\n";
    SCANS_AS("M", want);
    g_autofree char *below = scan(".");
    CU_ASSERT_PTR_NOT_NULL(strstr(below, "./M/new/3=3\n"));
    CU_ASSERT_PTR_NULL(strstr(below, "index"));
    leave();
}

static void links_are_followed_only_where_the_user_named_them(void)
{
    enter();
    put("real/a", "A");
    CU_ASSERT_FATAL(symlink("real", "named") == 0);
    CU_ASSERT_FATAL(symlink("a", "real/again") == 0);
    CU_ASSERT_FATAL(symlink("..", "real/loop") == 0);
    CU_ASSERT_FATAL(symlink("self", "self") == 0);
    static const char note[] = ": is a symbolic link, which is not followed "
                               "inside a folder: name it to have it scanned\n";
    g_autofree char *want =
        g_strconcat("named/a=A\nnamed/again", note, "named/loop", note, NULL);
    SCANS_AS("named", want);
    SCANS_AS("real/again", "real/again=A\n");
    SCANS_AS("self", "self: Too many levels of symbolic links\n");
    leave();
}

static void what_is_swapped_for_a_link_after_listing_is_not_followed(void)
{
    enter();
    put("f/a", "A");
    put("victim", "SECRET");
    const char *path = "f";
    g_autoptr(GPtrArray) items = source_list(&path, 1);
    CU_ASSERT_FATAL(unlink("f/a") == 0 && symlink("../victim", "f/a") == 0);
    g_autofree char *got = read_all(items);
    CU_ASSERT(g_str_has_prefix(got, "f/a: is a symbolic link"));
    leave();
}

static void nothing_that_could_block_is_opened(void)
{
    enter();
    put_folder("f");
    CU_ASSERT_FATAL(mkfifo("f/fifo", 0600) == 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    g_strlcpy(address.sun_path, "f/socket", sizeof address.sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    CU_ASSERT_FATAL(
        bind(fd, (const struct sockaddr *)&address, sizeof address) == 0);
    close(fd);
    alarm(10); /* a blocking open would end the test here */
    SCANS_AS("f", "f/fifo: is a FIFO, which could block: redirect it to "
                  "standard input and scan \"-\"\n"
                  "f/socket: is a socket, not a message\n");
    SCANS_AS("f/fifo", "f/fifo: is a FIFO, which could block: redirect it to "
                       "standard input and scan \"-\"\n");
    SCANS_AS("/dev/zero", "/dev/zero: is a device, not a message\n");
    /* ... nor what becomes a FIFO after it was listed. */
    put("g/a", "A");
    const char *path = "g";
    g_autoptr(GPtrArray) items = source_list(&path, 1);
    CU_ASSERT_FATAL(unlink("g/a") == 0 && mkfifo("g/a", 0600) == 0);
    g_autofree char *got = read_all(items);
    CU_ASSERT(g_str_has_prefix(got, "g/a: is a FIFO"));
    alarm(0);
    leave();
}

static void what_cannot_be_read_is_answered_for(void)
{
    enter();
    put("empty", "");
    put_folder("M/new");
    put_folder("M/tmp");
    put("M/cur/empty", "");
    SCANS_AS("empty", "empty: is empty: no message\n");
    SCANS_AS("M", "M/cur/empty: is empty: no message\n");
    SCANS_AS("missing", "missing: No such file or directory\n");
    SCANS_AS("empty/below", "empty/below: Not a directory\n");
    put("locked/file", "x");
    put("secret", "x");
    CU_ASSERT_FATAL(chmod("secret", 0) == 0 && chmod("locked", 0) == 0);
    if (geteuid() != 0) { /* root may read everything */
        SCANS_AS("secret", "secret: Permission denied\n");
        SCANS_AS("locked", "locked: Permission denied\n");
    }
    CU_ASSERT(chmod("locked", 0700) == 0);
    leave();
}

static void a_file_over_the_limit_is_not_read(void)
{
    enter();
    put("a", "12345");
    put("box", FROM "123456\n\n" FROM "1");
    int fd = open("huge", O_CREAT | O_WRONLY, 0600);
    CU_ASSERT_FATAL(fd >= 0 && ftruncate(fd, INT64_C(2) << 30) == 0);
    close(fd);
    static const char *const paths[] = {"a", "box", "huge"};

    static const struct {
        uint64_t max;
        bool is_read[4];
    } table[] = {
        {5, {true, false, true, false}},
        {4, {false, false, true, false}},
        {7, {true, true, true, false}},
    };

    g_autoptr(GPtrArray) items = source_list(paths, 3);
    CU_ASSERT_EQUAL_FATAL(items->len, 4);
    for (size_t t = 0; t < G_N_ELEMENTS(table); t++)
        for (unsigned i = 0; i < 4; i++) {
            g_autoptr(GBytes) bytes = NULL;
            g_autoptr(GError) error = NULL;
            bool is_read =
                source_read(items->pdata[i], table[t].max, &bytes, &error);
            CU_ASSERT_EQUAL(is_read, table[t].is_read[i]);
            CU_ASSERT(is_read ||
                      g_error_matches(error, BASE_ERROR, BASE_ERROR_LIMIT));
        }
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(GError) error = NULL;
    CU_ASSERT(!source_read(items->pdata[3], 1024, &bytes, &error));
    CU_ASSERT_STRING_EQUAL(error->message,
                           "huge: 2147483648 bytes, more than "
                           "max_message_bytes (1024): not read");
    leave();
}

static void a_file_that_shrinks_is_no_crash(void)
{
    enter();
    put("a", "1234567890");
    put("box", FROM "A\n\n" FROM "1234567890");
    static const char *const paths[] = {"a", "box"};
    g_autoptr(GPtrArray) items = source_list(paths, 2);
    CU_ASSERT_FATAL(truncate("a", 3) == 0 && truncate("box", 100) == 0);
    g_autofree char *got = read_all(items);
    CU_ASSERT_STRING_EQUAL(got, "a=123\nbox:1=A\n\nbox:2: has changed since it "
                                "was listed: scan it again\n");
    leave();
}

/* Runs with `text` as standard input. */
static void give_stdin(const char *text)
{
    put("stdin", text);
    int fd = open("stdin", O_RDONLY);
    CU_ASSERT_FATAL(fd >= 0 && dup2(fd, STDIN_FILENO) == STDIN_FILENO);
    close(fd);
}

static void standard_input_is_a_message_or_an_mbox(void)
{
    enter();
    give_stdin("Subject: x\n");
    SCANS_AS("-", "-=Subject: x\n\n");
    give_stdin(FROM "A\n\n" FROM "B\n");
    SCANS_AS("-", "-:1=A\n\n-:2=B\n\n");
    give_stdin("");
    SCANS_AS("-", "-: is empty: no message\n");
    leave();
}

static void a_list_of_paths_is_read_from_a_file(void)
{
    enter();
    put("a", "A");
    put("with space", "S");
    put("f/b", "B");
    put("list", "a\n\nf\nwith space\nmissing");
    g_autoptr(GPtrArray) items = source_list(NULL, 0);
    CU_ASSERT(source_add_from(items, "list", NULL));
    g_autofree char *got = read_all(items);
    CU_ASSERT_STRING_EQUAL(got, "a=A\nf/b=B\nwith space=S\n"
                                "missing: No such file or directory\n");
    leave();
}

static void a_list_that_cannot_be_read_is_an_error(void)
{
    enter();
    GError *error = NULL;
    g_autoptr(GPtrArray) items = source_list(NULL, 0);
    CU_ASSERT(!source_add_from(items, "missing", &error));
    CU_ASSERT_STRING_EQUAL(
        error->message, "missing: cannot be read: No such file or directory");
    g_clear_error(&error);
    put_folder("f");
    CU_ASSERT(!source_add_from(items, "f", &error));
    CU_ASSERT(g_error_matches(error, BASE_ERROR, BASE_ERROR_IO));
    g_clear_error(&error);
    g_autofree char *fill = g_strnfill(5000, 'x');
    g_autofree char *text = g_strconcat("a\n", fill, "\n", NULL);
    put("list", text);
    CU_ASSERT(!source_add_from(items, "list", &error));
    CU_ASSERT(g_str_has_prefix(error->message, "list:2: the line is longer"));
    g_clear_error(&error);
    leave();
}

static void a_very_deep_folder_ends_in_an_answer(void)
{
    enter();
    int here = open(".", O_RDONLY | O_DIRECTORY);
    g_autofree char *name = g_strnfill(200, 'd');
    unsigned depth = 0;
    for (; depth < 25; depth++)
        CU_ASSERT_FATAL(mkdir(name, 0700) == 0 && chdir(name) == 0);
    CU_ASSERT_FATAL(fchdir(here) == 0);
    g_autofree char *got = scan(".");
    CU_ASSERT(g_str_has_suffix(got, ": File name too long\n"));
    CU_ASSERT_PTR_EQUAL(strchr(got, '\n'), got + strlen(got) - 1);
    /* Too deep for a path: move each out before it is removed. */
    for (; depth > 0; depth--) {
        CU_ASSERT(g_rename(name, "x") == 0);
        g_autofree char *inner = g_build_filename("x", name, NULL);
        if (depth > 1)
            CU_ASSERT(g_rename(inner, name) == 0);
        CU_ASSERT(g_rmdir("x") == 0);
    }
    close(here);
    leave();
}

UNIT_MAIN("source", UNIT(a_file_is_one_message),
          UNIT(a_folder_is_everything_in_it_sorted),
          UNIT(an_mbox_is_its_messages),
          UNIT(a_maildir_is_cur_and_new_and_the_folders_below),
          UNIT(links_are_followed_only_where_the_user_named_them),
          UNIT(what_is_swapped_for_a_link_after_listing_is_not_followed),
          UNIT(nothing_that_could_block_is_opened),
          UNIT(what_cannot_be_read_is_answered_for),
          UNIT(a_file_over_the_limit_is_not_read),
          UNIT(a_file_that_shrinks_is_no_crash),
          UNIT(standard_input_is_a_message_or_an_mbox),
          UNIT(a_list_of_paths_is_read_from_a_file),
          UNIT(a_list_that_cannot_be_read_is_an_error),
          UNIT(a_very_deep_folder_ends_in_an_answer))
