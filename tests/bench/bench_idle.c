/* SPDX-License-Identifier: MIT */
/*
 * What idle connections cost those that are not: an MTA's side of the milter protocol
 * without an MTA.
 *
 *     bench_idle SOCKET IDLE ACTIVE REPLIES < LIST-OF-FILES
 *
 * Opens IDLE connections to the Unix socket, each negotiated, and lets them be; then
 * ACTIVE ones hand over mails one after the other until REPLIES messages are answered.
 * Prints "ready" when all are open and waits for a line on descriptor 3 where that is
 * open; then replies a second, the median and the 99th percentile of the time from the
 * end of a message to its answer in ms, and how many were accepted.
 */
#include "base/clock.h"

#include <glib.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    ACTIVE_MAX = 1024,
    EVENTS = 64,
    CHUNK = 65535, /* of a body in one packet */
    WAIT_MS = 120000,
    VERSION = 6,
    ACTIONS = 0x1ff,
    PROTOCOL = 0x1fffff
};

enum step {
    STEP_CONNECT,
    STEP_HELO,
    STEP_MAIL,
    STEP_RCPT,
    STEP_HEADERS,
    STEP_HEADERS_END,
    STEP_BODY,
    STEP_END
};

/* Bits of the negotiation: not to be sent, and sent but not answered. */
static const struct {
    uint32_t unsent;
    uint32_t unanswered;
} rules[] = {
    {0x1, 0x1000}, {0x2, 0x2000},   {0x4, 0x4000},   {0x8, 0x8000},
    {0x20, 0x80},  {0x40, 0x40000}, {0x10, 0x80000}, {0, 0},
};

/* A message as packets: each header field one, then the body's. */
struct mail {
    GPtrArray *headers; /* GByteArray */
    GPtrArray *bodies;
};

/* One active connection. */
struct client {
    int fd;
    uint32_t protocol;
    enum step step; /* whose answer is awaited, or that is to be said */
    unsigned at;    /* of the packets of this step */
    size_t mail;
    GByteArray *heard;
    uint64_t asked_ns;
};

static struct sockaddr_un where = {.sun_family = AF_UNIX};
static struct client clients[ACTIVE_MAX];
static GPtrArray *mails;
static GArray *times;
static size_t begun;
static size_t wanted;
static size_t accepted;

static void die(const char *what)
{
    fprintf(stderr, "bench_idle: %s: %s\n", what, strerror(errno));
    exit(2);
}

static void add(GByteArray *to, char command, const void *data, size_t n)
{
    uint32_t length = htonl((uint32_t)n + 1);
    g_byte_array_append(to, (const guint8 *)&length, sizeof length);
    g_byte_array_append(to, (const guint8 *)&command, 1);
    g_byte_array_append(to, data, (unsigned)n);
}

static void put(int fd, const GByteArray *bytes)
{
    for (size_t at = 0; at < bytes->len;) {
        ssize_t n = send(fd, bytes->data + at, bytes->len - at, MSG_NOSIGNAL);
        if (n <= 0)
            die("the filter is gone");
        at += (size_t)n;
    }
}

static int open_one(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 ||
        connect(fd, (const struct sockaddr *)&where, sizeof where) != 0)
        die("connect");
    return fd;
}

static void get(int fd, void *to, size_t size)
{
    for (size_t at = 0; at < size;) {
        ssize_t n = recv(fd, (char *)to + at, size - at, 0);
        if (n <= 0)
            die("the filter is gone");
        at += (size_t)n;
    }
}

/* What the filter wants of the protocol. */
static uint32_t negotiate(int fd)
{
    const uint32_t offer[] = {htonl(VERSION), htonl(ACTIONS), htonl(PROTOCOL)};
    g_autoptr(GByteArray) packet = g_byte_array_new();
    uint8_t head[5];
    uint8_t body[4096];
    add(packet, 'O', offer, sizeof offer);
    put(fd, packet);
    get(fd, head, sizeof head);
    uint32_t n = 0;
    memcpy(&n, head, sizeof n);
    n = ntohl(n) - 1;
    if (head[4] != 'O' || n < sizeof offer || n > sizeof body)
        die("no negotiation");
    get(fd, body, n);
    memcpy(&n, body + 8, sizeof n);
    return ntohl(n);
}

