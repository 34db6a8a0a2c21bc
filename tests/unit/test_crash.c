/* SPDX-License-Identifier: MIT */
#include "pool/crash.h"
#include "unit.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct crash example(void)
{
    struct crash crash = {
        .reason = CRASH_SIGNAL,
        .number = SIGSEGV,
        .plugin = "clamav",
        .class_name = "main",
        .generation = 3,
        .worker = 2,
        .pid = 4711,
        .denied = SYS_connect,
        .place = "2.1!in\nvoice.pdf",
        .type = "application/pdf",
        .size = 31337,
        .has_digest = true,
        .took_ns = 12500000,
        .times = 1,
        .wall_s = 1700000000,
    };
    memset(crash.digest, 0xab, sizeof crash.digest);
    return crash;
}

#define HEX "abababababababababababababababababababababababababababababababab"

static void the_report_has_one_value_a_line(void)
{
    struct crash crash = example();
    g_autofree char *text = crash_text(&crash);
    CU_ASSERT_STRING_EQUAL(
        text, "time=2023-11-14T22:13:20Z\nclass=main\ngeneration=3\nworker=2\n"
              "pid=4711\nplugin=clamav\nreason=signal\nsignal=SIGSEGV\n"
              "denied=connect\nms=12\ntimes=1\nsha256=" HEX "\n"
              "type=application/pdf\nsize=31337\n"
              "object=2.1!in\\x0Avoice.pdf\n");
}

static void what_is_not_known_is_left_out(void)
{
    const struct crash crash = {.reason = CRASH_EXIT, .number = 7, .pid = 1};
    g_autofree char *text = crash_text(&crash);
    CU_ASSERT_STRING_EQUAL(text, "generation=0\nworker=0\npid=1\nplugin=core\n"
                                 "reason=exit\nstatus=7\nms=0\ntimes=0\n");
}

static void the_log_gets_one_line(void)
{
    struct crash crash = example();
    char line[2048] = "";
    FILE *instead = tmpfile();
    fflush(stderr);
    int kept = dup(STDERR_FILENO);
    dup2(fileno(instead), STDERR_FILENO);
    crash_log(&crash);
    dup2(kept, STDERR_FILENO);
    close(kept);
    rewind(instead);
    size_t n = fread(line, 1, sizeof line - 1, instead);
    fclose(instead);
    line[n] = '\0';
    CU_ASSERT_STRING_EQUAL(
        line, "level=warning event=crash class=main generation=3 worker=2 "
              "pid=4711 plugin=clamav reason=signal signal=SIGSEGV "
              "denied=connect ms=12 times=1 sha256=" HEX
              " type=application/pdf size=31337 "
              "object=2.1!in\\x0Avoice.pdf\n");
}

