/* SPDX-License-Identifier: MIT */
/*
 * say [OPTION...] HOST PORT [FILE...]  talks SMTP with an MTA and prints all it answers.
 *
 *     -f SENDER   -r RECIPIENT (again for each)   -h HELO   -m "PARAMETERS of MAIL FROM"
 *     -x "ATTRIBUTES of XCLIENT"   -s STARTTLS   -p MAIL, RCPT and DATA in one write
 *     -c "COMMAND"   said before the first mail (again for each)   -l LHLO, no mails
 *
 * Each FILE is a mail of one session; LF becomes CRLF.  One line for each reply: which
 * one (greeting, ehlo, starttls, xclient, command, mail, rcpt, data, end), then the last
 * line of the reply; recipients' replies name the recipient.  Status 0: everything was
 * replied to, whatever it was; 1: the connection was lost, which is printed too; 2: there
 * was none.
 */
#include "smtp.h"

#include <glib.h>

#include <netdb.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    RCPTS_MAX = 1000,
    COMMANDS_MAX = 16,
    LINE_SIZE = 2048,
    PATIENCE_S = 120 /* for a reply */
};

static const char *helo = "client.example.org";
static const char *sender = "sender@example.org";
static const char *parameters = "";
static const char *xclient;
static const char *rcpts[RCPTS_MAX];
static size_t rcpt_n;
static const char *commands[COMMANDS_MAX];
static size_t command_n;
static bool is_lmtp;
static bool is_pipelined;
static bool is_tls;

static int fd = -1;
static SSL *tls;

static void lost(void)
{
    puts("lost");
    exit(1);
}

static void put(const char *bytes, size_t n)
{
    for (size_t at = 0; at < n;) {
        size_t size = MIN(n - at, (size_t)1 << 16);
        ssize_t wrote = tls != NULL ? SSL_write(tls, bytes + at, (int)size)
                                    : send(fd, bytes + at, size, MSG_NOSIGNAL);
        if (wrote <= 0)
            lost();
        at += (size_t)wrote;
    }
}

static char get(void)
{
    static char bytes[4096];
    static ssize_t at;
    static ssize_t n;
    if (at == n) {
        n = tls != NULL ? SSL_read(tls, bytes, sizeof bytes)
                        : recv(fd, bytes, sizeof bytes, 0);
        at = 0;
        if (n <= 0)
            lost();
    }
    return bytes[at++];
}

/* The code; the whole last line is printed behind `what`. */
static int hear(const char *what, const char *of)
{
    char line[LINE_SIZE];
    size_t n = 0;
    do {
        n = 0;
        for (char c = get(); c != '\n'; c = get())
            if (n < sizeof line - 1 && c != '\r')
                line[n++] = c;
        line[n] = '\0';
    } while (n > 3 && line[3] == '-');
    printf("%s%s%s %s\n", what, *of != '\0' ? " " : "", of, line);
    fflush(stdout);
    return (int)strtol(line, NULL, 10);
}

static int ask(const char *what, const char *command)
{
    g_autofree char *line = g_strconcat(command, "\r\n", NULL);
    put(line, strlen(line));
    return hear(what, "");
}

static void greet(void)
{
    g_autofree char *line =
        g_strconcat(is_lmtp ? "LHLO " : "EHLO ", helo, NULL);
    ask("ehlo", line);
}

static void start_tls(void)
{
    if (ask("starttls", "STARTTLS") != 220)
        lost();
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *session = SSL_new(context);
    if (session == NULL || SSL_set_fd(session, fd) != 1 ||
        SSL_connect(session) != 1)
        lost();
    tls = session;
    greet();
}

/* Envelope and content; a mail that nobody takes is not sent. */
static void post(const GString *wire)
{
    g_autofree char *mail =
        g_strconcat("MAIL FROM:<", sender, "> ", parameters, "\r\n", NULL);
    GString *all = g_string_new(mail);
    int taken = 0;
    if (!is_pipelined && ask("mail", g_strchomp(mail)) >= 400) {
        ask("rset", "RSET");
        return;
    }
    for (size_t i = 0; i < rcpt_n; i++) {
        g_autofree char *line =
            g_strconcat("RCPT TO:<", rcpts[i], ">\r\n", NULL);
        g_string_append(all, line);
        if (is_pipelined)
            continue;
        put(line, strlen(line));
        taken += hear("rcpt", rcpts[i]) < 400;
    }
    g_string_append(all, "DATA\r\n");
    if (is_pipelined) {
        put(all->str, all->len);
        hear("mail", "");
        for (size_t i = 0; i < rcpt_n; i++)
            hear("rcpt", rcpts[i]);
    } else if (taken == 0) {
        ask("rset", "RSET");
        return;
    } else {
        put("DATA\r\n", 6);
    }
    g_string_free(all, TRUE);
    if (hear("data", "") != 354)
        return;
    put(wire->str, wire->len);
    hear("end", "");
}

static void open_at(const char *host, const char *port)
{
    struct addrinfo how = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    struct timeval patience = {.tv_sec = PATIENCE_S};
    if (getaddrinfo(host, port, &how, &found) != 0)
        exit(2);
    fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, found->ai_addr, found->ai_addrlen) != 0)
        exit(2);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    freeaddrinfo(found);
}

static void usage(void)
{
    fputs("usage: say [-lsp] [-f FROM] [-r RCPT]... [-h HELO] [-m PARAMETERS] "
          "[-x XCLIENT] [-c COMMAND]... HOST PORT [FILE...]\n",
          stderr);
    exit(2);
}

static void read_options(int argc, char **argv)
{
    for (int c = 0; (c = getopt(argc, argv, "c:f:h:lm:pr:sx:")) != -1;)
        switch (c) {
        case 'c':
            if (command_n < COMMANDS_MAX)
                commands[command_n++] = optarg;
            break;
        case 'f':
            sender = optarg;
            break;
        case 'h':
            helo = optarg;
            break;
        case 'l':
            is_lmtp = true;
            break;
        case 'm':
            parameters = optarg;
            break;
        case 'p':
            is_pipelined = true;
            break;
        case 'r':
            if (rcpt_n < RCPTS_MAX)
                rcpts[rcpt_n++] = optarg;
            break;
        case 's':
            is_tls = true;
            break;
        case 'x':
            xclient = optarg;
            break;
        default:
            usage();
        }
    if (argc - optind < 2)
        usage();
    if (rcpt_n == 0)
        rcpts[rcpt_n++] = "one@example.net";
}

int main(int argc, char **argv)
{
    read_options(argc, argv);
    open_at(argv[optind], argv[optind + 1]);
    hear("greeting", "");
    greet();
    if (xclient != NULL) {
        g_autofree char *line = g_strconcat("XCLIENT ", xclient, NULL);
        ask("xclient", line);
        greet();
    }
    if (is_tls)
        start_tls();
    for (size_t i = 0; i < command_n; i++)
        ask("command", commands[i]);
    for (int i = optind + 2; i < argc; i++) {
        char *text = NULL;
        size_t n = 0;
        if (!g_file_get_contents(argv[i], &text, &n, NULL))
            usage();
        GString *wire = smtp_wire(text, n);
        post(wire);
        g_string_free(wire, TRUE);
        g_free(text);
    }
    ask("quit", "QUIT");
    return 0;
}
