/* SPDX-License-Identifier: MIT */
/*
 * What it costs to hand a message to a worker and its result back, as bytes.
 *
 *     bench_pool_codec [ROUNDS]
 *
 * A small mail of two parts, five scanners that all answer clean, one finding of
 * spam and two facts.  Prints nanoseconds of processor time, median of ROUNDS (default
 * 2000) groups of 100: each half of a request and of a reply, then both
 * sums; a request whose session is the last one's, and one whose session is new.
 */
#include "mail/message.h"
#include "pool/reply.h"
#include "pool/request.h"

#include <assay/plugin.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    GROUP = 100,
    SCANNERS = 5,
    ROOM = 1 << 16
};

static const char mail[] =
    "Received: from mx.example.org by mail.example.com; Tue, 24 Nov 2026\r\n"
    "From: Ann <ann@example.org>\r\nTo: Bob <bob@example.com>\r\n"
    "Subject: minutes of the meeting\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/alternative; boundary=\"=_b\"\r\n\r\n"
    "--=_b\r\nContent-Type: text/plain; charset=utf-8\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n\r\nHello Bob.\r\n"
    "--=_b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    "<p>Hello Bob.</p>\r\n--=_b--\r\n";

/* All that is packed and unpacked. */
struct bench {
    struct scanner scanners[SCANNERS];
    const struct scanner *list[SCANNERS];
    struct scan_plan plan;
    struct session *session;
    struct message *message;
    struct scan *scan;
    struct request request;
    struct request_reader reader;
    _Alignas(8) uint8_t asked[ROOM];
    uint8_t told[ROOM];
    size_t asked_n;
    size_t told_n;
};

/* Processor time: what others do on the machine must not count. */
static uint64_t processor_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int32_t say_clean(void *self, struct task *task)
{
    struct finding *clean = finding_new(NULL);
    clean->status = ASSAY_STATUS_CLEAN;
    clean->object = task->object;
    task_report(task, clean);
    const struct bench *bench = self;
    if (task->scanner != bench->list[0] || task->object->id != 1)
        return ASSAY_RC_OK;
    struct finding *spam = finding_new(NULL);
    spam->status = ASSAY_STATUS_FOUND;
    spam->kind = ASSAY_KIND_SPAM;
    spam->name = g_strdup("SENDER_SHORT");
    spam->text = g_strdup("the sender's name is short");
    spam->log_odds_milli = 120;
    task_report(task, spam);
    task_fact_set(task, "bench.words", "17", 2);
    task_fact_set(task, "bench.language", "en", 2);
    return ASSAY_RC_OK;
}

static void begin(struct bench *bench)
{
    static const char *const names[SCANNERS] = {"spam", "attachment", "archive",
                                                "tnef", "clamav"};
    static const char *const provides[] = {"bench.*", NULL};
    limits_default(&bench->plan.limits);
    for (size_t i = 0; i < SCANNERS; i++) {
        bench->scanners[i] =
            (struct scanner){.name = g_intern_static_string(names[i]),
                             .self = bench,
                             .stages = ASSAY_STAGE_BIT(ASSAY_STAGE_OBJECT),
                             .provides = provides,
                             .handle = say_clean};
        bench->list[i] = &bench->scanners[i];
    }
    bench->plan.scanners = bench->list;
    bench->plan.scanner_n = SCANNERS;
    bench->session = session_new();
    session_set_client_ip(bench->session, "192.0.2.7");
    bench->session->helo = g_strdup("mx.example.org");
    bench->session->mail_from = g_strdup("ann@example.org");
    g_ptr_array_add(bench->session->rcpts, g_strdup("bob@example.com"));
    g_autoptr(GBytes) raw = g_bytes_new_static(mail, strlen(mail));
    bench->message = message_new(raw, bench->session, &bench->plan.limits);
    bench->scan = scan_run(&bench->plan, bench->message, 1700000000);
    bench->request = (struct request){.now_s = 1700000000,
                                      .session = bench->session,
                                      .raw = (const uint8_t *)mail,
                                      .raw_n = strlen(mail)};
}

static void end(struct bench *bench)
{
    request_reader_clear(&bench->reader);
    scan_free(bench->scan);
    message_free(bench->message);
    session_free(bench->session);
}

static void pack_request(struct bench *bench)
{
    struct packer to;
    packer_fixed(&to, bench->asked, sizeof bench->asked);
    request_pack(&bench->request, &to);
    bench->asked_n = to.n;
}

static void unpack_request(struct bench *bench)
{
    struct unpacker from;
    struct request request;
    unpacker_init(&from, bench->asked, bench->asked_n);
    if (!request_unpack(&bench->reader, &from, SCANNERS, &request, NULL))
        abort();
}

static void unpack_request_of_a_new_session(struct bench *bench)
{
    request_reader_clear(&bench->reader);
    unpack_request(bench);
}

static void pack_reply(struct bench *bench)
{
    struct packer to;
    packer_fixed(&to, bench->told, sizeof bench->told);
    reply_pack(bench->scan, false, &to);
    bench->told_n = to.n;
}

static void unpack_reply(struct bench *bench)
{
    const struct reply_context context = {.plan = &bench->plan,
                                          .session = bench->session,
                                          .raw_size = strlen(mail),
                                          .now_s = 1700000000};
    struct unpacker from;
    struct reply reply;
    GError *error = NULL;
    unpacker_init(&from, bench->told, bench->told_n);
    if (!reply_unpack(&from, &context, &reply, &error))
        g_error("%s", error->message);
    reply_clear(&reply);
}

static int by_value(const void *a, const void *b)
{
    const uint64_t *x = a;
    const uint64_t *y = b;
    return (*x > *y) - (*x < *y);
}

/* Nanoseconds a call. */
static uint64_t measure(struct bench *bench, void (*step)(struct bench *bench),
                        size_t rounds)
{
    g_autofree uint64_t *all = g_new(uint64_t, rounds);
    for (size_t i = 0; i < rounds; i++) {
        uint64_t start = processor_ns();
        for (int k = 0; k < GROUP; k++)
            step(bench);
        all[i] = (processor_ns() - start) / GROUP;
    }
    qsort(all, rounds, sizeof *all, by_value);
    return all[rounds / 2];
}

int main(int argc, char **argv)
{
    static struct bench bench;
    long asked = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
    size_t rounds = asked > 0 ? (size_t)asked : 2000;
    begin(&bench);
    uint64_t a = measure(&bench, pack_request, rounds);
    uint64_t b = measure(&bench, unpack_request, rounds);
    uint64_t fresh = measure(&bench, unpack_request_of_a_new_session, rounds);
    uint64_t c = measure(&bench, pack_reply, rounds);
    uint64_t d = measure(&bench, unpack_reply, rounds);
    printf("request %zu bytes: pack %llu ns, unpack %llu ns (new session: %llu "
           "ns), together %llu ns\n",
           bench.asked_n, (unsigned long long)a, (unsigned long long)b,
           (unsigned long long)fresh, (unsigned long long)(a + b));
    printf("reply %zu bytes: pack %llu ns, unpack and free %llu ns, together "
           "%llu ns\n",
           bench.told_n, (unsigned long long)c, (unsigned long long)d,
           (unsigned long long)(c + d));
    end(&bench);
    return 0;
}
