/* SPDX-License-Identifier: MIT */
#include "daemon/activation.h"
#include "daemon/notify.h"
#include "unit.h"

#include <glib.h>
#include <glib/gstdio.h>

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECOND_NS UINT64_C(1000000000)

/* A service manager.  Lives on a test's stack. */
struct manager {
    int fd;
    char *folder;
    char *path;
    char heard[1024];
};

static int listen_datagrams(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t n = strlen(name);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    memcpy(address.sun_path, name, n);
    if (name[0] == '@')
        address.sun_path[0] = '\0';
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
    CU_ASSERT_EQUAL_FATAL(bind(fd, (const struct sockaddr *)&address, size), 0);
    return fd;
}

static void manager_open(struct manager *m, bool is_abstract)
{
    m->folder = g_dir_make_tmp("assay-notify-XXXXXX", NULL);
    m->path = is_abstract ? g_strdup_printf("@assay-notify-%d", (int)getpid())
                          : g_build_filename(m->folder, "socket", NULL);
    m->fd = listen_datagrams(m->path);
    g_setenv("NOTIFY_SOCKET", m->path, true);
}

static void manager_close(struct manager *m)
{
    close(m->fd);
    g_unlink(m->path);
    g_rmdir(m->folder);
    g_free(m->folder);
    g_free(m->path);
}

/* The next datagram; "": there is none. */
static const char *hear(struct manager *m)
{
    ssize_t n = recv(m->fd, m->heard, sizeof m->heard - 1, 0);
    m->heard[MAX(n, 0)] = '\0';
    return m->heard;
}

static void what_is_told_is_told_word_by_word(void)
{
    for (int is_abstract = 0; is_abstract < 2; is_abstract++) {
        struct manager m;
        struct notify notify;
        manager_open(&m, is_abstract != 0);
        notify_open(&notify);
        notify_ready(&notify);
        CU_ASSERT_STRING_EQUAL(hear(&m), "READY=1");
        notify_reloading(&notify, 1234567890);
        CU_ASSERT_STRING_EQUAL(hear(&m), "RELOADING=1\nMONOTONIC_USEC=1234567");
        notify_stopping(&notify);
        CU_ASSERT_STRING_EQUAL(hear(&m), "STOPPING=1");
        notify_status(&notify, "all\nREADY=1\x1b well");
        CU_ASSERT_STRING_EQUAL(hear(&m), "STATUS=allREADY=1 well");
        notify_close(&notify);
        manager_close(&m);
    }
}

static void nobody_is_told_where_nobody_asks(void)
{
    struct notify notify;
    static const char *const names[] = {NULL, "", "relative", "/nobody/there",
                                        "@"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_unsetenv("NOTIFY_SOCKET");
        if (names[i] != NULL)
            g_setenv("NOTIFY_SOCKET", names[i], true);
        notify_open(&notify);
        CU_ASSERT_EQUAL(notify.fd, -1);
        notify_ready(&notify);
        notify_close(&notify);
    }
}

static void what_is_for_us_is_not_handed_on(void)
{
    struct manager m;
    struct notify notify;
    manager_open(&m, false);
    g_setenv("WATCHDOG_USEC", "2000000", true);
    notify_open(&notify);
    CU_ASSERT_PTR_NULL(g_getenv("NOTIFY_SOCKET"));
    CU_ASSERT_PTR_NULL(g_getenv("WATCHDOG_USEC"));
    CU_ASSERT_PTR_NULL(g_getenv("WATCHDOG_PID"));
    notify_close(&notify);
    manager_close(&m);
}

static void the_watchdog_is_told_twice_as_often_as_it_wants(void)
{
    struct manager m;
    struct notify notify;
    g_autofree char *self = g_strdup_printf("%d", (int)getpid());
    manager_open(&m, false);
    g_setenv("WATCHDOG_USEC", "2000000", true);
    g_setenv("WATCHDOG_PID", self, true);
    notify_open(&notify);
    CU_ASSERT_EQUAL(notify.watchdog_ns, 2 * SECOND_NS);
    notify_turn(&notify, 100 * SECOND_NS);
    CU_ASSERT_STRING_EQUAL(hear(&m), "WATCHDOG=1");
    CU_ASSERT_EQUAL(notify_next_ns(&notify), 101 * SECOND_NS);
    notify_turn(&notify, 101 * SECOND_NS - 1);
    CU_ASSERT_STRING_EQUAL(hear(&m), "");
    notify_turn(&notify, 101 * SECOND_NS);
    CU_ASSERT_STRING_EQUAL(hear(&m), "WATCHDOG=1");
    notify_close(&notify);
    manager_close(&m);
}

