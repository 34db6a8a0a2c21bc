/* SPDX-License-Identifier: MIT */
#include "pool/operator.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define S UINT64_C(1000000000)

/* A pool that is asked. */
struct pool {
    struct operator_socket *control;
    char dir[32];
    char *path;
    uint64_t reloading; /* the request that is to be answered later */
    size_t large;       /* bytes that `large` answers with */
};

static void on_status(void *data, uint64_t request)
{
    struct pool *pool = data;
    operator_answer(pool->control, request, "{\"fine\":true}");
}

static void on_reload(void *data, uint64_t request)
{
    struct pool *pool = data;
    pool->reloading = request;
}

static void on_large(void *data, uint64_t request)
{
    struct pool *pool = data;
    g_autofree char *text = g_strnfill(pool->large, 'x');
    operator_answer(pool->control, request, text);
}

static const struct operator_command commands[] = {
    {"status", on_status}, {"reload", on_reload}, {"large", on_large}, {0}};

static void pool_open(struct pool *pool)
{
    *pool = (struct pool){.large = 4 << 20};
    memcpy(pool->dir, "/tmp/test_operator.XXXXXX", 26);
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(pool->dir));
    pool->path = g_build_filename(pool->dir, "control.sock", NULL);
    CU_ASSERT_FATAL(
        operator_open(pool->path, commands, pool, &pool->control, NULL));
}

static void pool_close(struct pool *pool)
{
    operator_close(pool->control);
    CU_ASSERT_EQUAL(rmdir(pool->dir), 0); /* the socket is gone */
    g_free(pool->path);
}

static int dial(const struct pool *pool)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", pool->path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CU_ASSERT_EQUAL(
        connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void say(int fd, const char *text)
{
    CU_ASSERT_EQUAL(send(fd, text, strlen(text), MSG_NOSIGNAL),
                    (ssize_t)strlen(text));
}

/* What the socket said so far; "(end)" after it where it hung up. */
static const char *heard(int fd)
{
    static char text[4096];
    size_t n = 0;
    ssize_t got;
    while ((got = recv(fd, text + n, sizeof text - 8 - n, MSG_DONTWAIT)) > 0)
        n += (size_t)got;
    text[n] = '\0';
    if (got == 0 || errno != EAGAIN)
        memcpy(text + n, "(end)", 6);
    return text;
}

static void serve(struct pool *pool, uint64_t now_ns)
{
    for (int i = 0; i < 20; i++)
        operator_serve(pool->control, now_ns);
}

static bool is_readable(const struct pool *pool)
{
    struct pollfd one = {.fd = operator_fd(pool->control), .events = POLLIN};
    return poll(&one, 1, 0) == 1;
}

#define THERE_IS_NONE                                                          \
    "{\"error\":\"there is no such command; there are status reload "          \
    "large\"}\n"

static void a_command_is_answered_in_one_line(void)
{
    struct pool pool;
    pool_open(&pool);
    int fd = dial(&pool);
    CU_ASSERT(is_readable(&pool));
    serve(&pool, 0);
    CU_ASSERT(!is_readable(&pool));
    say(fd, "status\n");
    CU_ASSERT(is_readable(&pool));
    serve(&pool, 0);
    CU_ASSERT_STRING_EQUAL(heard(fd), "{\"fine\":true}\n");
    say(fd, "stat");
    serve(&pool, 0);
    CU_ASSERT_STRING_EQUAL(heard(fd), "");
    say(fd, "us\r\nnonsense\n\nstatus\n");
    serve(&pool, 0);
    CU_ASSERT_STRING_EQUAL(heard(fd),
                           "{\"fine\":true}\n" THERE_IS_NONE THERE_IS_NONE
                           "{\"fine\":true}\n");
    CU_ASSERT(!is_readable(&pool));
    close(fd);
    CU_ASSERT(is_readable(&pool));
    serve(&pool, 0);
    CU_ASSERT(!is_readable(&pool));
    CU_ASSERT_EQUAL(operator_next_ns(pool.control), UINT64_MAX);
    pool_close(&pool);
}

