/* SPDX-License-Identifier: MIT */
/*
 * What one small message costs: in this process, through the pool, and what a bare
 * round trip to another process costs on this machine.
 *
 *     bench_price CONFIG MAIL [N]
 *
 * The same mail N times (default 3000), one at a time, the ways taking turns in rounds
 * so that a machine that changes its mind hits all alike.  Prints medians in
 * microseconds: scanned in this process, scanned in the pool, a byte there and back by
 * a socketpair.
 */
#include "base/clock.h"
#include "mail/detect.h"
#include "mail/message.h"
#include "opening.h"
#include "scan/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    ROUNDS = 10,
    N_DEFAULT = 3000
};

/* The three ways.  Owned by the program. */
struct ways {
    struct opening opening;
    struct host *host;
    struct pool *pool;
    struct scan_plan plan;
    GBytes *raw;
    pid_t echo; /* answers each byte with one */
    int echo_fd;
};

static bool scan_here(struct ways *ways)
{
    struct message *message =
        message_new(ways->raw, ways->opening.session, &ways->plan.limits);
    scan_free(scan_run(&ways->plan, message, 0));
    message_free(message);
    return true;
}

static bool scan_there(struct ways *ways)
{
    return opening_scan(&ways->opening, ways->pool, ways->raw);
}

static bool send_byte(struct ways *ways)
{
    char byte = 'x';
    return write(ways->echo_fd, &byte, 1) == 1 &&
           read(ways->echo_fd, &byte, 1) == 1;
}

static pid_t echo_start(int *fd)
{
    int ends[2];
    char byte;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return -1;
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        while (read(ends[1], &byte, 1) == 1)
            if (write(ends[1], &byte, 1) != 1)
                break;
        _exit(0);
    }
    close(ends[1]);
    *fd = ends[0];
    return child;
}

static bool open_ways(const char *config, const char *mail, struct ways *out,
                      GError **error)
{
    char *bytes = NULL;
    gsize size;
    if (!g_file_get_contents(mail, &bytes, &size, error))
        return false;
    out->raw = g_bytes_new_take(bytes, size);
    out->echo = echo_start(&out->echo_fd);
    if (!opening_read(config, &out->opening, error) ||
        !opening_pool(&out->opening, &out->pool, error) ||
        !opening_host(&out->opening, &out->host, error))
        return false;
    out->plan = (struct scan_plan){.scanners = out->host->scanners,
                                   .scanner_n = out->host->scanner_n,
                                   .limits = out->opening.limits};
    detect_start();
    host_start(out->host);
    return true;
}

static void close_ways(struct ways *ways)
{
    host_stop(ways->host);
    host_close(ways->host);
    pool_free(ways->pool);
    opening_clear(&ways->opening);
    close(ways->echo_fd);
    waitpid(ways->echo, NULL, 0);
    g_bytes_unref(ways->raw);
}

static bool measure(struct ways *ways, unsigned n)
{
    static bool (*const each[])(struct ways *) = {scan_here, scan_there,
                                                  send_byte};
    GArray *times[G_N_ELEMENTS(each)];
    bool is_good = true;
    for (size_t way = 0; way < G_N_ELEMENTS(each); way++)
        times[way] = g_array_new(false, false, sizeof(uint64_t));
    for (unsigned round = 0; round < ROUNDS; round++)
        for (size_t way = 0; way < G_N_ELEMENTS(each); way++)
            for (unsigned i = 0; i < n / ROUNDS && is_good; i++) {
                uint64_t begun_ns = clock_mono_ns();
                is_good = each[way](ways);
                uint64_t ns = clock_mono_ns() - begun_ns;
                g_array_append_val(times[way], ns);
            }
    if (is_good)
        printf("%.1f %.1f %.1f\n", opening_median_ms(times[0]) * 1e3,
               opening_median_ms(times[1]) * 1e3,
               opening_median_ms(times[2]) * 1e3);
    for (size_t way = 0; way < G_N_ELEMENTS(each); way++)
        g_array_unref(times[way]);
    return is_good;
}

int main(int argc, char **argv)
{
    struct ways ways = {0};
    GError *error = NULL;
    unsigned long n = argc > 3 ? strtoul(argv[3], NULL, 10) : N_DEFAULT;
    if (argc < 3 || n < ROUNDS) {
        fprintf(stderr, "usage: bench_price CONFIG MAIL [N]\n");
        return 2;
    }
    if (!open_ways(argv[1], argv[2], &ways, &error)) {
        fprintf(stderr, "bench_price: %s\n", error->message);
        return 2;
    }
    bool is_good = measure(&ways, (unsigned)n);
    if (!is_good)
        fprintf(stderr, "bench_price: a scan failed\n");
    close_ways(&ways);
    return is_good ? 0 : 2;
}