static void a_watchdog_of_another_process_is_not_ours(void)
{
    static const char *const values[][2] = {{"2000000", "1"},
                                            {"abc", NULL},
                                            {"0", NULL},
                                            {"-5", NULL},
                                            {"99999999999999999999999", NULL}};
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        struct notify notify;
        g_setenv("WATCHDOG_USEC", values[i][0], true);
        if (values[i][1] != NULL)
            g_setenv("WATCHDOG_PID", values[i][1], true);
        notify_open(&notify);
        CU_ASSERT_EQUAL(notify.watchdog_ns, 0);
        CU_ASSERT_EQUAL(notify_next_ns(&notify), UINT64_MAX);
        notify_close(&notify);
    }
}

static void a_manager_that_does_not_read_is_not_waited_for(void)
{
    struct manager m;
    struct notify notify;
    manager_open(&m, false);
    notify_open(&notify);
    for (unsigned i = 0; i < 100000; i++)
        notify_ready(&notify);
    notify_close(&notify);
    manager_close(&m);
    CU_PASS("came here");
}

/* --- sockets that a manager has opened ---------------------------------------------- */

/* In a process of its own, whose descriptors from 3 on are `kinds`: l(istening), s(tream
 * without), d(atagram); what activation_take() says, and of how many.  -1: an error. */
static int take_in_child(const char *kinds, const char *fds, bool is_ours)
{
    pid_t pid = fork();
    if (pid == 0) {
        g_autofree char *self =
            g_strdup_printf("%d", (int)getpid() + (is_ours ? 0 : 1));
        for (size_t i = 0; kinds[i] != '\0'; i++) {
            int fd =
                socket(AF_INET, kinds[i] == 'd' ? SOCK_DGRAM : SOCK_STREAM, 0);
            if (kinds[i] == 'l')
                listen(fd, 1);
            dup2(fd, 3 + (int)i);
            if (fd >= 3 + (int)strlen(kinds))
                close(fd);
        }
        g_setenv("LISTEN_PID", self, true);
        g_setenv("LISTEN_FDS", fds, true);
        GArray *taken = NULL;
        bool is_good = activation_take(&taken, NULL);
        bool is_gone = g_getenv("LISTEN_FDS") == NULL;
        _exit(!is_gone ? 99 : is_good ? (int)taken->len : 98);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    int got = WIFEXITED(status) ? WEXITSTATUS(status) : 97;
    return got == 98 ? -1 : got;
}

static void listening_sockets_are_taken_over(void)
{
    CU_ASSERT_EQUAL(take_in_child("l", "1", true), 1);
    CU_ASSERT_EQUAL(take_in_child("ll", "2", true), 2);
    CU_ASSERT_EQUAL(take_in_child("", "", true), 0);
    CU_ASSERT_EQUAL(take_in_child("l", "1", false), 0);
}

static void what_is_no_listening_socket_is_refused(void)
{
    CU_ASSERT_EQUAL(take_in_child("s", "1", true), -1);
    CU_ASSERT_EQUAL(take_in_child("d", "1", true), -1);
    CU_ASSERT_EQUAL(take_in_child("ls", "2", true), -1);
    CU_ASSERT_EQUAL(take_in_child("l", "1000", true), -1);
}

UNIT_MAIN("notify", UNIT(what_is_told_is_told_word_by_word),
          UNIT(nobody_is_told_where_nobody_asks),
          UNIT(what_is_for_us_is_not_handed_on),
          UNIT(the_watchdog_is_told_twice_as_often_as_it_wants),
          UNIT(a_watchdog_of_another_process_is_not_ours),
          UNIT(a_manager_that_does_not_read_is_not_waited_for),
          UNIT(listening_sockets_are_taken_over),
          UNIT(what_is_no_listening_socket_is_refused))
