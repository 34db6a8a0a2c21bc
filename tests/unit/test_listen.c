/* SPDX-License-Identifier: MIT */
#include "front/listen.h"
#include "front/options.h"
#include "unit.h"

#include <glib/gstdio.h>

#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static void addresses_are_read_as_both_mtas_write_them(void)
{
    static const struct {
        const char *text;
        const char *path;
        const char *host;
        const char *port;
    } rows[] = {
        {"unix:/run/a.sock", "/run/a.sock", NULL, NULL},
        {"local:/run/a.sock", "/run/a.sock", NULL, NULL},
        {"/run/a.sock", "/run/a.sock", NULL, NULL},
        {"inet:127.0.0.1:8891", NULL, "127.0.0.1", "8891"},
        {"inet:8891@127.0.0.1", NULL, "127.0.0.1", "8891"},
        {"inet:[::1]:8891", NULL, "::1", "8891"},
        {"inet6:8891@[::1]", NULL, "::1", "8891"},
        {"inet:localhost:1", NULL, "localhost", "1"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct listen_address *address = listen_address_parse(rows[i].text);
        CU_ASSERT_PTR_NOT_NULL_FATAL(address);
        CU_ASSERT_EQUAL(g_strcmp0(address->text, rows[i].text), 0);
        CU_ASSERT_EQUAL(g_strcmp0(address->path, rows[i].path), 0);
        CU_ASSERT_EQUAL(g_strcmp0(address->host, rows[i].host), 0);
        CU_ASSERT_EQUAL(g_strcmp0(address->port, rows[i].port), 0);
        listen_address_free(address);
    }
}

static void what_is_no_address_is_none(void)
{
    static const char *const rows[] = {
        "",           "unix:",          "unix:relative",   "a.sock",
        "inet:",      "inet:127.0.0.1", "inet:127.0.0.1:", "inet::25",
        "inet:h:0",   "inet:h:65536",   "inet:h:smtp",     "inet:25@",
        "inet:@host", "tcp:host:25",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct listen_address *address = listen_address_parse(rows[i]);
        CU_ASSERT_PTR_NULL(address);
        if (address != NULL)
            printf("  %s\n", rows[i]);
        listen_address_free(address);
    }
}

/* Opens what that text names; NULL with *error. */
static GArray *open_text(const char *text, GError **error)
{
    struct conf *conf = NULL;
    GArray *fds = NULL;
    CU_ASSERT_TRUE_FATAL(
        conf_parse(text, strlen(text), "plugins.conf", "/", &conf, error));
    if (!listen_open_all(conf, &fds, error))
        CU_ASSERT_PTR_NULL(fds);
    conf_free(conf);
    return fds;
}

static bool connects(const char *path)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    g_strlcpy(at.sun_path, path, sizeof at.sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_there = connect(fd, (const struct sockaddr *)&at, sizeof at) == 0;
    close(fd);
    return is_there;
}

static void a_unix_socket_is_its_groups_as_well(void)
{
    g_autofree char *dir = g_dir_make_tmp("assay-listen-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "milter.sock", NULL);
    g_autofree char *text =
        g_strdup_printf("[milter]\nlisten = unix:%s\n", path);
    GError *error = NULL;
    struct stat st = {0};
    GArray *fds = open_text(text, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(fds);
    CU_ASSERT_EQUAL(fds->len, 1);
    CU_ASSERT_EQUAL(stat(path, &st), 0);
    CU_ASSERT_EQUAL(st.st_mode & 0777, 0660);
    CU_ASSERT_TRUE(connects(path));

    /* Somebody is there already. */
    CU_ASSERT_PTR_NULL(open_text(text, &error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error->message, "another process"));
    g_clear_error(&error);

    /* What a process that has ended left is taken. */
    listen_close_all(fds);
    CU_ASSERT_FALSE(connects(path));
    fds = open_text(text, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(fds);
    CU_ASSERT_TRUE(connects(path));
    listen_close_all(fds);
    g_unlink(path);
    g_rmdir(dir);
}

static void several_are_opened_or_none(void)
{
    GError *error = NULL;
    GArray *fds = open_text("[milter]\nlisten = inet:127.0.0.1:39181, "
                            "inet:127.0.0.1:39182\n",
                            &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(fds);
    CU_ASSERT_EQUAL(fds->len, 2);
    CU_ASSERT_PTR_NULL(open_text("[milter]\nlisten = inet:127.0.0.1:39183, "
                                 "inet:127.0.0.1:39182\n",
                                 &error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error->message, "inet:127.0.0.1:39182"));
    g_clear_error(&error);
    listen_close_all(fds);
    fds = open_text("[milter]\nlisten = inet:127.0.0.1:39183\n", &error);
    CU_ASSERT_PTR_NOT_NULL(fds);
    listen_close_all(fds);
}

static void what_is_wrong_is_told_with_its_line(void)
{
    static const struct {
        const char *text;
        const char *says;
    } rows[] = {
        {"[milter]\nlisten = tcp:25\n", "plugins.conf:2: [milter] listen"},
        {"[milter]\nlisten = unix:/nowhere/a.sock\n", "/nowhere/a.sock"},
        {"[milter]\nlisten = unix:/tmp/a.sock\nsocket_group = no-such-group\n",
         "there is no group no-such-group"},
        {"[milter]\nlisten = unix:/etc/hostname\n", "not a socket"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        GError *error = NULL;
        CU_ASSERT_PTR_NULL(open_text(rows[i].text, &error));
        CU_ASSERT_PTR_NOT_NULL_FATAL(error);
        bool is_told = strstr(error->message, rows[i].says) != NULL;
        CU_ASSERT_TRUE(is_told);
        if (!is_told)
            printf("  %s\n", error->message);
        g_clear_error(&error);
    }
}

UNIT_MAIN("listen", UNIT(addresses_are_read_as_both_mtas_write_them),
          UNIT(what_is_no_address_is_none),
          UNIT(a_unix_socket_is_its_groups_as_well),
          UNIT(several_are_opened_or_none),
          UNIT(what_is_wrong_is_told_with_its_line))
