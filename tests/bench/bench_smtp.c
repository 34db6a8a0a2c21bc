/* SPDX-License-Identifier: MIT */
/*
 * Hands mails to an MTA as fast as it takes them.
 *
 *     bench_smtp PORT CONNECTIONS MAILS RCPT < LIST-OF-FILES
 *
 * CONNECTIONS at a time to 127.0.0.1:PORT, which takes XCLIENT: as if from elsewhere; ten mails over each, then a new one; MAILS in
 * all, the files in turn.  Prints seconds, mails/s, the median and the 99th percentile of
 * the time from the final dot to its reply in ms, and how many mails were answered 2xx,
 * 4xx and 5xx, separated by blanks.  A lost connection is an error: nothing here breaks
 * on purpose.
 */
#include "../mta/smtp.h"
#include "base/clock.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

enum {
    EVENTS = 64,
    CONNECTIONS_MAX = 1024,
    MAILS_OF_ONE = 10, /* over one connection */
    WAIT_MS = 60000
};

/* One connection and how much of it is used up. */
struct client {
    struct smtp smtp;
    unsigned posted;
};

static struct sockaddr_in at;
static struct client clients[CONNECTIONS_MAX];
static GPtrArray *wires;
static const char *rcpts[2];
static int poller;
static size_t wanted;
static size_t begun;
static size_t counted[10]; /* by the first digit of the reply */
static GArray *times;      /* uint64_t, ns */

static void die(const char *what)
{
    fprintf(stderr, "bench_smtp: %s\n", what);
    exit(2);
}

static void read_mails(void)
{
    char path[4096];
    wires = g_ptr_array_new();
    while (fgets(path, sizeof path, stdin) != NULL) {
        char *text = NULL;
        size_t n = 0;
        path[strcspn(path, "\n")] = '\0';
        if (!g_file_get_contents(path, &text, &n, NULL))
            die(path);
        g_ptr_array_add(wires, smtp_wire(text, n));
        g_free(text);
    }
    if (wires->len == 0)
        die("no mails");
}

static void watch(size_t i, int how)
{
    struct epoll_event event = {
        .events =
            EPOLLIN | (smtp_wants_to_write(&clients[i].smtp) ? EPOLLOUT : 0u),
        .data.u64 = i};
    if (how == EPOLL_CTL_ADD)
        event.events |= EPOLLOUT;
    if (epoll_ctl(poller, how, clients[i].smtp.fd, &event) != 0)
        die("epoll_ctl");
}

static void open_client(size_t i)
{
    clients[i] = (struct client){0};
    if (!smtp_open(&clients[i].smtp, &at))
        die("connect");
    /* Not ours: what comes from our own networks is looked at less. */
    clients[i].smtp.xclient = "ADDR=192.0.2.1 NAME=client.example.org";
    watch(i, EPOLL_CTL_ADD);
}

/* The next mail over this connection, or over a new one; none is left: closes it. */
static void post(size_t i)
{
    static struct smtp_mail mails[CONNECTIONS_MAX];
    if (begun == wanted) {
        smtp_close(&clients[i].smtp);
        return;
    }
    if (clients[i].posted == MAILS_OF_ONE) {
        smtp_close(&clients[i].smtp);
        open_client(i);
        return;
    }
    const GString *wire = g_ptr_array_index(wires, begun++ % wires->len);
    mails[i] = (struct smtp_mail){.from = "sender@example.org",
                                  .rcpts = rcpts,
                                  .wire = wire->str,
                                  .n = wire->len};
    clients[i].posted++;
    smtp_post(&clients[i].smtp, &mails[i]);
    watch(i, EPOLL_CTL_MOD);
}

static void count(const struct smtp *smtp)
{
    counted[smtp->code / 100 % 10]++;
    if (smtp->dot_ns == 0)
        return;
    uint64_t took = clock_mono_ns() - smtp->dot_ns;
    g_array_append_val(times, took);
}

static void serve(size_t i)
{
    bool wrote = smtp_wants_to_write(&clients[i].smtp);
    switch (smtp_serve(&clients[i].smtp)) {
    case SMTP_ANSWERED:
        count(&clients[i].smtp);
        post(i);
        return;
    case SMTP_READY:
        post(i);
        return;
    case SMTP_LOST:
        fprintf(stderr, "bench_smtp: connection lost: %s\n",
                clients[i].smtp.reply);
        exit(1);
    case SMTP_WAIT:
    default:
        if (wrote || smtp_wants_to_write(&clients[i].smtp) ||
            clients[i].smtp.step <= SMTP_XCLIENT)
            watch(i, EPOLL_CTL_MOD);
    }
}

static int by_time(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static double percentile_ms(double share)
{
    if (times->len == 0)
        return 0;
    size_t at_rank = (size_t)(share * (double)(times->len - 1) + 0.5);
    return (double)g_array_index(times, uint64_t, at_rank) / 1e6;
}

int main(int argc, char **argv)
{
    struct epoll_event events[EVENTS];
    size_t connections = argc == 5 ? strtoul(argv[2], NULL, 10) : 0;
    if (connections == 0 || connections > CONNECTIONS_MAX) {
        fputs("usage: bench_smtp PORT CONNECTIONS MAILS RCPT < LIST\n", stderr);
        return 2;
    }
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    at.sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10));
    wanted = strtoul(argv[3], NULL, 10);
    rcpts[0] = argv[4];
    times = g_array_new(false, false, sizeof(uint64_t));
    poller = epoll_create1(EPOLL_CLOEXEC);
    read_mails();
    uint64_t start = clock_mono_ns();
    for (size_t i = 0; i < connections; i++)
        open_client(i);
    while (counted[2] + counted[4] + counted[5] < wanted) {
        int n = epoll_wait(poller, events, EVENTS, WAIT_MS);
        if (n <= 0)
            die("nothing happens any more");
        for (int i = 0; i < n; i++)
            serve(events[i].data.u64);
    }
    double took = (double)(clock_mono_ns() - start) / 1e9;
    g_array_sort(times, by_time);
    printf("%.3f %.1f %.2f %.2f %zu %zu %zu\n", took, (double)wanted / took,
           percentile_ms(0.5), percentile_ms(0.99), counted[2], counted[4],
           counted[5]);
    return 0;
}
