/* SPDX-License-Identifier: MIT */
#include "abroad.h"

#include "seed.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Shared memory, mapped twice as two processes would. */
static uint8_t *share(size_t size, const uint8_t **seen)
{
    int fd = memfd_create("abroad", MFD_CLOEXEC);
    CU_ASSERT_FATAL(fd >= 0 && ftruncate(fd, (off_t)size) == 0);
    void *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    const void *view = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
    CU_ASSERT_FATAL(map != MAP_FAILED && view != MAP_FAILED);
    close(fd);
    *seen = view;
    return map;
}

static void unshare_view(const uint8_t *view, size_t size)
{
    union {
        const uint8_t *seen;
        void *map;
    } both = {.seen = view};

    munmap(both.map, size);
}

/* See tests/fuzz/fuzz_guest_question.c and fuzz_guest_answer.c. */
static void keep_seeds(const struct abroad *a, const GByteArray *question)
{
    static unsigned number;
    g_autoptr(GByteArray) seed = g_byte_array_new();
    g_autofree char *asked = g_strdup_printf("question-%u", number);
    g_autofree char *said = g_strdup_printf("answer-%u", number);
    uint16_t n = (uint16_t)a->link.lend.log_n;
    g_byte_array_append(seed, (const uint8_t *)&n, sizeof n);
    g_byte_array_append(seed, a->arena, n);
    g_byte_array_append(seed, question->data, question->len);
    seed_keep(asked, seed->data, seed->len);
    n = (uint16_t)a->answer->len;
    g_byte_array_set_size(seed, 0);
    g_byte_array_append(seed, (const uint8_t *)&n, sizeof n);
    g_byte_array_append(seed, a->answer->data, n);
    seed_keep(said, seed->data, seed->len);
    number++;
}

static bool ask(void *self, const struct remote *remote,
                const struct task *task, const void *question, size_t n,
                struct remote_answer *out)
{
    struct abroad *abroad = self;
    (void)remote;
    (void)task;
    abroad->asked++;
    if (abroad->fails != NULL) {
        out->name = g_strdup(abroad->fails);
        out->why = g_strdup("it is said so");
        return false;
    }
    g_autoptr(GByteArray) copy = g_byte_array_new();
    g_byte_array_append(copy, question, (unsigned)n);
    if (abroad->meddle != NULL)
        abroad->meddle(abroad, copy);
    g_byte_array_set_size(abroad->answer, 0);
    guest_run(abroad->guest, &abroad->view, copy->data, copy->len,
              abroad->answer);
    if (abroad->meddle == NULL)
        keep_seeds(abroad, copy);
    out->p = abroad->answer->data;
    out->n = abroad->answer->len;
    return true;
}

static void open_away(struct abroad *a)
{
    GError *error = NULL;
    struct host_how how = {
        .conf = a->conf, .limits = &a->limits, .class_name = "abroad"};
    bool is_open = host_open(&how, &a->away, &error);
    if (!is_open)
        fprintf(stderr, "%s\n", error->message);
    CU_ASSERT_FATAL(is_open);
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autoptr(GPtrArray) cards = g_ptr_array_new();
    g_autoptr(GPtrArray) refusals = g_ptr_array_new();
    struct packer to;
    struct unpacker from;
    packer_grow(&to, bytes, 1 << 20);
    card_pack_host(a->away, &to);
    unpacker_init(&from, bytes->data, bytes->len);
    CU_ASSERT_FATAL(card_unpack_host(&from, cards, refusals) &&
                    refusals->len == 0 &&
                    cards->len <= G_N_ELEMENTS(a->remotes));
    for (unsigned i = 0; i < cards->len; i++) {
        a->cards[i] = cards->pdata[i];
        remote_init(&a->remotes[i], a->cards[i], 1, &a->link);
    }
    a->remote_n = cards->len;
}

struct abroad *abroad_open(const char *conf_text, const char *dir)
{
    struct abroad *a = g_new0(struct abroad, 1);
    GError *error = NULL;
    limits_default(&a->limits);
    CU_ASSERT_FATAL(conf_parse(conf_text, strlen(conf_text), "plugins.conf",
                               dir, &a->conf, &error));
    open_away(a);
    const struct scanner *foreign[G_N_ELEMENTS(a->remotes)];
    for (size_t i = 0; i < a->remote_n; i++)
        foreign[i] = &a->remotes[i].scanner;
    struct host_how how = {.conf = a->conf,
                           .limits = &a->limits,
                           .class_name = "main",
                           .foreign = foreign,
                           .foreign_n = a->remote_n};
    CU_ASSERT_FATAL(host_open(&how, &a->home, &error));
    a->home_plan = (struct scan_plan){.scanners = a->home->scanners,
                                      .scanner_n = a->home->scanner_n,
                                      .limits = a->limits};
    a->away_plan = (struct scan_plan){.scanners = a->away->scanners,
                                      .scanner_n = a->away->scanner_n,
                                      .limits = a->limits};
    a->arena = share(ABROAD_ARENA, &a->arena_seen);
    a->raw = share(ABROAD_RAW, &a->raw_seen);
    lend_init(&a->link.lend, a->arena, ABROAD_ARENA);
    a->link.ask = ask;
    a->link.self = a;
    a->link.question_max = 1 << 20;
    a->guest = guest_new(&a->away_plan);
    a->answer = g_byte_array_new();
    host_start(a->home);
    host_start(a->away);
    return a;
}

void abroad_free(struct abroad *a)
{
    host_stop(a->away);
    host_stop(a->home);
    guest_free(a->guest);
    remote_link_clear(&a->link);
    host_close(a->home);
    host_close(a->away);
    for (size_t i = 0; i < a->remote_n; i++)
        card_free(a->cards[i]);
    munmap(a->arena, ABROAD_ARENA);
    munmap(a->raw, ABROAD_RAW);
    unshare_view(a->arena_seen, ABROAD_ARENA);
    unshare_view(a->raw_seen, ABROAD_RAW);
    g_byte_array_unref(a->answer);
    conf_free(a->conf);
    g_free(a);
}

struct scan *abroad_scan(struct abroad *a, const void *mail, size_t n,
                         const struct session *session,
                         const struct resolver *resolver,
                         struct message **message)
{
    CU_ASSERT_FATAL(n <= ABROAD_RAW);
    memcpy(a->raw, mail, n);
    g_autoptr(GBytes) raw = g_bytes_new_static(a->raw, n);
    a->view = (struct guest_view){
        .message = a->view.message + 1,
        .raw = a->raw_seen,
        .raw_n = n,
        .arena = a->arena_seen,
        .arena_n = ABROAD_ARENA,
        .answer_max = ABROAD_ARENA,
    };
    a->home_plan.resolver = resolver;
    lend_begin(&a->link.lend, a->raw, n);
    *message = message_new(raw, session, &a->limits);
    return scan_run(&a->home_plan, *message, 1000000000);
}
