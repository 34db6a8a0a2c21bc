/* SPDX-License-Identifier: MIT */
#include "front/milter_change.h"
#include "front/milter_edit.h"
#include "front/milter_reply.h"
#include "unit.h"

#include <string.h>

/* The packets of `out`, as "c i(...)", emptied.  Yours. */
static char *take(GByteArray *out)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (unsigned at = 0; at < out->len;) {
        CU_ASSERT_FATAL(out->len - at >= 5);
        const uint8_t *p = out->data + at;
        unsigned length = (unsigned)p[0] << 24 | (unsigned)p[1] << 16 |
                          (unsigned)p[2] << 8 | p[3];
        CU_ASSERT_FATAL(length >= 1 && length <= out->len - at - 4);
        g_string_append_printf(text, "%s%c", at == 0 ? "" : " ", p[4]);
        for (unsigned i = 5; i < 4 + length; i++) {
            if (p[i] < ' ' || p[i] > '~')
                g_string_append_printf(text, "\\%u", p[i]);
            else
                g_string_append_c(text, (char)p[i]);
        }
        at += 4 + length;
    }
    g_byte_array_set_size(out, 0);
    return g_strdup(text->str);
}

static void says(GByteArray *out, const char *wanted)
{
    g_autofree char *got = take(out);
    CU_ASSERT_STRING_EQUAL(got, wanted);
    if (strcmp(got, wanted) != 0)
        g_printerr("got \"%s\", not \"%s\"\n", got, wanted);
}

static void plain_responses_are_one_byte(void)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    milter_put_plain(out, MILTER_CONTINUE);
    CU_ASSERT_EQUAL(out->len, 5);
    CU_ASSERT_EQUAL(memcmp(out->data, "\0\0\0\1c", 5), 0);
    milter_put_plain(out, MILTER_ACCEPT);
    milter_put_plain(out, MILTER_REJECT);
    milter_put_plain(out, MILTER_TEMPFAIL);
    milter_put_plain(out, MILTER_DISCARD);
    milter_put_plain(out, MILTER_SKIP);
    milter_put_plain(out, MILTER_PROGRESS);
    milter_put_plain(out, MILTER_CONNECTION_FAIL);
    milter_put_plain(out, MILTER_SHUTDOWN);
    says(out, "c a r t d s p f 4");
}

static void macro_lists_follow_what_is_agreed_on(void)
{
    static const char *const lists[MILTER_LISTS] = {
        [MILTER_LIST_CONNECT] = "j", [MILTER_LIST_END] = "i {x}"};
    g_autoptr(GByteArray) out = g_byte_array_new();
    struct milter_offer agreed = {6, 0x101, 0x2};
    milter_put_agreed(out, &agreed, lists);
    says(out, "O\\0\\0\\0\\6\\0\\0\\1\\1\\0\\0\\0\\2"
              "\\0\\0\\0\\0j\\0\\0\\0\\0\\5i {x}\\0");
    agreed.actions = 1;
    milter_put_agreed(out, &agreed, lists);
    says(out, "O\\0\\0\\0\\6\\0\\0\\0\\1\\0\\0\\0\\2");
}

static void replies_are_smtp_replies(void)
{
    static const struct {
        struct milter_reply reply;
        const char *wanted; /* "": refused */
    } cases[] = {
        {{550, "5.7.1", "No"}, "y550 5.7.1 No\\0"},
        {{451, NULL, "Later"}, "y451 4.7.1 Later\\0"},
        {{554, NULL, ""}, "y554 5.7.1 \\0"},
        {{550, "5.7.1", "100% \"%s\""}, "y550 5.7.1 100%% \"%%s\"\\0"},
        {{421, "4.3.2", "one\ntwo\nthree"},
         "y421-4.3.2 one\\13\\10421-4.3.2 two\\13\\10421 4.3.2 three\\0"},
        {{550, "5.999.999", "x"}, "y550 5.999.999 x\\0"},
        {{250, "2.0.0", "Fine"}, ""},
        {{399, NULL, "x"}, ""},
        {{600, NULL, "x"}, ""},
        {{550, "4.7.1", "x"}, ""},
        {{550, "5.7", "x"}, ""},
        {{550, "5.7.1.1", "x"}, ""},
        {{550, "5.1000.1", "x"}, ""},
        {{550, "5.07.1", "x"}, ""},
        {{550, "5..1", "x"}, ""},
        {{550, "5.7.", "x"}, ""},
        {{550, "", "x"}, ""},
        {{550, "5.7.1 x", "x"}, ""},
        {{550, NULL, "a\rb"}, ""},
        {{550, NULL, "a\tb"}, ""},
        {{550, NULL, "caf\xc3\xa9"}, ""},
    };

    g_autoptr(GByteArray) out = g_byte_array_new();
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        CU_ASSERT_EQUAL(milter_put_reply(out, &cases[i].reply, &error),
                        *cases[i].wanted != '\0');
        CU_ASSERT_EQUAL(error == NULL, *cases[i].wanted != '\0');
        says(out, cases[i].wanted);
    }
}

static void reply_lines_and_their_number_are_bounded(void)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    /* 512 less "550 5.7.1 " and CRLF */
    g_autofree char *fits = g_strnfill(500, '%');
    g_autofree char *longer = g_strnfill(501, 'x');
    g_autofree char *many = g_strnfill(32, '\n');
    struct milter_reply reply = {550, "5.7.1", fits};
    CU_ASSERT_TRUE(milter_put_reply(out, &reply, NULL));
    CU_ASSERT_EQUAL(out->len, 5 + 10 + 1000 + 1);
    g_byte_array_set_size(out, 0);
    reply.text = longer;
    CU_ASSERT_FALSE(milter_put_reply(out, &reply, NULL));
    reply.text = many; /* 33 lines */
    CU_ASSERT_FALSE(milter_put_reply(out, &reply, NULL));
    CU_ASSERT_EQUAL(out->len, 0);
    reply.text = many + 1;
    CU_ASSERT_TRUE(milter_put_reply(out, &reply, NULL));
}

