/* SPDX-License-Identifier: MIT */
#include "smtp.h"

#include "base/clock.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    REPLY_MAX = 65536, /* bytes of a reply of many lines */
    CODE_WIDTH = 3
};

GString *smtp_wire(const char *text, size_t n)
{
    GString *wire = g_string_sized_new(n + n / 32 + 8);
    char last = '\n';
    for (size_t i = 0; i < n; i++) {
        if (last == '\n' && text[i] == '.')
            g_string_append_c(wire, '.');
        if (text[i] == '\n' && last != '\r')
            g_string_append_c(wire, '\r');
        g_string_append_c(wire, text[i]);
        last = text[i];
    }
    g_string_append(wire, last == '\n' ? ".\r\n" : "\r\n.\r\n");
    return wire;
}

bool smtp_open(struct smtp *smtp, const struct sockaddr_in *at)
{
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return false;
    if (connect(fd, (const struct sockaddr *)at, sizeof *at) < 0 &&
        errno != EINPROGRESS) {
        close(fd);
        return false;
    }
    /* Commands are whole when they are written: nothing is to be waited for. */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    *smtp = (struct smtp){.fd = fd,
                          .step = SMTP_GREETING,
                          .line = g_string_new(NULL),
                          .heard = g_string_new(NULL)};
    return true;
}

/* False: it is gone. */
static bool flush(struct smtp *smtp)
{
    while (smtp->rest_n > 0) {
        ssize_t n = send(smtp->fd, smtp->rest, smtp->rest_n, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN)
            return true;
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        smtp->rest += n;
        smtp->rest_n -= (size_t)n;
        if (smtp->rest_n == 0 && smtp->step == SMTP_BODY)
            smtp->dot_ns = clock_mono_ns();
    }
    return true;
}

static void say(struct smtp *smtp, enum smtp_step step, const char *before,
                const char *argument, const char *after)
{
    g_string_printf(smtp->line, "%s%s%s\r\n", before, argument, after);
    smtp->rest = smtp->line->str;
    smtp->rest_n = smtp->line->len;
    smtp->step = step;
}

void smtp_post(struct smtp *smtp, const struct smtp_mail *mail)
{
    smtp->mail = mail;
    smtp->rcpt = 0;
    smtp->taken = 0;
    smtp->dot_ns = 0;
    smtp->code = 0;
    say(smtp, SMTP_MAIL, "MAIL FROM:<", mail->from, ">");
    /* A connection that is gone tells so when it is served. */
    (void)flush(smtp);
}

static enum smtp_event ended(struct smtp *smtp, enum smtp_step step)
{
    smtp->mail = NULL;
    smtp->step = step;
    return SMTP_ANSWERED;
}

/* Refused before its content: the MTA is told to forget it. */
static enum smtp_event refused(struct smtp *smtp)
{
    say(smtp, SMTP_RSET, "RSET", "", "");
    return SMTP_WAIT;
}

static enum smtp_event after_rcpt(struct smtp *smtp, bool is_good)
{
    smtp->taken += is_good;
    if (smtp->mail->rcpts[smtp->rcpt + 1] != NULL) {
        smtp->rcpt++;
        say(smtp, SMTP_RCPT, "RCPT TO:<", smtp->mail->rcpts[smtp->rcpt], ">");
        return SMTP_WAIT;
    }
    if (smtp->taken == 0)
        return refused(smtp);
    say(smtp, SMTP_DATA, "DATA", "", "");
    return SMTP_WAIT;
}

static enum smtp_event after(struct smtp *smtp, int code, const char *text)
{
    bool is_good = code >= 200 && code < 400;
    if (smtp->step != SMTP_RSET) {
        smtp->code = code;
        g_strlcpy(smtp->reply, text, sizeof smtp->reply);
    }
    switch (smtp->step) {
    case SMTP_GREETING:
    case SMTP_XCLIENT: /* is followed by a greeting */
        if (!is_good)
            return SMTP_LOST;
        say(smtp, SMTP_EHLO, "EHLO ", "client.example.org", "");
        return SMTP_WAIT;
    case SMTP_EHLO:
        if (is_good && smtp->xclient != NULL) {
            say(smtp, SMTP_XCLIENT, "XCLIENT ", smtp->xclient, "");
            smtp->xclient = NULL;
            return SMTP_WAIT;
        }
        smtp->step = SMTP_IDLE;
        return is_good ? SMTP_READY : SMTP_LOST;
    case SMTP_MAIL:
        if (!is_good)
            return refused(smtp);
        say(smtp, SMTP_RCPT, "RCPT TO:<", smtp->mail->rcpts[0], ">");
        return SMTP_WAIT;
    case SMTP_RCPT:
        return after_rcpt(smtp, is_good);
    case SMTP_DATA:
        if (!is_good)
            return refused(smtp);
        smtp->rest = smtp->mail->wire;
        smtp->rest_n = smtp->mail->n;
        smtp->step = SMTP_BODY;
        return SMTP_WAIT;
    case SMTP_BODY:
        /* A reply before all was written: what follows would be taken for commands. */
        return smtp->rest_n > 0 ? SMTP_LOST : ended(smtp, SMTP_IDLE);
    case SMTP_RSET:
        return ended(smtp, SMTP_IDLE);
    case SMTP_IDLE: /* 421 of an MTA that ends */
    default:
        return SMTP_LOST;
    }
}

/* Takes the next whole reply; false: there is none yet. */
static bool next_reply(struct smtp *smtp, int *code, char *text, size_t size)
{
    size_t from = 0;
    for (;;) {
        char *end =
            memchr(smtp->heard->str + from, '\n', smtp->heard->len - from);
        if (end == NULL)
            return false;
        size_t n = (size_t)(end - smtp->heard->str) + 1;
        const char *line = smtp->heard->str + from;
        if (n - from > CODE_WIDTH && line[CODE_WIDTH] == '-') {
            from = n;
            continue;
        }
        *code = (int)strtol(line, NULL, 10);
        size_t length = MIN(n - from, size) - 1;
        memcpy(text, line, length);
        text[length] = '\0';
        g_strchomp(text);
        g_string_erase(smtp->heard, 0, (gssize)n);
        return true;
    }
}

/* False: it is gone. */
static bool hear(struct smtp *smtp)
{
    char bytes[4096];
    for (;;) {
        ssize_t n = recv(smtp->fd, bytes, sizeof bytes, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN;
        if (n == 0 || smtp->heard->len > REPLY_MAX)
            return false;
        g_string_append_len(smtp->heard, bytes, n);
    }
}

enum smtp_event smtp_serve(struct smtp *smtp)
{
    char text[256];
    int code = 0;
    bool is_there = hear(smtp);
    while (next_reply(smtp, &code, text, sizeof text)) {
        /* An MTA that speaks before it was asked has given up on us. */
        enum smtp_event event = after(smtp, code, text);
        if (event != SMTP_WAIT)
            return event;
        if (!flush(smtp))
            return SMTP_LOST;
    }
    return is_there && flush(smtp) ? SMTP_WAIT : SMTP_LOST;
}

bool smtp_wants_to_write(const struct smtp *smtp)
{
    return smtp->rest_n > 0;
}

void smtp_close(struct smtp *smtp)
{
    if (smtp->line == NULL)
        return;
    if (smtp->step == SMTP_IDLE)
        (void)send(smtp->fd, "QUIT\r\n", 6, MSG_NOSIGNAL);
    close(smtp->fd);
    g_string_free(smtp->line, TRUE);
    g_string_free(smtp->heard, TRUE);
    *smtp = (struct smtp){.fd = -1};
}
