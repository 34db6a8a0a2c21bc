/* SPDX-License-Identifier: MIT */
#include "../../plugins/archive/uu.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

/* What came out of the block at hand. */
static struct {
    char out[8192];
    size_t n;
    size_t room;
} taken;

static bool take(void *self, const uint8_t *p, size_t n)
{
    (void)self;
    if (n > taken.room - taken.n)
        return false;
    memcpy(taken.out + taken.n, p, n);
    taken.n += n;
    return true;
}

static const uint8_t *bytes(const char *text)
{
    return (const uint8_t *)text;
}

/* Decodes the first block of `text`; 0 when there is none. */
static int decode(const char *text, struct uu_block *block)
{
    size_t n = strlen(text);

    taken.n = 0;
    taken.room = sizeof taken.out;
    if (!uu_find(bytes(text), n, 0, block))
        return 0;
    return (int)uu_decode(bytes(text), n, block, take, NULL);
}

static bool came(const char *text)
{
    return taken.n == strlen(text) && memcmp(taken.out, text, taken.n) == 0;
}

static void a_block_is_found_in_text_and_decoded(void)
{
    static const char text[] = "Hello,\n\nbegin 644 cat.txt\n#0V%T\n`\nend\n"
                               "bye\n";
    struct uu_block block;

    CU_ASSERT_EQUAL(decode(text, &block), UU_DONE);
    CU_ASSERT_TRUE(came("Cat"));
    CU_ASSERT_EQUAL(block.name_n, 7);
    CU_ASSERT_NSTRING_EQUAL(block.name, "cat.txt", 7);
    CU_ASSERT_STRING_EQUAL(text + block.after, "bye\n");
}

static void base64_is_decoded_too(void)
{
    struct uu_block block;

    CU_ASSERT_EQUAL(
        decode("begin-base64 755 a b.bin\nQ2F0cw==\n====\n", &block), UU_DONE);
    CU_ASSERT_TRUE(came("Cats"));
    CU_ASSERT_TRUE(block.is_base64);
    CU_ASSERT_NSTRING_EQUAL(block.name, "a b.bin", block.name_n);
}

static void every_line_end_and_lost_blanks_are_borne(void)
{
    static const char *const texts[] = {
        "begin 644 x\r\n#0V%T\r\n`\r\nend\r\n",
        "begin 644 x\r#0V%T\r`\rend\r",
        "begin 644 x\n#0V%T\n \nend",        /* blank for grave */
        "begin 644 x\n#0V%T\n\nend\n",       /* its blank lost */
        "begin 644 x\n#0V%T\nend\n",         /* no empty line */
        "begin 0644  x \n#0V%TZ\n`\nend \n", /* check character */
    };
    struct uu_block block;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        CU_ASSERT_EQUAL(decode(texts[i], &block), UU_DONE);
        CU_ASSERT_TRUE(came("Cat"));
    }
    /* "C\0\0" ends in blanks, which a gateway has cut off. */
    CU_ASSERT_EQUAL(decode("begin 644 x\n#0P\n`\nend\n", &block), UU_DONE);
    CU_ASSERT_EQUAL(taken.n, 3);
    CU_ASSERT_EQUAL(memcmp(taken.out, "C\0\0", 3), 0);
}

static void prose_is_no_block(void)
{
    static const char *const texts[] = {
        "begin",
        "begin 644",
        "begin 644 ",
        "begin 64 name\n#0V%T\n`\nend\n",
        "begin 64444 name\n#0V%T\n`\nend\n",
        "begin 648 name\n#0V%T\n`\nend\n",
        "beginning 644 name\n#0V%T\n`\nend\n",
        "to begin 644 name\n#0V%T\n`\nend\n",
        "begin 644 to read\nand stop here.\n",
        "begin 644 to read\nAND STOP HERE.\n", /* far too short for its 'A' */
        "begin 644 to read\n\nand then.\n",
        "begin 644 to read",
        "begin-base64 644 to read\nIt is done.\n",
    };
    struct uu_block block;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        CU_ASSERT_EQUAL(decode(texts[i], &block), 0);
}

static void an_empty_file_is_a_block(void)
{
    struct uu_block block;

    CU_ASSERT_EQUAL(decode("begin 644 x\n`\nend\n", &block), UU_DONE);
    CU_ASSERT_EQUAL(taken.n, 0);
    CU_ASSERT_EQUAL(decode("begin 644 x\nend\n", &block), UU_DONE);
    CU_ASSERT_EQUAL(taken.n, 0);
}

static void what_is_cut_or_broken_is_told_and_kept(void)
{
    struct uu_block block;

    CU_ASSERT_EQUAL(decode("begin 644 x\n#0V%T\n", &block), UU_TRUNCATED);
    CU_ASSERT_TRUE(came("Cat"));
    CU_ASSERT_EQUAL(decode("begin 644 x\n#0V%T\n`\n", &block), UU_TRUNCATED);
    CU_ASSERT_EQUAL(decode("begin 644 x\n#0V%T\nthe end\n", &block),
                    UU_DAMAGED);
    CU_ASSERT_TRUE(came("Cat"));
    CU_ASSERT_EQUAL(decode("begin 644 x\n#0V%T\n`\nthe end\n", &block),
                    UU_DAMAGED);
    CU_ASSERT_EQUAL(decode("begin-base64 644 x\nQ2F0\n", &block), UU_TRUNCATED);
    CU_ASSERT_TRUE(came("Cat"));
}

static void every_block_is_found(void)
{
    static const char text[] = "begin 644 1\n#0V%T\n`\nend\nbegin 644 2\n"
                               "#0V%T\ntext\nbegin 644 3\n#0V%T\n`\nend\n";
    struct uu_block block = {0};
    size_t at = 0;

    for (char name = '1'; name <= '3'; name++) {
        CU_ASSERT_TRUE_FATAL(uu_find(bytes(text), strlen(text), at, &block));
        CU_ASSERT_EQUAL(block.name[0], name);
        taken.n = 0;
        uu_decode(bytes(text), strlen(text), &block, take, NULL);
        CU_ASSERT_TRUE(came("Cat"));
        CU_ASSERT_TRUE(block.after > at);
        at = block.after;
    }
    CU_ASSERT_FALSE(uu_find(bytes(text), strlen(text), at, &block));
}

static void a_taker_that_has_enough_stops_it(void)
{
    static char text[40000];
    struct uu_block block;
    size_t n = 0;

    n += (size_t)snprintf(text, sizeof text, "begin 644 x\n");
    while (n + 100 < sizeof text) {
        text[n] = 'M';
        memset(text + n + 1, '!', 60);
        text[n + 61] = '\n';
        n += 62;
    }
    taken.n = 0;
    taken.room = 100;
    CU_ASSERT_TRUE_FATAL(uu_find(bytes(text), n, 0, &block));
    CU_ASSERT_EQUAL(uu_decode(bytes(text), n, &block, take, NULL), UU_STOPPED);
}

UNIT_MAIN("archive uu", UNIT(a_block_is_found_in_text_and_decoded),
          UNIT(base64_is_decoded_too),
          UNIT(every_line_end_and_lost_blanks_are_borne),
          UNIT(prose_is_no_block), UNIT(an_empty_file_is_a_block),
          UNIT(what_is_cut_or_broken_is_told_and_kept),
          UNIT(every_block_is_found), UNIT(a_taker_that_has_enough_stops_it))
