/* SPDX-License-Identifier: MIT */
/*
 * post PORT FILE...  hands messages to an MTA at 127.0.0.1, all in one session, byte for
 * byte: the files have CRLF.  Prints the MTA's last reply to each; status 1: one was not
 * taken.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static FILE *from;
static FILE *to;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* The code of the reply to what was said; its last line in `line`. */
static int reply(char *line, size_t size)
{
    fflush(to);
    do {
        if (fgets(line, (int)size, from) == NULL)
            die("the MTA is gone");
    } while (strlen(line) > 3 && line[3] == '-');
    return (int)strtol(line, NULL, 10);
}

static void say(const char *command, int wanted)
{
    char line[1000];
    fprintf(to, "%s\r\n", command);
    if (reply(line, sizeof line) != wanted) {
        fprintf(stderr, "post: %s: %s", command, line);
        exit(1);
    }
}

static void copy(FILE *file)
{
    int last = '\n';
    for (int c = 0; (c = fgetc(file)) != EOF; last = c) {
        if (last == '\n' && c == '.')
            fputc('.', to);
        fputc(c, to);
    }
    fputs(last == '\n' ? ".\r\n" : "\r\n.\r\n", to);
}

static int post(const char *path)
{
    char line[1000];
    FILE *file = fopen(path, "r");
    if (file == NULL)
        die(path);
    say("MAIL FROM:<sender@example.org>", 250);
    say("RCPT TO:<one@example.net>", 250);
    say("RCPT TO:<two@example.net>", 250);
    say("DATA", 354);
    copy(file);
    fclose(file);
    int code = reply(line, sizeof line);
    fputs(line, stdout);
    return code;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                             .sin_port =
                                 htons((uint16_t)strtoul(argv[1], NULL, 10))};
    if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at) < 0)
        die("connect");
    from = fdopen(fd, "r");
    to = fdopen(dup(fd), "w");
    char line[1000];
    if (from == NULL || to == NULL || reply(line, sizeof line) != 220)
        die("greeting");
    say("EHLO client.example.org", 250);
    int status = 0;
    for (int i = 2; i < argc; i++)
        if (post(argv[i]) != 250)
            status = 1;
    say("QUIT", 221);
    return status;
}