static void an_answer_may_come_later(void)
{
    struct pool pool;
    pool_open(&pool);
    int fd = dial(&pool);
    say(fd, "reload\nstatus\n");
    serve(&pool, 0);
    CU_ASSERT_NOT_EQUAL(pool.reloading, 0);
    CU_ASSERT_STRING_EQUAL(heard(fd), "");
    /* Neither busy nor idle while it waits, however long and with more to read. */
    say(fd, "status\n");
    CU_ASSERT(!is_readable(&pool));
    CU_ASSERT_EQUAL(operator_next_ns(pool.control), UINT64_MAX);
    serve(&pool, 1000 * S);
    operator_answer(pool.control, pool.reloading + 1, "{\"wrong\":1}");
    operator_answer(pool.control, pool.reloading, "{\"reloaded\":true}");
    operator_answer(pool.control, pool.reloading, "{\"twice\":true}");
    CU_ASSERT_EQUAL(operator_next_ns(pool.control), 0);
    serve(&pool, 1001 * S);
    CU_ASSERT_STRING_EQUAL(heard(fd), "{\"reloaded\":true}\n{\"fine\":true}\n"
                                      "{\"fine\":true}\n");
    close(fd);
    pool_close(&pool);
}

static void who_leaves_before_the_answer_is_forgotten(void)
{
    struct pool pool;
    pool_open(&pool);
    int fd = dial(&pool);
    say(fd, "reload\n");
    serve(&pool, 0);
    close(fd);
    CU_ASSERT(is_readable(&pool));
    serve(&pool, 0);
    CU_ASSERT(!is_readable(&pool));
    operator_answer(pool.control, pool.reloading, "{\"reloaded\":true}");
    CU_ASSERT_EQUAL(operator_next_ns(pool.control), UINT64_MAX);
    pool_close(&pool);
}

static void who_has_said_all_still_hears_the_answer(void)
{
    struct pool pool;
    pool_open(&pool);
    int fd = dial(&pool);
    say(fd, "status\nreload\n");
    shutdown(fd, SHUT_WR);
    serve(&pool, 0);
    CU_ASSERT(!is_readable(&pool));
    operator_answer(pool.control, pool.reloading, "{\"reloaded\":true}");
    serve(&pool, 0);
    CU_ASSERT_STRING_EQUAL(heard(fd),
                           "{\"fine\":true}\n{\"reloaded\":true}\n(end)");
    close(fd);
    pool_close(&pool);
}

static void what_is_no_command_ends_the_connection(void)
{
    static const struct {
        const char *bytes;
        size_t n;
    } rows[] = {
        {"\0status\n", 8}, {"sta\0tus\n", 8}, {NULL, OPERATOR_LINE_MAX}};

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct pool pool;
        pool_open(&pool);
        int fd = dial(&pool);
        char line[OPERATOR_LINE_MAX];
        memset(line, 's', sizeof line);
        if (rows[i].bytes != NULL)
            memcpy(line, rows[i].bytes, rows[i].n);
        CU_ASSERT_EQUAL(send(fd, line, rows[i].n, 0), (ssize_t)rows[i].n);
        serve(&pool, 0);
        CU_ASSERT_STRING_EQUAL(heard(fd),
                               "{\"error\":\"that is not a command\"}\n(end)");
        close(fd);
        pool_close(&pool);
    }
}

static void one_client_too_many_is_told_so(void)
{
    struct pool pool;
    pool_open(&pool);
    int fds[OPERATOR_CLIENTS_MAX + 1];
    for (unsigned i = 0; i < G_N_ELEMENTS(fds); i++) {
        fds[i] = dial(&pool);
        serve(&pool, 0);
    }
    CU_ASSERT_STRING_EQUAL(heard(fds[OPERATOR_CLIENTS_MAX]),
                           "{\"error\":\"too many ask at once\"}\n(end)");
    close(fds[OPERATOR_CLIENTS_MAX]);
    close(fds[0]);
    serve(&pool, 0);
    fds[0] = dial(&pool);
    say(fds[0], "status\n");
    serve(&pool, 0);
    CU_ASSERT_STRING_EQUAL(heard(fds[0]), "{\"fine\":true}\n");
    for (unsigned i = 0; i < OPERATOR_CLIENTS_MAX; i++)
        close(fds[i]);
    pool_close(&pool);
}

