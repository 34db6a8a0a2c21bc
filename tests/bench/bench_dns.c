/* SPDX-License-Identifier: MIT */
/*
 * A resolver that knows nothing, at once: every question is answered NXDOMAIN, so that
 * a filter which cannot do without DNS is not measured by time-outs.
 *
 *     bench_dns PORT      UDP, 127.0.0.1
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    HEADER = 12, /* RFC 1035 4.1.1 */
    PACKET = 4096
};

/* Behind the first question; 0: there is none. */
static size_t question_end(const uint8_t *p, size_t n)
{
    size_t at = HEADER;
    while (at < n && p[at] != 0)
        at += (size_t)p[at] + 1;
    return at + 5 <= n ? at + 5 : 0;
}

int main(int argc, char **argv)
{
    uint8_t p[PACKET];
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (argc != 2)
        return 2;
    at.sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10));
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0) {
        perror("bench_dns");
        return 2;
    }
    for (;;) {
        struct sockaddr_in from;
        socklen_t size = sizeof from;
        ssize_t n =
            recvfrom(fd, p, sizeof p, 0, (struct sockaddr *)&from, &size);
        size_t end = n > HEADER ? question_end(p, (size_t)n) : 0;
        if (end == 0)
            continue;
        p[2] |= 0x80;                 /* a response */
        p[3] = 0x83;                  /* recursion available, NXDOMAIN */
        memset(p + 6, 0, HEADER - 6); /* no records, EDNS0 neither */
        (void)sendto(fd, p, end, 0, (struct sockaddr *)&from, size);
    }
}