static void each_reason_has_its_sentence(void)
{
    static const struct {
        enum crash_reason reason;
        int number;
        uint32_t denied;
        const char *place;
        const char *want;
    } rows[] = {
        {CRASH_SIGNAL, SIGABRT, 0, "1.2", "the worker died by SIGABRT at 1.2"},
        {CRASH_SIGNAL, 64, 0, NULL, "the worker died by signal 64"},
        {CRASH_EXIT, 3, 0, "", "the worker left with status 3"},
        {CRASH_TIME, 0, 0, "\x1b",
         "the worker was killed after 30.0 s at \\x1B"},
        {CRASH_LIMIT, 0, 0, NULL, "the worker took more memory than it may"},
        {CRASH_DENIED, 0, SYS_execve, NULL,
         "the worker died by a forbidden system call: execve"},
        {CRASH_TRAY, 0, 0, NULL,
         "the worker was killed for writing what cannot be"},
        {CRASH_KILLED, 0, 0, NULL, "the worker was killed from outside"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const struct crash crash = {
            .reason = rows[i].reason,
            .number = rows[i].number,
            .denied = rows[i].denied,
            .place = rows[i].place,
            .took_ns = UINT64_C(30000000000),
        };
        g_autofree char *got = crash_sentence(&crash);
        CU_ASSERT_STRING_EQUAL(got, rows[i].want);
    }
}

/* Names in a folder but . and .., sorted, each with a blank behind; yours. */
static char *names_in(const char *dir)
{
    g_autoptr(GString) all = g_string_new(NULL);
    struct dirent **entries = NULL;
    int n = scandir(dir, &entries, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        if (strcmp(entries[i]->d_name, ".") != 0 &&
            strcmp(entries[i]->d_name, "..") != 0)
            g_string_append_printf(all, "%s ", entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return g_strdup(all->str);
}

static void remove_folder(const char *dir)
{
    g_autofree char *names = names_in(dir);
    g_auto(GStrv) list = g_strsplit(g_strchomp(names), " ", 0);
    for (unsigned i = 0; list[i] != NULL; i++) {
        g_autofree char *path = g_build_filename(dir, list[i], NULL);
        unlink(path);
    }
    rmdir(dir);
}

static void a_file_is_private_and_whole(void)
{
    char dir[] = "/tmp/test_crash.XXXXXX";
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
    struct crash crash = example();
    mode_t mask = umask(0);
    CU_ASSERT(crash_write(&crash, dir, 10, NULL));
    CU_ASSERT(crash_write(&crash, dir, 10, NULL));
    umask(mask);
    g_autofree char *names = names_in(dir);
    CU_ASSERT_STRING_EQUAL(names, "crash-00001700000000-4711-1.txt "
                                  "crash-00001700000000-4711-2.txt ");
    g_autofree char *path =
        g_build_filename(dir, "crash-00001700000000-4711-2.txt", NULL);
    struct stat st;
    CU_ASSERT_EQUAL_FATAL(stat(path, &st), 0);
    CU_ASSERT_EQUAL(st.st_mode & 07777, 0600);
    g_autofree char *got = NULL;
    g_autofree char *want = crash_text(&crash);
    CU_ASSERT(g_file_get_contents(path, &got, NULL, NULL));
    CU_ASSERT_EQUAL(g_strcmp0(got, want), 0);
    remove_folder(dir);
}

static void the_oldest_reports_make_room(void)
{
    char dir[] = "/tmp/test_crash.XXXXXX";
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
    g_autofree char *other = g_build_filename(dir, "README.txt", NULL);
    g_autofree char *half =
        g_build_filename(dir, ".crash-00000000000002-1-1.txt", NULL);
    CU_ASSERT(g_file_set_contents(other, "", 0, NULL));
    CU_ASSERT(g_file_set_contents(half, "", 0, NULL));
    struct crash crash = example();
    for (int64_t i = 1; i <= 12; i++) {
        crash.wall_s = i;
        CU_ASSERT(crash_write(&crash, dir, 3, NULL));
    }
    g_autofree char *names = names_in(dir);
    CU_ASSERT_STRING_EQUAL(names, "README.txt crash-00000000000010-4711-1.txt "
                                  "crash-00000000000011-4711-1.txt "
                                  "crash-00000000000012-4711-1.txt ");
    remove_folder(dir);
}

static void no_folder_is_an_error_that_names_it(void)
{
    const struct crash crash = {.pid = 1};
    GError *error = NULL;
    CU_ASSERT_FATAL(!crash_write(&crash, "/nowhere/at/all", 3, &error));
    CU_ASSERT_STRING_EQUAL(error->message,
                           "crash_dir /nowhere/at/all: cannot open the folder: "
                           "No such file or directory");
    g_error_free(error);
}

UNIT_MAIN("crash", UNIT(the_report_has_one_value_a_line),
          UNIT(what_is_not_known_is_left_out), UNIT(the_log_gets_one_line),
          UNIT(each_reason_has_its_sentence), UNIT(a_file_is_private_and_whole),
          UNIT(the_oldest_reports_make_room),
          UNIT(no_folder_is_an_error_that_names_it))
