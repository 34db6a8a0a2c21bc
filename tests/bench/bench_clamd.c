/* SPDX-License-Identifier: MIT */
/*
 * What clamd can do: mails sent by INSTREAM over its Unix socket.
 *
 *     bench_clamd SOCKET CLIENTS < LIST-OF-FILES
 *
 * Reads all files first, then CLIENTS threads send them, each over one session
 * (IDSESSION would let clamd answer out of order; a connection a mail is what
 * clamdscan, clamav-milter and amavis do).  Prints mails, seconds, mails/s and how
 * many were found, separated by blanks.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
    PATH_SIZE = 4096,
    REPLY_SIZE = 512,
    CLIENTS_MAX = 64
};

/* One mail as it is sent: command, length, bytes, the closing zero length. */
struct mail {
    unsigned char *bytes;
    size_t n;
};

static struct mail *mails;
static size_t mail_n;
static atomic_size_t next_mail;
static atomic_size_t found_n;
static atomic_size_t failed_n;
static struct sockaddr_un address = {.sun_family = AF_UNIX};

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Reads `path` into the wire form of one INSTREAM request. */
static bool mail_read(const char *path, struct mail *mail)
{
    static const char command[] = "zINSTREAM";
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0 || st.st_size > UINT32_MAX / 2) {
        fprintf(stderr, "bench_clamd: %s: %s\n", path, strerror(errno));
        return false;
    }
    size_t size = (size_t)st.st_size;
    mail->n = sizeof command + 4 + size + 4;
    mail->bytes = calloc(1, mail->n);
    uint32_t length = htonl((uint32_t)size);
    if (mail->bytes == NULL)
        abort();
    memcpy(mail->bytes, command, sizeof command);
    memcpy(mail->bytes + sizeof command, &length, sizeof length);
    bool ok = read(fd, mail->bytes + sizeof command + 4, size) == (ssize_t)size;
    close(fd);
    return ok;
}

/* Sends one mail over a connection of its own; false on any trouble. */
static bool ask(const struct mail *mail, bool *found)
{
    char reply[REPLY_SIZE];
    size_t have = 0;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok = fd >= 0 && connect(fd, (const struct sockaddr *)&address,
                                 sizeof address) == 0;
    for (size_t sent = 0; ok && sent < mail->n;) {
        ssize_t n = write(fd, mail->bytes + sent, mail->n - sent);
        ok = n > 0;
        sent += ok ? (size_t)n : 0;
    }
    while (ok && have < sizeof reply - 1) {
        ssize_t n = read(fd, reply + have, sizeof reply - 1 - have);
        if (n <= 0)
            break;
        have += (size_t)n;
    }
    reply[have] = '\0';
    if (fd >= 0)
        close(fd);
    *found = strstr(reply, "FOUND") != NULL;
    return ok && (*found || strstr(reply, "OK") != NULL);
}

static void *client(void *unused)
{
    (void)unused;
    for (;;) {
        size_t i = atomic_fetch_add(&next_mail, 1);
        bool found = false;
        if (i >= mail_n)
            return NULL;
        if (!ask(&mails[i], &found))
            atomic_fetch_add(&failed_n, 1);
        else if (found)
            atomic_fetch_add(&found_n, 1);
    }
}

/* The mails named on standard input. */
static bool mails_read(void)
{
    static char path[PATH_SIZE];
    size_t cap = 0;
    while (fgets(path, sizeof path, stdin) != NULL) {
        path[strcspn(path, "\n")] = '\0';
        if (mail_n == cap) {
            cap = cap == 0 ? 1024 : cap * 2;
            mails = realloc(mails, cap * sizeof *mails);
            if (mails == NULL)
                abort();
        }
        if (!mail_read(path, &mails[mail_n]))
            return false;
        mail_n++;
    }
    return mail_n > 0;
}

int main(int argc, char **argv)
{
    pthread_t threads[CLIENTS_MAX];
    unsigned long clients = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
    if (clients == 0 || clients > CLIENTS_MAX ||
        strlen(argv[1]) >= sizeof address.sun_path) {
        fprintf(stderr, "usage: bench_clamd SOCKET 1..64 < LIST\n");
        return 2;
    }
    memcpy(address.sun_path, argv[1], strlen(argv[1]) + 1);
    if (!mails_read())
        return 2;
    double start = seconds();
    for (unsigned long i = 0; i < clients; i++)
        if (pthread_create(&threads[i], NULL, client, NULL) != 0)
            return 2;
    for (unsigned long i = 0; i < clients; i++)
        pthread_join(threads[i], NULL);
    double took = seconds() - start;
    printf("%zu %.3f %.0f %zu\n", mail_n, took, (double)mail_n / took,
           (size_t)found_n);
    if (failed_n != 0)
        fprintf(stderr, "bench_clamd: %zu mails got no answer\n",
                (size_t)failed_n);
    return failed_n == 0 ? 0 : 1;
}
