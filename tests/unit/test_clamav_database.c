/* SPDX-License-Identifier: MIT */
#include "../../plugins/clamav/cvd.h"
#include "../../plugins/clamav/database.h"
#include "unit.h"

#include <glib.h>
#include <glib/gstdio.h>

#include <stdio.h>
#include <string.h>
#include <utime.h>
#include <zlib.h>

/* A folder of its own for each test; its files go with it. */
static char *folder_new(void)
{
    char *folder = g_dir_make_tmp("assay-test-XXXXXX", NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(folder);
    return folder;
}

static void folder_free(char *folder)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_unlink(path);
    }
    if (dir != NULL)
        g_dir_close(dir);
    g_rmdir(folder);
    g_free(folder);
}

static void put(const char *folder, const char *name, const char *text,
                size_t n)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    CU_ASSERT(g_file_set_contents(path, text, (gssize)n, NULL));
}

static struct database read_folder(const char *folder)
{
    struct database db;
    CU_ASSERT(database_init(&db));
    CU_ASSERT(database_add(&db, folder));
    database_finish(&db, "", 0);
    return db;
}

static void what_a_signature_needs_is_read_from_its_format(void)
{
    static const struct {
        const char *file;
        const char *line;
        uint32_t needs;
    } cases[] = {
        {"a.ndb", "Test:4:*:616263\n", 0},
        {"a.pdb", "# comment\n", 0},
        {"a.pdb", "H:bank.example\n", NEEDS_LINKS},
        {"a.pdb", "R:.+\\.a\\.example:.+\\.b\\.example\n", NEEDS_LINKS},
        {"a.wdb", "M:a.example:b.example\n", 0},
        {"a.cdb", "T:CL_TYPE_MAIL:*:x:*:*:*:*:*:*\n", NEEDS_NAMES},
        {"a.cdb", "T:*:*:x:*:*:*:*:*:*\n", NEEDS_NAMES},
        {"a.cdb", "T:CL_TYPE_ZIP:*:x:*:*:*:*:*:*\n", 0},
        {"a.cdb", "T:CL_TYPE_ZIP:CL_TYPE_MAIL:x:*\n", 0},
        {"a.ldb", "T;Engine:81-255,Target:0;0;616263\n", 0},
        {"a.ldb", "T;Container:CL_TYPE_MAIL,Target:0;0;616263\n", NEEDS_INSIDE},
        {"a.ldb", "T;Target:0;0;fuzzy_img#af2ad01ed42993c7#0\n",
         NEEDS_IMAGE_HASH},
        {"a.hdb", "CL_TYPE_MAIL:fuzzy_img#:x\n", 0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *folder = folder_new();
        put(folder, cases[i].file, cases[i].line, strlen(cases[i].line));
        struct database db = read_folder(folder);
        CU_ASSERT_EQUAL(db.needs, cases[i].needs);
        CU_ASSERT_EQUAL(db.files, 1);
        folder_free(folder);
    }
}

static void a_database_of_test_signatures_only_is_told(void)
{
    static const struct {
        const char *more;
        bool is_test_only;
    } cases[] = {
        {"assay-test.hsb", true},
        {"assay-testing.ndb", false},
        {"site.ndb", false},
        {"daily.cvd", false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *folder = folder_new();
        put(folder, "assay-test.ndb", "Test:0:*:616263\n", 16);
        put(folder, cases[i].more, "Test:0:*:616263\n", 16);
        struct database db = read_folder(folder);
        CU_ASSERT_EQUAL(db.files, 2);
        CU_ASSERT_EQUAL(database_is_test_only(&db), cases[i].is_test_only);
        folder_free(folder);
    }
}

static void only_signature_files_count(void)
{
    char *folder = folder_new();
    put(folder, "README.md", "H:bank.example\n", 15);
    put(folder, ".hidden.pdb", "H:bank.example\n", 15);
    CU_ASSERT_EQUAL(database_count(folder), 0);
    CU_ASSERT_EQUAL(read_folder(folder).files, 0);
    put(folder, "x.HSB", "00\n", 3);
    CU_ASSERT_EQUAL(database_count(folder), 1);
    CU_ASSERT_EQUAL(database_count("/nonexistent"), 0);
    folder_free(folder);
}

static void the_digest_follows_names_contents_and_settings(void)
{
    char *folder = folder_new();
    put(folder, "a.ndb", "A:0:*:616263\n", 13);
    put(folder, "b.ndb", "B:0:*:616263\n", 13);
    struct database one = read_folder(folder);
    struct database same = read_folder(folder);
    CU_ASSERT(memcmp(one.digest, same.digest, sizeof one.digest) == 0);
    CU_ASSERT_STRING_EQUAL(one.version, same.version);
    CU_ASSERT(strncmp(one.version, "local:2-", 8) == 0);

    struct database other;
    CU_ASSERT(database_init(&other) && database_add(&other, folder));
    database_finish(&other, "x", 1);
    CU_ASSERT(memcmp(one.digest, other.digest, sizeof one.digest) != 0);
    CU_ASSERT_STRING_EQUAL(one.version, other.version);

    put(folder, "b.ndb", "B:0:*:616264\n", 13);
    struct database changed = read_folder(folder);
    CU_ASSERT(memcmp(one.digest, changed.digest, sizeof one.digest) != 0);
    CU_ASSERT(strcmp(one.version, changed.version) != 0);
    folder_free(folder);
}

static void the_time_is_the_newest_files_without_official_ones(void)
{
    char *folder = folder_new();
    static const char *const names[] = {"a.ndb", "b.ndb"};
    for (size_t i = 0; i < 2; i++) {
        const struct utimbuf when = {.modtime = 1000 + (time_t)i};
        put(folder, names[i], "A:0:*:616263\n", 13);
        g_autofree char *path = g_build_filename(folder, names[i], NULL);
        CU_ASSERT_EQUAL(utime(path, &when), 0);
    }
    struct database db = read_folder(folder);
    CU_ASSERT_EQUAL(database_time(&db), 1001);
    db.official_time = 500;
    CU_ASSERT_EQUAL(database_time(&db), 500);
    folder_free(folder);
}

static void what_cannot_be_read_is_told(void)
{
    struct database db;
    CU_ASSERT(database_init(&db));
    CU_ASSERT(!database_add(&db, "/nonexistent/main.cvd"));
    database_finish(&db, "", 0);
}

/* --- official archives ------------------------------------------------------- */

/* One member of a tar at `to`; the next goes after the returned length. */
static size_t tar_add(char *to, const char *name, const char *text)
{
    size_t n = strlen(text);
    memset(to, 0, 512);
    snprintf(to, 100, "%s", name);
    snprintf(to + 124, 13, "%011o", (unsigned)n);
    memcpy(to + 512, text, n);
    return 512 + (n + 511) / 512 * 512;
}

/* Writes head and tar; with gzip where `packed`. */
static void put_archive(const char *path, const char *tar, size_t n,
                        bool packed)
{
    char head[512];
    memset(head, ' ', sizeof head);
    FILE *file = fopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(fwrite(head, 1, sizeof head, file), sizeof head);
    if (!packed)
        CU_ASSERT_EQUAL(fwrite(tar, 1, n, file), n);
    fclose(file);
    if (packed) {
        gzFile gz = gzopen(path, "ab");
        CU_ASSERT_EQUAL(gzwrite(gz, tar, (unsigned)n), (int)n);
        gzclose(gz);
    }
}

static bool join_lines(void *context, const char *ext, const char *line)
{
    GString *to = context;
    g_string_append_printf(to, "%s=%s", ext, line);
    return strstr(line, "stop") != NULL;
}

static void lines_of_an_archive_are_read_with_and_without_gzip(void)
{
    static char tar[8 * 512];
    char *folder = folder_new();
    size_t n = tar_add(tar, "t.info", "not wanted\n");
    n += tar_add(tar + n, "t.pdb", "H:a.example\nH:b.example\n");
    n += tar_add(tar + n, "t.cdb", "no line end");
    n += 1024;
    for (int packed = 0; packed < 2; packed++) {
        g_autofree char *path = g_build_filename(folder, "t.cvd", NULL);
        GString *got = g_string_new(NULL);
        put_archive(path, tar, n, packed != 0);
        CU_ASSERT(cvd_lines(path, join_lines, got));
        CU_ASSERT_STRING_EQUAL(
            got->str, "pdb=H:a.example\npdb=H:b.example\ncdb=no line end");
        g_string_free(got, TRUE);
    }
    folder_free(folder);
}

static void an_archive_that_ends_early_or_lies_is_told(void)
{
    static char tar[8 * 512];
    char *folder = folder_new();
    g_autofree char *path = g_build_filename(folder, "t.cvd", NULL);
    GString *got = g_string_new(NULL);
    size_t n = tar_add(tar, "t.pdb", "H:a.example\n");
    put_archive(path, tar, n, true);
    CU_ASSERT(!cvd_lines(path, join_lines, got));
    memcpy(tar + 124, "77777777777", 11);
    put_archive(path, tar, n, false);
    CU_ASSERT(!cvd_lines(path, join_lines, got));
    put(folder, "t.cvd", "short", 5);
    CU_ASSERT(!cvd_lines(path, join_lines, got));
    CU_ASSERT(!cvd_lines("/nonexistent.cvd", join_lines, got));
    g_string_free(got, TRUE);
    folder_free(folder);
}

UNIT_MAIN("clamav databases",
          UNIT(what_a_signature_needs_is_read_from_its_format),
          UNIT(a_database_of_test_signatures_only_is_told),
          UNIT(only_signature_files_count),
          UNIT(the_digest_follows_names_contents_and_settings),
          UNIT(the_time_is_the_newest_files_without_official_ones),
          UNIT(what_cannot_be_read_is_told),
          UNIT(lines_of_an_archive_are_read_with_and_without_gzip),
          UNIT(an_archive_that_ends_early_or_lies_is_told))
