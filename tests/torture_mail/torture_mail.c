/* SPDX-License-Identifier: MIT */
/*
 * torture_mail OPTION... -- ASSAYD ARGUMENT...
 *
 * Hands mails to a Postfix with assayd behind it, and kills what is there to be killed
 * meanwhile; starts assayd itself, again and again.  Writes what each mail's client saw
 * (clients.h) to --records and what befell to --sum, for torture_ledger, which counts.
 * Status 0: every mail is settled and everything befell that was planned.
 */
#include "base/clock.h"
#include "clients.h"
#include "deck.h"
#include "keeper.h"
#include "plan.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MS UINT64_C(1000000)

enum {
    CONNECTIONS = 12,
    STEP_MS = 10,
    READY_MS = 60000
};

/* The command line. */
static struct {
    int port;
    int mails;
    int kills;
    int faults;
    int seed;
    int seconds;
    int postfix;
    int dovecot;
    char *templates;
    char *fill;
    char *socket;
    char *records;
    char *sum;
} args = {.mails = 1000, .kills = 2, .faults = 1, .seconds = 600};

static bool parse(int *argc, char ***argv)
{
    const GOptionEntry entries[] = {
        {"port", 0, 0, G_OPTION_ARG_INT, &args.port, "Postfix", "N"},
        {"mails", 0, 0, G_OPTION_ARG_INT, &args.mails, "How many", "N"},
        {"kills", 0, 0, G_OPTION_ARG_INT, &args.kills, "Of each", "N"},
        {"faults", 0, 0, G_OPTION_ARG_INT, &args.faults, "Full disks, reloads",
         "N"},
        {"seed", 0, 0, G_OPTION_ARG_INT, &args.seed, "Of chance", "N"},
        {"seconds", 0, 0, G_OPTION_ARG_INT, &args.seconds, "At most", "N"},
        {"postfix", 0, 0, G_OPTION_ARG_INT, &args.postfix, "Its master", "PID"},
        {"dovecot", 0, 0, G_OPTION_ARG_INT, &args.dovecot, "Its master", "PID"},
        {"templates", 0, 0, G_OPTION_ARG_FILENAME, &args.templates,
         "tests/mail", "FOLDER"},
        {"fill", 0, 0, G_OPTION_ARG_FILENAME, &args.fill,
         "Where the disk is to be full", "FILE"},
        {"socket", 0, 0, G_OPTION_ARG_FILENAME, &args.socket, "assayd's milter",
         "PATH"},
        {"records", 0, 0, G_OPTION_ARG_FILENAME, &args.records, "To write",
         "FILE"},
        {"sum", 0, 0, G_OPTION_ARG_FILENAME, &args.sum, "To write", "FILE"},
        {0},
    };
    g_autoptr(GError) error = NULL;
    GOptionContext *context = g_option_context_new("-- ASSAYD ARGUMENT...");
    g_option_context_add_main_entries(context, entries, NULL);
    bool is_good = g_option_context_parse(context, argc, argv, &error);
    g_option_context_free(context);
    if (error != NULL)
        fprintf(stderr, "torture_mail: %s\n", error->message);
    return is_good && *argc > 1 && args.port > 0 && args.mails > 0 &&
           args.templates != NULL && args.socket != NULL &&
           args.records != NULL && args.sum != NULL;
}

static bool is_listening(const char *path)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_strlcpy(at.sun_path, path, sizeof at.sun_path);
    bool is_good = connect(fd, (const struct sockaddr *)&at, sizeof at) == 0;
    close(fd);
    return is_good;
}

static bool await_assayd(struct keeper *keeper)
{
    uint64_t by_ns = clock_mono_ns() + READY_MS * MS;
    while (!is_listening(args.socket)) {
        if (clock_mono_ns() > by_ns)
            return false;
        keeper_serve(keeper);
        g_usleep(STEP_MS * 1000);
    }
    return true;
}

static void torture(struct clients *clients, struct deck *deck,
                    struct keeper *keeper)
{
    uint64_t by_ns = clock_mono_ns() + (uint64_t)args.seconds * 1000 * MS;
    size_t told = 0;
    while (clients_sum(clients)->settled < (size_t)args.mails &&
           clock_mono_ns() < by_ns) {
        keeper_serve(keeper);
        clients_serve(clients, STEP_MS);
        const struct hunt_roots roots = {keeper->pid, args.postfix,
                                         args.dovecot};
        size_t settled = clients_sum(clients)->settled;
        deck_serve(deck, &roots, settled, clients_in_flight(clients));
        if (settled / 1000 > told) {
            told = settled / 1000;
            fprintf(stderr, "torture_mail: %zu of %d mails, %u starts\n",
                    settled, args.mails, keeper->starts);
        }
    }
}

static bool write_files(const struct clients *clients, const struct deck *deck,
                        const struct keeper *keeper)
{
    const struct clients_sum *sum = clients_sum(clients);
    FILE *records = fopen(args.records, "w");
    FILE *words = fopen(args.sum, "w");
    if (records == NULL || words == NULL)
        return false;
    clients_write(clients, records);
    deck_write(deck, words);
    fprintf(words, " starts=%u replies_4xx=%zu lost_connections=%zu\n",
            keeper->starts, sum->deferred, sum->lost);
    return (fclose(records) | fclose(words)) == 0;
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    if (!parse(&argc, &argv)) {
        fputs("usage: torture_mail --help\n", stderr);
        return 2;
    }
    char **command = argv + 1;
    command += strcmp(command[0], "--") == 0;
    struct keeper keeper = {.argv = command};
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                             .sin_port = htons((uint16_t)args.port)};
    const struct deck_plan plan = {
        .kills = (unsigned)args.kills,
        .faults = (unsigned)args.faults,
        .mails = (size_t)args.mails,
        .fill = args.fill,
        .seed = (uint32_t)args.seed,
    };
    if (!plan_open(args.templates))
        return 2;
    if (!await_assayd(&keeper)) {
        fputs("torture_mail: assayd does not come up\n", stderr);
        keeper_stop(&keeper);
        return 2;
    }
    struct clients *clients = clients_new(&at, CONNECTIONS, (size_t)args.mails);
    struct deck *deck = deck_new(&plan);
    torture(clients, deck, &keeper);
    deck_calm(deck);
    bool is_good = clients_sum(clients)->settled == (size_t)args.mails;
    if (!is_good)
        fprintf(stderr, "torture_mail: %zu of %d mails are settled\n",
                clients_sum(clients)->settled, args.mails);
    if (!keeper_stop(&keeper)) {
        fputs("torture_mail: assayd does not stop\n", stderr);
        is_good = false;
    }
    if (!deck_is_done(deck)) {
        fputs("torture_mail: too few kills\n", stderr);
        is_good = false;
    }
    is_good &= write_files(clients, deck, &keeper);
    deck_free(deck);
    clients_free(clients);
    return is_good ? 0 : 1;
}