static void who_says_nothing_is_put_out_in_a_minute(void)
{
    struct pool pool;
    pool_open(&pool);
    int idle = dial(&pool);
    int half = dial(&pool);
    serve(&pool, 1 * S);
    say(half, "stat");
    serve(&pool, 11 * S);
    CU_ASSERT_EQUAL(operator_next_ns(pool.control), 61 * S);
    serve(&pool, 61 * S - 1);
    CU_ASSERT_STRING_EQUAL(heard(idle), "");
    serve(&pool, 61 * S);
    CU_ASSERT_STRING_EQUAL(heard(idle), "(end)");
    CU_ASSERT_STRING_EQUAL(heard(half), "");
    serve(&pool, 71 * S);
    CU_ASSERT_STRING_EQUAL(heard(half), "(end)");
    close(idle);
    close(half);
    pool_close(&pool);
}

static void who_does_not_read_holds_nobody_up(void)
{
    struct pool pool;
    pool_open(&pool);
    int deaf = dial(&pool);
    say(deaf, "large\n");
    serve(&pool, 0);
    CU_ASSERT(!is_readable(&pool)); /* the answer is stuck, not busy */
    int other = dial(&pool);
    say(other, "status\n");
    serve(&pool, 0);
    CU_ASSERT_STRING_EQUAL(heard(other), "{\"fine\":true}\n");
    size_t got = 0;
    char buffer[65536];
    for (int i = 0; i < 100000 && got < pool.large + 1; i++) {
        ssize_t n = recv(deaf, buffer, sizeof buffer, MSG_DONTWAIT);
        got += n > 0 ? (size_t)n : 0;
        if (is_readable(&pool))
            operator_serve(pool.control, 0);
    }
    CU_ASSERT_EQUAL(got, pool.large + 1);
    say(deaf, "large\n");
    serve(&pool, 5 * S);
    serve(&pool, 65 * S);
    CU_ASSERT_EQUAL(operator_next_ns(pool.control), UINT64_MAX);
    close(deaf);
    close(other);
    pool_close(&pool);
}

static void another_user_is_not_heard(void)
{
    struct pool pool;
    pool_open(&pool);
    struct stat st;
    CU_ASSERT_EQUAL(stat(pool.path, &st), 0);
    CU_ASSERT_EQUAL(st.st_mode & 07777, 0600);
    if (geteuid() != 0) {
        pool_close(&pool);
        return;
    }
    /* Even where somebody opened the file up. */
    CU_ASSERT_EQUAL(chmod(pool.path, 0666), 0);
    CU_ASSERT_EQUAL(chmod(pool.dir, 0755), 0);
    int up[2];
    CU_ASSERT_EQUAL_FATAL(pipe2(up, O_CLOEXEC), 0);
    pid_t child = fork();
    if (child == 0) {
        char text[200] = "";
        if (setgid(65534) != 0 || setuid(65534) != 0)
            _exit(1);
        int fd = dial(&pool);
        say(fd, "status\n");
        ssize_t n = recv(fd, text, sizeof text, MSG_WAITALL);
        _exit(n > 0 && write(up[1], text, (size_t)n) == n ? 0 : 1);
    }
    close(up[1]);
    struct pollfd one = {.fd = operator_fd(pool.control), .events = POLLIN};
    CU_ASSERT_EQUAL(poll(&one, 1, 5000), 1);
    serve(&pool, 0);
    char text[200] = "";
    ssize_t n = read(up[0], text, sizeof text - 1);
    CU_ASSERT(n > 0);
    CU_ASSERT_STRING_EQUAL(text, "{\"error\":\"only root and the user who runs "
                                 "this may ask\"}\n");
    close(up[0]);
    int status = 1;
    waitpid(child, &status, 0);
    CU_ASSERT_EQUAL(status, 0);
    pool_close(&pool);
}

