/* SPDX-License-Identifier: MIT */
#include "taker.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void say(FILE *to, const char *reply)
{
    fprintf(to, "%s\r\n", reply);
    fflush(to);
}

static bool is_command(const char *line, const char *command)
{
    return g_ascii_strncasecmp(line, command, strlen(command)) == 0;
}

static GString *read_mail(FILE *from)
{
    char line[4096];
    GString *mail = g_string_new(NULL);
    while (fgets(line, sizeof line, from) != NULL) {
        if (strcmp(line, ".\r\n") == 0)
            return mail;
        g_string_append(mail, line[0] == '.' ? line + 1 : line);
    }
    g_string_free(mail, TRUE); /* it was not whole: no mail */
    return NULL;
}

/* One reply for each recipient where it speaks LMTP, else one.  False: closed. */
static bool take_mail(struct taker *taker, FILE *both, char ***next, unsigned n)
{
    GString *mail = read_mail(both);
    bool is_taken = false;
    if (mail == NULL)
        return false;
    for (unsigned i = 0; i < n; i++) {
        const char *reply = **next != NULL ? *(*next)++ : "250 ok";
        /* Taken, and the answer is lost on its way. */
        bool is_lost = strcmp(reply, "!") == 0;
        is_taken |= reply[0] == '2' || is_lost;
        if (is_lost) {
            g_ptr_array_add(taker->mails, g_string_free(mail, FALSE));
            return false;
        }
        say(both, reply);
    }
    if (is_taken)
        g_ptr_array_add(taker->mails, g_string_free(mail, FALSE));
    else
        g_string_free(mail, TRUE);
    return true;
}

static void serve(struct taker *taker, FILE *both)
{
    char line[4096];
    bool is_lmtp = false;
    unsigned rcpts = 0;
    g_auto(GStrv) script = g_strsplit(taker->script, "|", -1);
    char **next = script;
    g_ptr_array_set_size(taker->commands, 0);
    say(both, "220 taker");
    while (fgets(line, sizeof line, both) != NULL) {
        g_strchomp(line);
        g_ptr_array_add(taker->commands, g_strdup(line));
        if (is_command(line, "LHLO") || is_command(line, "EHLO")) {
            is_lmtp = is_command(line, "LHLO");
            say(both, "250-taker\r\n250-8BITMIME\r\n250 SMTPUTF8");
            continue;
        }
        if (is_command(line, "QUIT"))
            return;
        const char *usual = is_command(line, "DATA") ? "354 go" : "250 ok";
        const char *reply = *next != NULL ? *next++ : usual;
        if (strcmp(reply, "!") == 0)
            return;
        say(both, reply);
        rcpts += is_command(line, "RCPT") && reply[0] == '2';
        if (is_command(line, "DATA") && reply[0] == '3' &&
            !take_mail(taker, both, &next, is_lmtp ? rcpts : 1))
            return;
    }
}

static void *run(void *self)
{
    struct taker *taker = self;
    int fd;
    while ((fd = accept(taker->fd, NULL, NULL)) >= 0) {
        FILE *both = fdopen(fd, "r+");
        setvbuf(both, NULL, _IONBF, 0);
        serve(taker, both);
        fclose(both);
    }
    return NULL;
}

void taker_begin(struct taker *taker, const char *dir)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    *taker = (struct taker){
        .path = g_build_filename(dir, "taker", NULL),
        .script = "",
        .mails = g_ptr_array_new_with_free_func(g_free),
        .commands = g_ptr_array_new_with_free_func(g_free),
    };
    g_strlcpy(address.sun_path, taker->path, sizeof address.sun_path);
    taker->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert(taker->fd >= 0 &&
             bind(taker->fd, (const struct sockaddr *)&address,
                  sizeof address) == 0 &&
             listen(taker->fd, 8) == 0);
    int rc = pthread_create(&taker->thread, NULL, run, taker);
    g_assert(rc == 0);
}

void taker_end(struct taker *taker)
{
    shutdown(taker->fd, SHUT_RDWR);
    pthread_join(taker->thread, NULL);
    close(taker->fd);
    g_ptr_array_unref(taker->mails);
    g_ptr_array_unref(taker->commands);
    g_free(taker->path);
}
