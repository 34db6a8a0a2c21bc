/* SPDX-License-Identifier: MIT */
/*
 * echo PORT FOLDER [TALK]  a filter behind a real MTA, at 127.0.0.1: echo.h says what it
 * does.  Messages are kept in FOLDER; TALK gets all that was said, a packet a line, as
 * tests/unit/test_milter_talk.c reads it.  Ends by SIGTERM.
 */
#include "echo.h"

#include "front/milter_codec.h"

#include <glib.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    CLIENTS = 32
};

/* One connection; fd -1: a free place. */
struct client {
    struct milter_session *session;
    GByteArray *heard; /* of what is not yet a packet, for the talk */
};

static struct pollfd fds[CLIENTS + 1]; /* the last listens */
static struct client clients[CLIENTS];
static struct echo echo;
static FILE *talk;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void note_packet(char side, const uint8_t *p, size_t n)
{
    fprintf(talk, "%c %c", side, p[0]);
    for (size_t i = 1; i < n; i++) {
        if (i == 1)
            fputc(' ', talk);
        if (p[i] <= ' ' || p[i] > '~' || p[i] == '\\')
            fprintf(talk, "\\x%02x", p[i]);
        else
            fputc(p[i], talk);
    }
    fputc('\n', talk);
}

/* Whole packets of `bytes`; what is left stays there. */
static void note(char side, GByteArray *bytes)
{
    size_t at = 0;
    while (bytes->len - at >= 5) {
        const uint8_t *p = bytes->data + at;
        size_t length =
            (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
        if (bytes->len - at < 4 + length)
            break;
        note_packet(side, p + 4, length);
        at += 4 + length;
    }
    g_byte_array_remove_range(bytes, 0, (unsigned)at);
    fflush(talk);
}

static int listen_at(const char *port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                             .sin_port =
                                 htons((uint16_t)strtoul(port, NULL, 10))};
    int on = 1;
    if (fd < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        bind(fd, (struct sockaddr *)&at, sizeof at) < 0 ||
        listen(fd, CLIENTS) < 0)
        die("listen");
    return fd;
}

static void welcome(int listener)
{
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    for (size_t i = 0; fd >= 0 && i < CLIENTS; i++) {
        if (fds[i].fd >= 0)
            continue;
        struct milter_options options = echo_options();
        fds[i] = (struct pollfd){.fd = fd, .events = POLLIN};
        clients[i].session = milter_session_new(&options, &echo_owner, &echo);
        clients[i].heard = g_byte_array_new();
        return;
    }
    if (fd >= 0)
        close(fd);
}

static void leave(size_t i)
{
    close(fds[i].fd);
    fds[i].fd = -1;
    milter_session_free(clients[i].session);
    g_byte_array_unref(clients[i].heard);
}

static bool say(size_t i)
{
    size_t n = 0;
    const uint8_t *p = milter_session_output(clients[i].session, &n);
    if (talk != NULL && n > 0) {
        g_autoptr(GByteArray) said = g_byte_array_new();
        g_byte_array_append(said, p, (unsigned)n);
        note('<', said);
    }
    for (size_t at = 0; at < n;) {
        ssize_t sent = send(fds[i].fd, p + at, n - at, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        at += (size_t)sent;
    }
    milter_session_sent(clients[i].session, n);
    return true;
}

/* False: that was all. */
static bool serve(size_t i)
{
    uint8_t bytes[65536];
    int on = 1;
    ssize_t n = read(fds[i].fd, bytes, sizeof bytes);
    setsockopt(fds[i].fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
    if (n <= 0) {
        milter_session_hang_up(clients[i].session);
        return false;
    }
    if (talk != NULL) {
        g_byte_array_append(clients[i].heard, bytes, (unsigned)n);
        note('>', clients[i].heard);
    }
    /* The owner answers at once, so all is taken. */
    milter_session_feed(clients[i].session, bytes, (size_t)n);
    const char *why = NULL;
    bool is_over = milter_session_is_over(clients[i].session, &why);
    if (why != NULL)
        fprintf(stderr, "echo: %s\n", why);
    return say(i) && !is_over;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: echo PORT FOLDER [TALK]\n", stderr);
        return 2;
    }
    echo.save = argv[2];
    if (argc > 3 && (talk = fopen(argv[3], "w")) == NULL)
        die(argv[3]);
    for (size_t i = 0; i < CLIENTS; i++)
        fds[i].fd = -1;
    fds[CLIENTS] = (struct pollfd){.fd = listen_at(argv[1]), .events = POLLIN};
    puts("ready");
    fflush(stdout);
    for (;;) {
        if (poll(fds, CLIENTS + 1, -1) < 0)
            die("poll");
        for (size_t i = 0; i < CLIENTS; i++)
            if (fds[i].fd >= 0 && fds[i].revents != 0 && !serve(i))
                leave(i);
        if (fds[CLIENTS].revents != 0)
            welcome(fds[CLIENTS].fd);
    }
}
