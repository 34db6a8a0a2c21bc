/* SPDX-License-Identifier: MIT */
#include "mta.h"

#include <CUnit/CUnit.h>

#include <string.h>

static const char *const names[] = {"none", "connect", "helo", "mail",
                                    "rcpt", "eoh",     "end"};

static void keep(struct mta *mta, struct milter_session *session)
{
    const struct session *facts = milter_session_facts(session);
    GBytes *message = milter_session_message(session);
    g_clear_pointer(&mta->message, g_bytes_unref);
    mta->message = message == NULL ? NULL : g_bytes_ref(message);
    mta->whole = milter_session_whole(session);
    g_free(mta->queue_id);
    mta->queue_id = g_strdup(facts->queue_id);
    g_autoptr(GString) rcpts = g_string_new(NULL);
    for (unsigned i = 0; i < facts->rcpts->len; i++)
        g_string_append_printf(rcpts, "%s%s", i == 0 ? "" : ",",
                               (const char *)facts->rcpts->pdata[i]);
    g_free(mta->rcpts);
    mta->rcpts = g_strdup(rcpts->str);
}

static void note(struct mta *mta, const char *text, const char *mark)
{
    if (mta->events->len > 0)
        g_string_append_c(mta->events, ' ');
    g_string_append_printf(mta->events, "%s%s", text, mark);
}

static void asked(void *self, struct milter_session *session,
                  enum milter_stage stage)
{
    struct mta *mta = self;
    note(mta, names[stage], "?");
    if (stage == MILTER_STAGE_END)
        keep(mta, session);
    if (mta->answers[stage].verdict != 0)
        CU_ASSERT_TRUE(
            milter_session_answer(session, &mta->answers[stage], NULL));
}

static void told(void *self, struct milter_session *session,
                 enum milter_stage stage)
{
    (void)session;
    note(self, names[stage], "");
}

static void aborted(void *self, struct milter_session *session)
{
    (void)session;
    note(self, "aborted", "");
}

static const struct milter_owner owner = {asked, told, aborted};

struct milter_options mta_options(void)
{
    return (struct milter_options){
        .actions = MTA_ACTIONS,
        .max_message_bytes = 1000,
        .max_envelope_bytes = 1000,
    };
}

struct mta *mta_new(const struct milter_options *options)
{
    struct mta *mta = g_new0(struct mta, 1);
    mta->events = g_string_new(NULL);
    mta->answers[MILTER_STAGE_END].verdict = MILTER_CONTINUE;
    mta->session = milter_session_new(options, &owner, mta);
    return mta;
}

void mta_free(struct mta *mta)
{
    milter_session_free(mta->session);
    g_string_free(mta->events, TRUE);
    g_clear_pointer(&mta->message, g_bytes_unref);
    g_free(mta->queue_id);
    g_free(mta->rcpts);
    g_free(mta);
}

void mta_say(struct mta *mta, char command, const void *data, size_t n)
{
    g_autoptr(GByteArray) packet = g_byte_array_new();
    uint32_t length = GUINT32_TO_BE((uint32_t)n + 1);
    g_byte_array_append(packet, (const guint8 *)&length, sizeof length);
    g_byte_array_append(packet, (const guint8 *)&command, 1);
    if (n > 0)
        g_byte_array_append(packet, data, (unsigned)n);
    size_t taken = milter_session_feed(mta->session, packet->data, packet->len);
    CU_ASSERT_EQUAL(taken, packet->len);
}

void mta_offer(struct mta *mta, uint32_t actions, uint32_t protocol)
{
    uint32_t offer[] = {GUINT32_TO_BE(6), GUINT32_TO_BE(actions),
                        GUINT32_TO_BE(protocol)};
    mta_say(mta, 'O', offer, sizeof offer);
}

void mta_greet(struct mta *mta)
{
    mta_offer(mta, MTA_ACTIONS, MTA_PROTOCOL);
    SAY(mta, 'C',
        "mail.example.org\0004\x1f\x90"
        "192.0.2.1");
    SAY(mta, 'H', "mail.example.org");
    mta_hear(mta);
    mta_events(mta);
}

static void show(GString *to, const uint8_t *p, size_t n)
{
    g_string_append_printf(to, "%s%c", to->len > 0 ? " " : "", p[0]);
    if (n == 1)
        return;
    g_string_append_c(to, '(');
    for (size_t i = 1; i < n; i++) {
        if (p[i] == '\0')
            g_string_append(to, "\\0");
        else if (p[i] < ' ' || p[i] > '~')
            g_string_append_printf(to, "\\x%02x", p[i]);
        else
            g_string_append_c(to, (char)p[i]);
    }
    g_string_append_c(to, ')');
}

const char *mta_hear(struct mta *mta)
{
    static GString *heard;
    if (heard == NULL)
        heard = g_string_new(NULL);
    g_string_truncate(heard, 0);
    size_t n = 0;
    const uint8_t *p = milter_session_output(mta->session, &n);
    for (size_t at = 0; at < n;) {
        uint32_t length = 0;
        memcpy(&length, p + at, sizeof length);
        length = GUINT32_FROM_BE(length);
        CU_ASSERT_FATAL(length >= 1 && length <= n - at - sizeof length);
        show(heard, p + at + sizeof length, length);
        at += sizeof length + length;
    }
    milter_session_sent(mta->session, n);
    return heard->str;
}

const char *mta_events(struct mta *mta)
{
    static char *last;
    g_free(last);
    last = g_strdup(mta->events->str);
    g_string_truncate(mta->events, 0);
    return last;
}

bool mta_answer(struct mta *mta, enum milter_response verdict)
{
    struct milter_answer answer = {.verdict = verdict};
    return milter_session_answer(mta->session, &answer, NULL);
}

void mta_send_message(struct mta *mta)
{
    SAY(mta, 'M', "<a@example.org>");
    SAY(mta, 'R', "<b@example.net>");
    SAY(mta, 'L', "Subject\0 x");
    SAY_NOTHING(mta, 'N');
    mta_say(mta, 'B', "hello\r\n", 7);
    SAY_NOTHING(mta, 'E');
}

bool mta_is_message(const struct mta *mta, const char *wanted)
{
    size_t n = 0;
    const void *p =
        mta->message == NULL ? NULL : g_bytes_get_data(mta->message, &n);
    return p != NULL && n == strlen(wanted) && memcmp(p, wanted, n) == 0;
}

void mta_begin_message(struct mta *mta, int n)
{
    if (n > 0)
        SAY(mta, 'M', "<old@example.org>");
    if (n > 1)
        SAY(mta, 'R', "<old@example.net>");
    if (n > 2)
        SAY(mta, 'L', "Old\0 x");
    if (n > 3)
        SAY_NOTHING(mta, 'N');
    if (n > 4)
        mta_say(mta, 'B', "old", 3);
}