/* --- mails ------------------------------------------------------------------------------- */

static GByteArray *header_packet(const char *line, size_t n)
{
    const char *colon = memchr(line, ':', n);
    GByteArray *text = g_byte_array_new();
    GByteArray *packet = g_byte_array_new();
    if (colon == NULL)
        colon = line + n;
    g_byte_array_append(text, (const guint8 *)line, (unsigned)(colon - line));
    g_byte_array_append(text, (const guint8 *)"", 1);
    if (colon < line + n)
        g_byte_array_append(text, (const guint8 *)colon + 1,
                            (unsigned)(n - (size_t)(colon + 1 - line)));
    g_byte_array_append(text, (const guint8 *)"", 1);
    add(packet, 'L', text->data, text->len);
    g_byte_array_unref(text);
    return packet;
}

/* The field at `p`, its folds included; its length without the last line end. */
static size_t field_length(const char *p, const char *end)
{
    const char *at = p;
    for (;;) {
        const char *line = memchr(at, '\n', (size_t)(end - at));
        if (line == NULL)
            return (size_t)(end - p);
        if (line + 1 == end || (line[1] != ' ' && line[1] != '\t'))
            return (size_t)(line - p);
        at = line + 1;
    }
}

static struct mail *mail_new(const char *text, size_t n)
{
    struct mail *mail = g_new0(struct mail, 1);
    const char *p = text;
    const char *end = text + n;
    mail->headers = g_ptr_array_new();
    mail->bodies = g_ptr_array_new();
    while (p < end && *p != '\n' && *p != '\r') {
        size_t length = field_length(p, end);
        g_ptr_array_add(mail->headers, header_packet(p, length));
        p += length < (size_t)(end - p) ? length + 1 : length;
    }
    while (p < end) {
        GByteArray *packet = g_byte_array_new();
        size_t length = MIN((size_t)(end - p), (size_t)CHUNK);
        add(packet, 'B', p, length);
        g_ptr_array_add(mail->bodies, packet);
        p += length;
    }
    return mail;
}

static void read_mails(void)
{
    char path[4096];
    mails = g_ptr_array_new();
    while (fgets(path, sizeof path, stdin) != NULL) {
        char *text = NULL;
        size_t n = 0;
        path[strcspn(path, "\n")] = '\0';
        if (!g_file_get_contents(path, &text, &n, NULL))
            die(path);
        g_ptr_array_add(mails, mail_new(text, n));
        g_free(text);
    }
    if (mails->len == 0)
        die("no mails");
}

/* --- an active connection ---------------------------------------------------------------- */

#define TEXT(to, command, text) add(to, command, text, sizeof(text))

/* The packets of a step into `out`; false: there is none (left). */
static bool step_packets(const struct client *c, GByteArray *out)
{
    const struct mail *mail = g_ptr_array_index(mails, c->mail % mails->len);
    const GPtrArray *of =
        c->step == STEP_HEADERS ? mail->headers : mail->bodies;
    char id[32];
    if (c->step == STEP_HEADERS || c->step == STEP_BODY) {
        if (c->at >= of->len)
            return false;
        const GByteArray *packet = g_ptr_array_index(of, c->at);
        g_byte_array_append(out, packet->data, packet->len);
        return true;
    }
    if (c->at > 0)
        return false;
    switch (c->step) {
    case STEP_CONNECT:
        TEXT(out, 'C',
             "client.example.org\0004\x1f\x90"
             "192.0.2.1");
        break;
    case STEP_HELO:
        TEXT(out, 'H', "client.example.org");
        break;
    case STEP_MAIL:
        TEXT(out, 'M', "<sender@example.org>");
        break;
    case STEP_RCPT:
        TEXT(out, 'R', "<sink@example.net>");
        break;
    case STEP_HEADERS_END:
        add(out, 'N', "", 0);
        break;
    case STEP_END:
        snprintf(id, sizeof id, "Ei%c4I%zu%c", 0, c->mail, 0);
        add(out, 'D', id, 3 + strlen(id + 3) + 1);
        add(out, 'E', "", 0);
        break;
    case STEP_HEADERS:
    case STEP_BODY:
    default:
        break;
    }
    return true;
}

