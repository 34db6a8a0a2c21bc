/* SPDX-License-Identifier: MIT */
#include "cli/ask.h"
#include "cli/cmd.h"
#include "cli/status_view.h"
#include "pool/counters.h"
#include "pool/operator.h"
#include "unit.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define S UINT64_C(1000000000)

/* A pool that has seen something. */
static void fill(struct counters *c)
{
    counters_init(c, 0);
    const struct counted_scan mail = {POOL_TRANSPORT, 4100000, 2048, 3, false};
    counters_scanned(c, &mail, 60 * S);
    c->generation = 3;
    c->held = 1;
    c->waiting[POOL_BACKGROUND] = 100;
    c->waiting_max[POOL_BACKGROUND] = 1000;
    c->waiting_ns[POOL_BACKGROUND] = 3 * S;
    c->reload_trouble = g_strdup("bad \033[31m database");
    struct plugin_counters *p = counters_plugin(c, "clamav", "main");
    p->calls = 7;
    p->findings[ASSAY_KIND_MALWARE] = 2;
    p->findings[ASSAY_KIND_FAILED] = 1;
    p->findings[ASSAY_KIND_INFO] = 5;
    p->crashes = 4;
    p->breaker = BREAKER_OPEN;
    p->has_stamp = true;
    p->stamp.database_time = 1000000;
    memcpy(p->stamp.database, "27000", 6);
    histogram_add(&p->time, 300000);
    counters_plugin(c, "a-plugin-with-a-very-long-name", "own");
    struct class_counters *home = counters_class(c, "main");
    home->workers = 2;
    home->workers_max = 5;
    home->busy = 1;
    home->memory = 120 << 20;
    home->restarts = 3;
}

static char *page_of(const struct counters *c, bool with_color,
                     unsigned columns)
{
    g_autofree char *line = counters_json(c, 60 * S, 1000000 + 86400 * 3);
    json_t *root = json_loads(line, 0, NULL);
    const struct status_how how = {with_color, columns};
    g_autoptr(GString) page = g_string_new(NULL);
    status_show(root, &how, page);
    json_decref(root);
    return g_strdup(page->str);
}

static void a_page_tells_what_there_is_to_know(void)
{
    struct counters c;
    fill(&c);
    g_autofree char *page = page_of(&c, false, 0);
    CU_ASSERT_STRING_EQUAL(
        page,
        "Generation 3, in use for 60 s; 0 reloads, 0 failed\n"
        "  the last reload failed: bad \\x1B[31m database\n"
        "Messages   1 scanned, now 1.0/s, in the last minute 0.0/s, 0 in work\n"
        "           half within 4.1 ms, 99 % within 4.1 ms, the longest took "
        "4.1 ms\n"
        "           0 failed, 0 deferred, 1 held aside, 0 cancelled, 0 begun "
        "again\n"
        "           0 cleaned, 0 quarantined; 3 objects, 2.0 KiB\n"
        "Waiting    transport 0 (most 0), on-demand 0 (most 0), background 100 "
        "(most 1000, next since 3.0 s)\n"
        "\n"
        "CLASS            WORKERS   BUSY      MEMORY  WAITING RESTARTS  RECYCLED "
        " CRASHES  KILLS  READY IN\n"
        "main                 2/5      1   120.0 MiB        0        3         0 "
        "       0      0      0 us\n"
        "\n"
        "PLUGIN          STATE        CALLS    FOUND  FAILED   MEDIAN     99 % "
        "CRASHES OVERRAN LIMITS DENIED  SIGNATURES\n"
        "clamav          left out         7        2       1   278 us   299 us "
        "      4       0      0      0  27000, 3 days old\n"
        "a-plugin-wit... in use           0        0       0     0 us     0 us "
        "      0       0      0      0\n");
    counters_clear(&c);
}