static void headers_are_put_with_their_blank(void)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    CU_ASSERT_TRUE(milter_put_add_header(out, "X-A", "1", NULL));
    says(out, "hX-A\\0 1\\0");
    CU_ASSERT_TRUE(milter_put_insert_header(out, 258, "X-A", "", NULL));
    says(out, "i\\0\\0\\1\\2X-A\\0 \\0");
    CU_ASSERT_TRUE(
        milter_put_change_header(out, 3, "To", "a\r\n b\n\tc", NULL));
    says(out, "m\\0\\0\\0\\3To\\0 a\\10 b\\10\\9c\\0");
    CU_ASSERT_TRUE(milter_put_delete_header(out, 1, "To", NULL));
    says(out, "m\\0\\0\\0\\1To\\0\\0");
    CU_ASSERT_FALSE(milter_put_change_header(out, 0, "To", "x", NULL));
    CU_ASSERT_FALSE(milter_put_delete_header(out, 0, "To", NULL));
    CU_ASSERT_FALSE(
        milter_put_change_header(out, 0x80000000U, "To", "x", NULL));
    CU_ASSERT_FALSE(milter_put_insert_header(out, INT32_MAX, "To", "x", NULL));
    CU_ASSERT_EQUAL(out->len, 0);
}

static void no_header_can_be_forged(void)
{
    static const char *const names[] = {"",    "A:",    "A B",
                                        "A\n", "A\x7f", "\xc3"};
    static const char *const values[] = {"a\nX: b", "a\r\nX: b", "a\rX: b",
                                         "a\n",     "a\r",       "\n\nbody"};
    g_autoptr(GByteArray) out = g_byte_array_new();
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GError) error = NULL;
        CU_ASSERT_FALSE(milter_put_add_header(out, names[i], "x", &error));
        CU_ASSERT_PTR_NOT_NULL(error);
        CU_ASSERT_FALSE(milter_put_delete_header(out, 1, names[i], NULL));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++)
        CU_ASSERT_FALSE(milter_put_add_header(out, "X", values[i], NULL));
    CU_ASSERT_EQUAL(out->len, 0);
}

static void no_packet_is_larger_than_an_mta_takes(void)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    /* "X\0", a blank, the value, NUL */
    g_autofree char *value = g_strnfill(65535 - 4 + 1, 'x');
    CU_ASSERT_FALSE(milter_put_add_header(out, "X", value, NULL));
    CU_ASSERT_EQUAL(out->len, 0);
    CU_ASSERT_TRUE(milter_put_add_header(out, "X", value + 1, NULL));
    CU_ASSERT_EQUAL(out->len, 4 + 1 + 65535);
}

static void envelopes_are_edited(void)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    CU_ASSERT_TRUE(milter_put_add_rcpt(out, "a@b", NULL, NULL));
    CU_ASSERT_TRUE(milter_put_add_rcpt(out, "a@b", "NOTIFY=NEVER", NULL));
    CU_ASSERT_TRUE(milter_put_delete_rcpt(out, "\"x y\"@b", NULL));
    CU_ASSERT_TRUE(milter_put_change_from(out, "", NULL, NULL));
    CU_ASSERT_TRUE(milter_put_change_from(out, "a@b", "SIZE=1", NULL));
    says(out, "+<a@b>\\0 2<a@b>\\0NOTIFY=NEVER\\0 -<\"x y\"@b>\\0 e<>\\0 "
              "e<a@b>\\0SIZE=1\\0");
    CU_ASSERT_FALSE(milter_put_add_rcpt(out, "a@b>\r\nRCPT TO:<c", NULL, NULL));
    CU_ASSERT_FALSE(milter_put_delete_rcpt(out, "a\n", NULL));
    CU_ASSERT_FALSE(milter_put_change_from(out, "a", "b\r", NULL));
    CU_ASSERT_TRUE(milter_put_quarantine(out, "why not", NULL));
    says(out, "qwhy not\\0");
    CU_ASSERT_FALSE(milter_put_quarantine(out, "", NULL));
    CU_ASSERT_FALSE(milter_put_quarantine(out, "a\nb", NULL));
    CU_ASSERT_EQUAL(out->len, 0);
}

static void bodies_go_in_chunks(void)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    g_autofree char *body = g_strnfill(65535 + 2, 'b');
    milter_put_body(out, (const uint8_t *)body, 65535);
    CU_ASSERT_EQUAL(out->len, 5 + 65535);
    g_byte_array_set_size(out, 0);
    milter_put_body(out, (const uint8_t *)body, 65537);
    CU_ASSERT_EQUAL(out->len, 5 + 65535 + 5 + 2);
    CU_ASSERT_EQUAL(memcmp(out->data + 5 + 65535, "\0\0\0\3bbb", 7), 0);
    g_byte_array_set_size(out, 0);
    milter_put_body(out, NULL, 0);
    says(out, "b\\13\\10");
}

UNIT_MAIN("milter reply", UNIT(plain_responses_are_one_byte),
          UNIT(macro_lists_follow_what_is_agreed_on),
          UNIT(replies_are_smtp_replies),
          UNIT(reply_lines_and_their_number_are_bounded),
          UNIT(headers_are_put_with_their_blank), UNIT(no_header_can_be_forged),
          UNIT(no_packet_is_larger_than_an_mta_takes),
          UNIT(envelopes_are_edited), UNIT(bodies_go_in_chunks))