static void a_socket_that_nobody_serves_is_replaced(void)
{
    struct pool pool;
    pool_open(&pool);
    struct operator_socket *second = NULL;
    GError *error = NULL;
    CU_ASSERT_FATAL(
        !operator_open(pool.path, commands, &pool, &second, &error));
    CU_ASSERT(g_str_has_suffix(error->message,
                               "control.sock: another process listens there"));
    g_clear_error(&error);
    /* Left behind: bound, then closed by a process that ended. */
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/left", pool.dir);
    CU_ASSERT_EQUAL(bind(fd, (const struct sockaddr *)&address, sizeof address),
                    0);
    close(fd);
    CU_ASSERT_FATAL(
        operator_open(address.sun_path, commands, &pool, &second, &error));
    operator_close(second);
    CU_ASSERT_EQUAL(access(address.sun_path, F_OK), -1);
    pool_close(&pool);
}

static void a_file_of_another_kind_stays_where_it_is(void)
{
    struct pool pool;
    pool_open(&pool);
    GError *error = NULL;
    struct operator_socket *second = NULL;
    g_autofree char *file = g_build_filename(pool.dir, "file", NULL);
    CU_ASSERT(g_file_set_contents(file, "mine", 4, NULL));
    CU_ASSERT_FATAL(!operator_open(file, commands, &pool, &second, &error));
    CU_ASSERT(g_str_has_suffix(error->message,
                               "file: there is a file that is not a socket"));
    g_clear_error(&error);
    /* And a socket of somebody who came later is not ours to remove. */
    CU_ASSERT_EQUAL(rename(file, pool.path), 0);
    operator_close(pool.control);
    CU_ASSERT_EQUAL(unlink(pool.path), 0);
    pool.control = NULL;
    pool_close(&pool);
}

static void garbage_is_survived(void)
{
    struct pool pool;
    pool_open(&pool);
    pool.large = 100000;
    GRand *dice = g_rand_new_with_seed(1);
    int fds[4] = {dial(&pool), dial(&pool), dial(&pool), dial(&pool)};
    for (unsigned i = 0; i < 20000; i++) {
        int *fd = &fds[g_rand_int_range(dice, 0, 4)];
        char bytes[64];
        int n = g_rand_int_range(dice, 0, (gint32)sizeof bytes);
        static const char words[] = "status\nlarge\nreload\n\n\0\r";
        for (int k = 0; k < n; k++)
            bytes[k] = words[g_rand_int_range(dice, 0, 22)];
        if (g_rand_int_range(dice, 0, 3) == 0)
            memcpy(bytes, "\nstatus\n", 8);
        send(*fd, bytes, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL);
        operator_serve(pool.control, i * S / 10);
        if (g_rand_int_range(dice, 0, 9) == 0)
            operator_answer(pool.control, pool.reloading, "{}");
        if (strstr(heard(*fd), "(end)") != NULL ||
            g_rand_int_range(dice, 0, 50) == 0) {
            close(*fd);
            *fd = dial(&pool);
        }
    }
    for (unsigned i = 0; i < 4; i++)
        close(fds[i]);
    serve(&pool, 3000 * S);
    CU_ASSERT_EQUAL(operator_next_ns(pool.control), UINT64_MAX);
    int fd = dial(&pool);
    say(fd, "status\n");
    serve(&pool, 3000 * S);
    CU_ASSERT_STRING_EQUAL(heard(fd), "{\"fine\":true}\n");
    close(fd);
    g_rand_free(dice);
    pool_close(&pool);
}

UNIT_MAIN("operator", UNIT(a_command_is_answered_in_one_line),
          UNIT(an_answer_may_come_later),
          UNIT(who_leaves_before_the_answer_is_forgotten),
          UNIT(who_has_said_all_still_hears_the_answer),
          UNIT(what_is_no_command_ends_the_connection),
          UNIT(one_client_too_many_is_told_so),
          UNIT(who_says_nothing_is_put_out_in_a_minute),
          UNIT(who_does_not_read_holds_nobody_up),
          UNIT(another_user_is_not_heard),
          UNIT(a_socket_that_nobody_serves_is_replaced),
          UNIT(a_file_of_another_kind_stays_where_it_is),
          UNIT(garbage_is_survived))