static void what_an_administrator_has_to_see_to_stands_first(void)
{
    json_t *root = json_loads(
        "{\"alarms\":[{\"name\":\"disk\",\"since\":1,\"why\":\"no room\\u001b\"}],"
        "\"daemon\":{\"state\":\"draining\",\"connections\":4,\"open_mails\":2}}",
        0, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(root);
    const struct status_how how = {.columns = 0};
    g_autoptr(GString) page = g_string_new(NULL);
    status_show(root, &how, page);
    g_auto(GStrv) lines = g_strsplit(page->str, "\n", -1);
    CU_ASSERT(g_str_has_prefix(lines[0], "ALARM disk, for "));
    CU_ASSERT(g_str_has_suffix(lines[0], " days: no room\\x1B"));
    CU_ASSERT_STRING_EQUAL(
        lines[1], "assayd is draining: 4 connections, 2 messages asked "
                  "about and not answered");
    CU_ASSERT_EQUAL(status_alarms(root), 1);
    json_decref(root);
    root = json_object();
    CU_ASSERT_EQUAL(status_alarms(root), 0);
    json_decref(root);
}

static void colour_and_width_are_the_terminals(void)
{
    struct counters c;
    fill(&c);
    g_autofree char *page = page_of(&c, true, 40);
    g_auto(GStrv) lines = g_strsplit(page, "\n", 0);
    unsigned red = 0;
    for (unsigned i = 0; lines[i] != NULL; i++) {
        bool is_red = g_str_has_prefix(lines[i], "\033[1;31m");
        red += is_red;
        CU_ASSERT(strlen(lines[i]) <= 40 + strlen("\033[1;31m\033[0m"));
        CU_ASSERT_EQUAL(strchr(lines[i], '\033') != NULL,
                        g_str_has_suffix(lines[i], "\033[0m"));
    }
    CU_ASSERT_EQUAL(red, 2); /* the failed reload, the plugin left out */
    counters_clear(&c);
}

/* Whatever an answer holds, and wherever, there is a page without control bytes. */
static void nonsense_makes_a_page_too(void)
{
    static const char *const rows[] = {
        "{}",
        "{\"generation\":7,\"messages\":[],\"queue\":null,\"plugins\":{},"
        "\"classes\":\"x\"}",
        "{\"generation\":{\"number\":-5,\"age_s\":9223372036854775807,"
        "\"trouble\":\"\\u202e\\u001b\"},\"messages\":{\"time_us\":{\"max\":"
        "9223372036854775807},\"per_second\":1e308}}",
        "{\"plugins\":[1,null,{\"name\":7,\"findings\":[],\"breaker\":{}},"
        "{\"name\":\"\\u0007\\u0007\\u0007\\u0007\\u0007\\u0007\",\"findings\":"
        "{\"spam\":9223372036854775807,\"policy\":9223372036854775807}}],"
        "\"classes\":[[],{\"start_us\":3}]}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        json_t *root = json_loads(rows[i], 0, NULL);
        CU_ASSERT_PTR_NOT_NULL_FATAL(root);
        const struct status_how how = {.columns = 30};
        g_autoptr(GString) page = g_string_new(NULL);
        status_show(root, &how, page);
        json_decref(root);
        CU_ASSERT(g_str_has_prefix(page->str, "Generation "));
        CU_ASSERT(g_utf8_validate(page->str, -1, NULL));
        for (const char *p = page->str; *p != '\0'; p++)
            CU_ASSERT(*p == '\n' || (unsigned char)*p >= 0x20);
    }
}

/* A pool in a process of its own, whose socket is at `path`. */
struct server {
    char dir[32];
    char *path;
    pid_t pid;
};

static struct operator_socket *served;

static void on_status(void *data, uint64_t request)
{
    g_autofree char *line = counters_json(data, 60 * S, 1000000);
    operator_answer(served, request, line);
}

static void on_reload(void *data, uint64_t request)
{
    struct counters *c = data;
    operator_answer(served, request,
                    ++c->generation == 4
                        ? "{\"reloaded\":true,\"generation\":4,\"ms\":812}"
                        : "{\"reloaded\":false,\"generation\":4,"
                          "\"trouble\":\"no \\u001b memory\"}");
}

static _Noreturn void serve(const char *path, int ready)
{
    static const struct operator_command commands[] = {
        {"status", on_status}, {"reload", on_reload}, {0}};
    struct counters c;
    fill(&c);
    bool is_open = operator_open(path, commands, &c, &served, NULL);
    if (!is_open || write(ready, "r", 1) != 1)
        _exit(1);
    for (;;) {
        struct pollfd one = {.fd = operator_fd(served), .events = POLLIN};
        poll(&one, 1, operator_next_ns(served) == 0 ? 0 : -1);
        operator_serve(served, 1);
    }
}

static void server_start(struct server *server)
{
    int ready[2];
    char byte;
    memcpy(server->dir, "/tmp/test_status.XXXXXX", 24);
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(server->dir));
    server->path = g_build_filename(server->dir, "s", NULL);
    CU_ASSERT_EQUAL_FATAL(pipe(ready), 0);
    server->pid = fork();
    if (server->pid == 0)
        serve(server->path, ready[1]);
    close(ready[1]);
    CU_ASSERT_EQUAL_FATAL(read(ready[0], &byte, 1), 1);
    close(ready[0]);
}

