/* SPDX-License-Identifier: MIT */
#include "pool/hello.h"
#include "seed.h"
#include "unit.h"

#include <glib.h>

#include <string.h>

enum {
    SCANNERS = 3,
    ROOM = 8192
};

/* What a worker wrote, and how much of it. */
struct said {
    uint8_t room[ROOM];
    size_t n;
};

/* See tests/fuzz/fuzz_hello.c. */
static void keep_seed(const struct said *said)
{
    static unsigned number;
    const uint8_t head = SCANNERS;
    g_autofree char *name = g_strdup_printf("hello-%u", number++);
    g_autoptr(GByteArray) seed = g_byte_array_new();
    g_byte_array_append(seed, &head, 1);
    g_byte_array_append(seed, said->room, (unsigned)said->n);
    seed_keep(name, seed->data, seed->len);
}

static void say(const struct hello *hello, struct said *out)
{
    struct packer to;
    packer_fixed(&to, out->room, sizeof out->room);
    hello_pack(hello, &to);
    CU_ASSERT_FALSE(to.is_full);
    out->n = to.n;
    keep_seed(out);
}

static bool hear(const void *p, size_t n, struct hello *out)
{
    struct unpacker from;
    unpacker_init(&from, p, n);
    return hello_unpack(&from, SCANNERS, out);
}

static void what_is_down_arrives_clean(void)
{
    struct hello hello = {0};
    struct hello got = {0};
    struct said said;
    hello_add(&hello, 0, "no\ndatabase");
    hello_add(&hello, 2, "no licence");
    hello.sandbox.landlock_abi = 2;
    hello.sandbox.words[SANDBOX_SECCOMP].state = SANDBOX_GIVEN;
    say(&hello, &said);
    CU_ASSERT_TRUE_FATAL(hear(said.room, said.n, &got));
    CU_ASSERT_EQUAL_FATAL(got.downs->len, 2);
    const struct hello_down *down = got.downs->pdata[0];
    CU_ASSERT_EQUAL(down->scanner, 0);
    CU_ASSERT_STRING_EQUAL(down->text, "no\\x0Adatabase");
    down = got.downs->pdata[1];
    CU_ASSERT_EQUAL(down->scanner, 2);
    CU_ASSERT_EQUAL(got.sandbox.landlock_abi, 2);
    CU_ASSERT_EQUAL(got.sandbox.words[SANDBOX_SECCOMP].state, SANDBOX_GIVEN);
    hello_clear(&got);
    hello_clear(&hello);
}

static void a_report_of_nonsense_is_mended(void)
{
    struct hello hello = {0};
    struct hello got = {0};
    struct said said;
    memset(&hello.sandbox, 0xff, sizeof hello.sandbox);
    say(&hello, &said);
    CU_ASSERT_TRUE_FATAL(hear(said.room, said.n, &got));
    CU_ASSERT_PTR_NULL(got.downs);
    for (unsigned i = 0; i < SANDBOX_MEASURES; i++) {
        CU_ASSERT(got.sandbox.words[i].state <= SANDBOX_MISSING);
        CU_ASSERT(
            strnlen(got.sandbox.words[i].why, sizeof got.sandbox.words[i].why) <
            sizeof got.sandbox.words[i].why);
    }
    hello_clear(&got);
}

static void what_cannot_be_is_refused(void)
{
    static const uint32_t wrong[][2] = {{1, 1}, {2, 1}, {0, SCANNERS}};
    struct hello got = {0};
    struct said said;
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        struct hello hello = {0};
        hello_add(&hello, wrong[i][0], "x");
        hello_add(&hello, wrong[i][1], "x");
        say(&hello, &said);
        CU_ASSERT_FALSE(hear(said.room, said.n, &got));
        hello_clear(&hello);
    }
    struct hello hello = {0};
    hello_add(&hello, 1, "x");
    say(&hello, &said);
    for (size_t n = 0; n < said.n; n++) {
        g_autofree uint8_t *cut = g_memdup2(said.room, n);
        CU_ASSERT_FALSE(hear(cut, n, &got));
    }
    CU_ASSERT_FALSE(hear(said.room, said.n + 1, &got));
    CU_ASSERT_PTR_NULL(got.downs);
    hello_clear(&hello);
}

UNIT_MAIN("hello", UNIT(what_is_down_arrives_clean),
          UNIT(a_report_of_nonsense_is_mended), UNIT(what_cannot_be_is_refused))
