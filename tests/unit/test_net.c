/* SPDX-License-Identifier: MIT */
/*
 * Connections for plugins: what a class's section names, each once, and no others.
 */
#include "hosting.h"
#include "unit.h"

#include <glib/gstdio.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char conf[] = "[plugin net]\nfile = @/network.so\n";

/* What the plugin says of itself in a message. */
static bool says(struct hosting *h, const char *text)
{
    hosting_scan(h, NULL);
    bool is_said = strstr(hosting_findings(h), text) != NULL;
    if (!is_said)
        fprintf(stderr, "%s", hosting_findings(h));
    return is_said;
}

static void a_worker_hands_out_what_it_was_given(void)
{
    int ends[2];
    struct hosting *h = hosting_open(conf);
    CU_ASSERT_PTR_NOT_NULL_FATAL(h->host);
    CU_ASSERT_FATAL(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    CU_ASSERT(write(ends[1], "pong", 4) == 4);
    struct host_address other = {.class_name = "other",
                                 .text = "198.51.100.1:25",
                                 .fd = -1,
                                 .is_open_world = true};
    struct host_address mine = {.class_name = "net",
                                .text = "cloud.example:443",
                                .host = "cloud.example",
                                .port = "443",
                                .fd = ends[0]};
    host_net_add(h->host, &other);
    host_net_add(h->host, &mine);
    /* Once; not what is of another class; not after start(). */
    CU_ASSERT(says(h, "cloud.example:443: 0 again -11 other -14 end -5, "
                      "late -11, answer pong"));
    char got[8] = "";
    CU_ASSERT(read(ends[1], got, sizeof got) == 4);
    CU_ASSERT_STRING_EQUAL(got, "ping");
    /* It was lent until stop(). */
    CU_ASSERT(read(ends[1], got, sizeof got) == 0);
    CU_ASSERT(says(h, "cloud.example:443: -9"));
    close(ends[1]);
    hosting_free(h);
}

static void an_address_that_did_not_answer_is_io(void)
{
    struct hosting *h = hosting_open(conf);
    const struct host_address address = {.class_name = "net",
                                         .text = "/run/none",
                                         .path = "/run/none",
                                         .fd = -1};
    host_net_add(h->host, &address);
    CU_ASSERT(says(h, "/run/none: -9 again -9 other -14 end -5"));
    hosting_free(h);
}

static void without_addresses_everything_is_denied(void)
{
    struct hosting *h = hosting_open(conf);
    CU_ASSERT(says(h, ": -14 again -14 other -14 end -5"));
    hosting_free(h);
}

static void who_does_not_say_network_gets_no_table(void)
{
    struct hosting *h =
        hosting_open("[plugin p]\nfile = @/puppet.so\ndo = net\nat = 7\n");
    CU_ASSERT(says(h, "no net"));
    hosting_free(h);
}

/* Accepts one connection and answers it. */
static void *serve(void *p)
{
    const int *listening = p;
    char got[8];
    int fd = accept(*listening, NULL, NULL);
    if (fd >= 0 && read(fd, got, sizeof got) > 0 && write(fd, "pong", 4) == 4)
        close(fd);
    return NULL;
}

static void a_host_that_is_no_worker_connects_by_itself(void)
{
    char dir[] = "/tmp/assay-net.XXXXXX";
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
    g_autofree char *path = g_build_filename(dir, "engine.sock", NULL);
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    g_strlcpy(at.sun_path, path, sizeof at.sun_path);
    int listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CU_ASSERT_FATAL(bind(listening, (struct sockaddr *)&at, sizeof at) == 0 &&
                    listen(listening, 1) == 0);
    GThread *server = g_thread_new("server", serve, &listening);
    struct hosting *h = hosting_open(conf);
    const struct host_address address = {.class_name = "net",
                                         .text = path,
                                         .path = path,
                                         .fd = -1,
                                         .is_open_world = true};
    host_net_add(h->host, &address);
    CU_ASSERT(says(h, "engine.sock: 0 again -11"));
    CU_ASSERT_PTR_NOT_NULL(strstr(hosting_findings(h), "answer pong"));
    g_thread_join(server);
    hosting_free(h);
    close(listening);
    g_unlink(path);
    g_rmdir(dir);
}

static void who_cannot_be_reached_is_told_with_the_address(void)
{
    GError *error = NULL;
    int fd = -7;
    const struct host_address gone = {.class_name = "cloud",
                                      .text = "/none/here.sock",
                                      .path = "/none/here.sock"};
    CU_ASSERT(!host_net_connect(&gone, 1000, &fd, &error));
    CU_ASSERT_EQUAL(fd, -7);
    CU_ASSERT_STRING_EQUAL(error->message,
                           "[class cloud] net: no connection to "
                           "\"/none/here.sock\": No such file or directory");
    g_clear_error(&error);
    const struct host_address closed = {.class_name = "cloud",
                                        .text = "127.0.0.1:1",
                                        .host = "127.0.0.1",
                                        .port = "1"};
    CU_ASSERT(!host_net_connect(&closed, 1000, &fd, &error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error->message, "Connection refused"));
    g_clear_error(&error);
}

UNIT_MAIN("net", UNIT(a_worker_hands_out_what_it_was_given),
          UNIT(an_address_that_did_not_answer_is_io),
          UNIT(without_addresses_everything_is_denied),
          UNIT(who_does_not_say_network_gets_no_table),
          UNIT(a_host_that_is_no_worker_connects_by_itself),
          UNIT(who_cannot_be_reached_is_told_with_the_address))