static void server_stop(struct server *server)
{
    kill(server->pid, SIGKILL);
    waitpid(server->pid, NULL, 0);
    unlink(server->path);
    rmdir(server->dir);
    g_free(server->path);
}

/* One command with its output; `status` is its exit status. */
struct told {
    int status;
    char out[16384];
    char err[1024];
};

static void take(FILE *from, int fd, int kept, char *to, size_t size)
{
    fflush(stdout);
    fflush(stderr);
    dup2(kept, fd);
    close(kept);
    rewind(from);
    size_t n = fread(to, 1, size - 1, from);
    to[n] = '\0';
    fclose(from);
}

static struct told run(int (*command)(int, char **), const char *const *words)
{
    struct told told;
    g_auto(GStrv) argv = g_strdupv((char **)(uintptr_t)words);
    FILE *out = tmpfile(), *err = tmpfile();
    fflush(stdout);
    int kept_out = dup(STDOUT_FILENO), kept_err = dup(STDERR_FILENO);
    dup2(fileno(out), STDOUT_FILENO);
    dup2(fileno(err), STDERR_FILENO);
    g_autofree char **given =
        g_memdup2(argv, (g_strv_length(argv) + 1) * sizeof *argv);
    told.status = command((int)g_strv_length(argv), given);
    take(out, STDOUT_FILENO, kept_out, told.out, sizeof told.out);
    take(err, STDERR_FILENO, kept_err, told.err, sizeof told.err);
    return told;
}

static void status_prints_a_page_or_json(void)
{
    struct server server;
    server_start(&server);
    struct told told = run(
        cmd_status, (const char *const[]){"status", "-s", server.path, NULL});
    CU_ASSERT_EQUAL(told.status, CMD_CLEAN);
    CU_ASSERT(g_str_has_prefix(told.out, "Generation 3, in use for 60 s"));
    CU_ASSERT_PTR_NULL(strchr(told.out, '\033'));
    CU_ASSERT_STRING_EQUAL(told.err, "");
    told = run(cmd_status, (const char *const[]){"status", "--json", "--socket",
                                                 server.path, NULL});
    json_t *root = json_loads(told.out, 0, NULL);
    CU_ASSERT_PTR_NOT_NULL(json_object_get(root, "plugins"));
    json_decref(root);
    CU_ASSERT_PTR_EQUAL(strchr(told.out, '\n'),
                        told.out + strlen(told.out) - 1);
    server_stop(&server);
}