/* Says all up to what is answered. */
static void go_on(struct client *c)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    for (;;) {
        if ((c->protocol & rules[c->step].unsent) != 0 ||
            !step_packets(c, out)) {
            c->step++;
            c->at = 0;
            continue;
        }
        if (c->step == STEP_END) {
            c->asked_ns = clock_mono_ns();
            break;
        }
        c->at++;
        if ((c->protocol & rules[c->step].unanswered) == 0)
            break;
    }
    put(c->fd, out);
}

/* The next mail, where one is left. */
static void next_mail(struct client *c)
{
    if (begun == wanted)
        return;
    c->mail = begun++;
    c->at = 0;
    go_on(c);
}

/* One packet; true: it ends what was asked. */
static bool is_answer(char command)
{
    return command != '\0' && strchr("cartdyf", command) != NULL;
}

static void heard(struct client *c, char command)
{
    if (!is_answer(command))
        return;
    if (c->step != STEP_END) {
        if (command != 'c')
            die("refused before the end");
        go_on(c);
        return;
    }
    uint64_t took = clock_mono_ns() - c->asked_ns;
    g_array_append_val(times, took);
    accepted += command == 'c' || command == 'a';
    c->step = STEP_MAIL;
    next_mail(c);
}

static void serve(struct client *c)
{
    uint8_t bytes[65536];
    ssize_t n = recv(c->fd, bytes, sizeof bytes, 0);
    if (n <= 0)
        die("the filter is gone");
    g_byte_array_append(c->heard, bytes, (unsigned)n);
    while (c->heard->len >= 5) {
        uint32_t length = 0;
        memcpy(&length, c->heard->data, sizeof length);
        length = ntohl(length);
        if (c->heard->len < 4 + length)
            break;
        char command = (char)c->heard->data[4];
        g_byte_array_remove_range(c->heard, 0, 4 + length);
        heard(c, command);
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
    size_t rank = (size_t)(share * (double)(times->len - 1) + 0.5);
    return (double)g_array_index(times, uint64_t, rank) / 1e6;
}

static void run(size_t active)
{
    struct epoll_event events[EVENTS];
    int poller = epoll_create1(EPOLL_CLOEXEC);
    for (size_t i = 0; i < active; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.u64 = i};
        clients[i] = (struct client){.fd = open_one()};
        clients[i].protocol = negotiate(clients[i].fd);
        clients[i].heard = g_byte_array_new();
        if (epoll_ctl(poller, EPOLL_CTL_ADD, clients[i].fd, &event) != 0)
            die("epoll_ctl");
        next_mail(&clients[i]);
    }
    while (times->len < wanted) {
        int n = epoll_wait(poller, events, EVENTS, WAIT_MS);
        if (n <= 0)
            die("nothing happens any more");
        for (int i = 0; i < n; i++)
            serve(&clients[events[i].data.u64]);
    }
}

int main(int argc, char **argv)
{
    char line[16];
    if (argc != 5 || strlen(argv[1]) >= sizeof where.sun_path) {
        fputs("usage: bench_idle SOCKET IDLE ACTIVE REPLIES < LIST\n", stderr);
        return 2;
    }
    memcpy(where.sun_path, argv[1], strlen(argv[1]) + 1);
    size_t active = MIN(strtoul(argv[3], NULL, 10), ACTIVE_MAX);
    wanted = strtoul(argv[4], NULL, 10);
    times = g_array_new(false, false, sizeof(uint64_t));
    read_mails();
    for (unsigned long i = strtoul(argv[2], NULL, 10); i > 0; i--)
        negotiate(open_one());
    puts("ready");
    fflush(stdout);
    while (fcntl(3, F_GETFD) >= 0 && read(3, line, sizeof line) < 0 &&
           errno == EINTR)
        ;
    uint64_t start = clock_mono_ns();
    run(active);
    double took = (double)(clock_mono_ns() - start) / 1e9;
    g_array_sort(times, by_time);
    printf("%.1f %.2f %.2f %zu\n", (double)wanted / took, percentile_ms(0.5),
           percentile_ms(0.99), accepted);
    return 0;
}
