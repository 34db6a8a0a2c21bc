/* SPDX-License-Identifier: MIT */
/*
 * What one small message costs: in this process, through the pool, and what a bare
 * round trip to another process costs on this machine.
 *
 *     bench_price CONFIG MAIL [N]
 *
 * The same mail N times (default 3000), one at a time, the ways taking turns in rounds
 * so that a machine that changes its mind hits all alike.  Prints medians in
 * microseconds: scanned in this process, a byte there and back by a socketpair.
 */
#include "base/clock.h"
#include "base/conf.h"
#include "base/error.h"
#include "host/host.h"
#include "mail/detect.h"
#include "mail/message.h"
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

/* Times of one way, in order of measuring.  Owned by the program. */
struct times {
    GArray *ns; /* uint64_t */
};

static int by_value(const void *a, const void *b)
{
    const uint64_t *x = a;
    const uint64_t *y = b;
    return (*x > *y) - (*x < *y);
}

static double median_us(const struct times *times)
{
    GArray *sorted = g_array_copy(times->ns);
    g_array_sort(sorted, by_value);
    double us = (double)g_array_index(sorted, uint64_t, sorted->len / 2) / 1e3;
    g_array_unref(sorted);
    return us;
}

static void note(struct times *times, uint64_t begun_ns)
{
    uint64_t ns = clock_mono_ns() - begun_ns;
    g_array_append_val(times->ns, ns);
}

/* --- in this process ------------------------------------------------------------- */

static void scan_here(const struct scan_plan *plan,
                      const struct session *session, GBytes *raw)
{
    struct message *message = message_new(raw, session, &plan->limits);
    scan_free(scan_run(plan, message, 0));
    message_free(message);
}

/* --- a byte there and back ---------------------------------------------------------- */

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

static bool echo(int fd)
{
    char byte = 'x';
    return write(fd, &byte, 1) == 1 && read(fd, &byte, 1) == 1;
}

/* --- the measurement ---------------------------------------------------------------- */

static bool measure(const struct scan_plan *plan, GBytes *raw, unsigned n,
                    struct times *here, struct times *trip)
{
    struct session *session = session_new();
    int fd = -1;
    pid_t child = echo_start(&fd);
    bool is_good = child > 0;
    for (unsigned round = 0; round < ROUNDS && is_good; round++) {
        for (unsigned i = 0; i < n / ROUNDS; i++) {
            uint64_t begun_ns = clock_mono_ns();
            scan_here(plan, session, raw);
            note(here, begun_ns);
        }
        for (unsigned i = 0; i < n / ROUNDS && is_good; i++) {
            uint64_t begun_ns = clock_mono_ns();
            is_good = echo(fd);
            note(trip, begun_ns);
        }
    }
    if (fd >= 0)
        close(fd);
    if (child > 0)
        waitpid(child, NULL, 0);
    session_free(session);
    return is_good;
}

static struct host *open_host(const char *path, struct limits *limits,
                              GError **error)
{
    struct conf *conf = NULL;
    struct host *host = NULL;
    limits_default(limits);
    if (!conf_read(path, &conf, error))
        return NULL;
    const struct host_how how = {.conf = conf, .limits = limits};
    if (!host_open(&how, &host, error))
        return NULL;
    if (host->refusals->len > 0) {
        const struct refusal *r = host->refusals->pdata[0];
        g_set_error_literal(error, BASE_ERROR, BASE_ERROR_IO, r->text);
        return NULL;
    }
    return host;
}

int main(int argc, char **argv)
{
    struct limits limits;
    GError *error = NULL;
    char *bytes = NULL;
    gsize size;
    unsigned long n = argc > 3 ? strtoul(argv[3], NULL, 10) : N_DEFAULT;
    if (argc < 3 || n < ROUNDS) {
        fprintf(stderr, "usage: bench_price CONFIG MAIL [N]\n");
        return 2;
    }
    struct host *host = g_file_get_contents(argv[2], &bytes, &size, &error)
                            ? open_host(argv[1], &limits, &error)
                            : NULL;
    if (host == NULL) {
        fprintf(stderr, "bench_price: %s\n", error->message);
        return 2;
    }
    g_autoptr(GBytes) raw = g_bytes_new_take(bytes, size);
    struct times here = {g_array_new(FALSE, FALSE, sizeof(uint64_t))};
    struct times trip = {g_array_new(FALSE, FALSE, sizeof(uint64_t))};
    const struct scan_plan plan = {.scanners = host->scanners,
                                   .scanner_n = host->scanner_n,
                                   .limits = limits};
    detect_start();
    host_start(host);
    bool is_good = measure(&plan, raw, (unsigned)n, &here, &trip);
    host_stop(host);
    host_close(host);
    if (is_good)
        printf("%.1f %.1f\n", median_us(&here), median_us(&trip));
    return is_good ? 0 : 2;
}