static void reload_tells_how_it_went(void)
{
    struct server server;
    server_start(&server);
    const char *const words[] = {"reload", "-s", server.path, NULL};
    struct told told = run(cmd_reload, words);
    CU_ASSERT_EQUAL(told.status, CMD_CLEAN);
    CU_ASSERT_STRING_EQUAL(told.out, "generation 4 is in use, after 0.8 s\n");
    told = run(cmd_reload, words);
    CU_ASSERT_EQUAL(told.status, CMD_TROUBLE);
    CU_ASSERT_STRING_EQUAL(told.out, "");
    CU_ASSERT_STRING_EQUAL(
        told.err, "assay reload: generation 4 stays in use: no \\x1B memory\n");
    server_stop(&server);
}

static void who_cannot_be_asked_is_named(void)
{
    struct told told = run(
        cmd_status, (const char *const[]){"status", "-s", "/nowhere/s", NULL});
    CU_ASSERT_EQUAL(told.status, CMD_TROUBLE);
    CU_ASSERT(g_str_has_prefix(
        told.err, "assay status: /nowhere/s: No such file or directory; "));
    told = run(cmd_reload, (const char *const[]){"reload", "now", NULL});
    CU_ASSERT_EQUAL(told.status, CMD_TROUBLE);
    CU_ASSERT(
        g_str_has_prefix(told.err, "assay reload: \"now\" is not wanted"));
}

/* Reads from a terminal until `n` pages came, or five seconds are over. */
static char *pages_from(int terminal, unsigned n)
{
    g_autoptr(GString) all = g_string_new(NULL);
    char buffer[4096];
    for (int i = 0; i < 50; i++) {
        struct pollfd one = {.fd = terminal, .events = POLLIN};
        ssize_t got =
            poll(&one, 1, 100) > 0 ? read(terminal, buffer, sizeof buffer) : 0;
        if (got > 0)
            g_string_append_len(all, buffer, got);
        g_auto(GStrv) pages = g_strsplit(all->str, "\033[J", 0);
        if (g_strv_length(pages) > n)
            break;
    }
    return g_strdup(all->str);
}

static void on_a_terminal_it_is_live_and_fits(void)
{
    struct server server;
    server_start(&server);
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    CU_ASSERT_FATAL(terminal >= 0 && grantpt(terminal) == 0 &&
                    unlockpt(terminal) == 0);
    const struct winsize size = {.ws_row = 6, .ws_col = 50};
    ioctl(terminal, TIOCSWINSZ, &size);
    int inside = open(ptsname(terminal), O_RDWR | O_NOCTTY);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(inside, STDOUT_FILENO);
        char *argv[] = {g_strdup("status"), g_strdup("-s"),
                        g_strdup(server.path), NULL};
        _exit(cmd_status(3, argv));
    }
    g_autofree char *text = pages_from(terminal, 2);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    close(inside);
    close(terminal);
    g_auto(GStrv) pages = g_strsplit(text, "\033[H", 0);
    CU_ASSERT_EQUAL_FATAL(g_strv_length(pages), 3);
    CU_ASSERT_STRING_EQUAL(pages[0], "\033[2J");
    CU_ASSERT_STRING_EQUAL(pages[1], pages[2]);
    g_auto(GStrv) lines = g_strsplit(pages[1], "\r\n", 0);
    CU_ASSERT_EQUAL(g_strv_length(lines), 6); /* five, and the cursor's */
    CU_ASSERT_STRING_EQUAL(
        lines[0], "Generation 3, in use for 60 s; 0 reloads, 0 failed\033[K");
    server_stop(&server);
}

UNIT_MAIN("cli_status", UNIT(a_page_tells_what_there_is_to_know),
          UNIT(what_an_administrator_has_to_see_to_stands_first),
          UNIT(colour_and_width_are_the_terminals),
          UNIT(nonsense_makes_a_page_too), UNIT(status_prints_a_page_or_json),
          UNIT(reload_tells_how_it_went), UNIT(who_cannot_be_asked_is_named),
          UNIT(on_a_terminal_it_is_live_and_fits))
