/* SPDX-License-Identifier: MIT */
/*
 * Conversations that real MTAs had with tests/milter/echo.c, again: the filter says the
 * same, byte for byte and at the same places.  How they are kept: postfix.talk in tests/milter.
 */
#include "echo.h"
#include "unit.h"

#include <string.h>

/* One line of a talk. */
struct line {
    char side; /* '>' from the MTA, '<' from the filter */
    GByteArray *packet;
};

static void line_clear(void *at)
{
    g_byte_array_unref(((struct line *)at)->packet);
}

static uint8_t byte_of(const char **text)
{
    if ((*text)[0] != '\\')
        return (uint8_t) * (*text)++;
    CU_ASSERT_FATAL((*text)[1] == 'x' && g_ascii_isxdigit((*text)[2]) &&
                    g_ascii_isxdigit((*text)[3]));
    int value = g_ascii_xdigit_value((*text)[2]) * 16 +
                g_ascii_xdigit_value((*text)[3]);
    *text += 4;
    return (uint8_t)value;
}

/* "> C data": the packet with its length. */
static GByteArray *packet_of(const char *text)
{
    GByteArray *packet = g_byte_array_new();
    const uint8_t none[4] = {0};
    g_byte_array_append(packet, none, sizeof none);
    g_byte_array_append(packet, (const uint8_t *)text, 1);
    if (text[1] == ' ')
        for (const char *at = text + 2; *at != '\0';) {
            uint8_t byte = byte_of(&at);
            g_byte_array_append(packet, &byte, 1);
        }
    uint32_t length = GUINT32_TO_BE(packet->len - 4);
    memcpy(packet->data, &length, sizeof length);
    return packet;
}

static GArray *read_talk(const char *path)
{
    g_autofree char *text = NULL;
    CU_ASSERT_TRUE_FATAL(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GArray *talk = g_array_new(FALSE, FALSE, sizeof(struct line));
    g_array_set_clear_func(talk, line_clear);
    for (char **at = lines; *at != NULL; at++) {
        if (**at != '>' && **at != '<')
            continue;
        struct line line = {**at, packet_of(*at + 2)};
        g_array_append_val(talk, line);
    }
    CU_ASSERT_FATAL(talk->len > 40);
    return talk;
}

static void feed(struct milter_session *session, const GByteArray *packet,
                 size_t step)
{
    for (size_t at = 0; at < packet->len; at += step) {
        size_t n = MIN(step, packet->len - at);
        CU_ASSERT_EQUAL(milter_session_feed(session, packet->data + at, n), n);
    }
}

/* The next thing that the filter has said is this. */
static void hear(struct milter_session *session, const GByteArray *packet)
{
    size_t n = 0;
    const uint8_t *p = milter_session_output(session, &n);
    CU_ASSERT_FATAL(n >= packet->len);
    CU_ASSERT_EQUAL(memcmp(p, packet->data, packet->len), 0);
    milter_session_sent(session, packet->len);
}

static void play(const char *path, size_t step)
{
    g_autoptr(GArray) talk = read_talk(path);
    struct milter_options options = echo_options();
    struct echo echo = {0};
    struct milter_session *session =
        milter_session_new(&options, &echo_owner, &echo);
    for (unsigned i = 0; i < talk->len; i++) {
        const struct line *line = &g_array_index(talk, struct line, i);
        size_t n = 0;
        if (line->side == '<') {
            hear(session, line->packet);
            continue;
        }
        milter_session_output(session, &n);
        CU_ASSERT_EQUAL(n, 0);
        feed(session, line->packet, step);
    }
    const char *why = NULL;
    CU_ASSERT_TRUE(milter_session_is_over(session, &why));
    CU_ASSERT_PTR_NULL(why);
    CU_ASSERT_EQUAL(echo.messages, 2);
    milter_session_free(session);
}

static void postfix_is_answered_as_it_was(void)
{
    play("tests/milter/postfix.talk", 100000);
    play("tests/milter/postfix.talk", 1);
    play("tests/milter/postfix.talk", 7);
}

static void sendmail_is_answered_as_it_was(void)
{
    play("tests/milter/sendmail.talk", 100000);
    play("tests/milter/sendmail.talk", 1);
    play("tests/milter/sendmail.talk", 7);
}

UNIT_MAIN("milter talk", UNIT(postfix_is_answered_as_it_was),
          UNIT(sendmail_is_answered_as_it_was))
