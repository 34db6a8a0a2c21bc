/* SPDX-License-Identifier: MIT */
/*
 * An MTA that was taken over, or is none.  However its bytes are cut into pieces, the
 * filter says the same; it keeps no more than its bounds; all it says is well made, and
 * no header that it adds holds another one.
 *
 * Input: one byte (stages to ask at; 0x40: body packets are answered; 0x80: what comes
 * is after a negotiation), one byte (how to answer), then what the MTA sends.
 */
#include "front/milter_inside.h"
#include "front/milter_session.h"

#include <glib.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    SKIPS = 0x40,
    NEGOTIATED = 0x80,
    MESSAGE_MAX = 2000,
    ENVELOPE_MAX = 1000
};

/* One run over the input. */
struct run {
    struct milter_session *session;
    GByteArray *said;
    uint8_t seed;
    bool is_late; /* questions are answered from outside */
    unsigned open;
};

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

static enum milter_response verdict_of(enum milter_stage stage, uint8_t dice)
{
    static const enum milter_response verdicts[] = {
        MILTER_CONTINUE, MILTER_CONTINUE, MILTER_CONTINUE, MILTER_ACCEPT,
        MILTER_REJECT,   MILTER_TEMPFAIL, MILTER_DISCARD,  MILTER_REPLY_CODE};
    enum milter_response verdict = verdicts[dice % G_N_ELEMENTS(verdicts)];
    return verdict == MILTER_DISCARD && stage < MILTER_STAGE_MAIL
               ? MILTER_REJECT
               : verdict;
}

/* A header made of the message's own bytes, if it can be one. */
static void answer(struct run *run)
{
    enum milter_stage stage = milter_session_is_asking(run->session);
    enum milter_response verdict = verdict_of(stage, run->seed++);
    g_autofree char *text = NULL;
    GBytes *message = milter_session_message(run->session);
    if (message != NULL && g_bytes_get_size(message) > 0)
        text = g_strndup(g_bytes_get_data(message, NULL),
                         g_bytes_get_size(message));
    struct milter_reply reply = {550, NULL, text == NULL ? "No" : text};
    struct milter_edit edits[] = {
        {MILTER_EDIT_ADD_HEADER, 0, "X-Copy", text, NULL},
        {MILTER_EDIT_ADD_RCPT, 0, text, NULL, NULL},
        {MILTER_EDIT_DELETE_HEADER, 1, text, NULL, NULL}};
    bool may_edit = stage == MILTER_STAGE_END && text != NULL &&
                    (verdict == MILTER_CONTINUE || verdict == MILTER_ACCEPT);
    struct milter_answer full = {
        .verdict = verdict,
        .reply = verdict == MILTER_REPLY_CODE ? &reply : NULL,
        .edits = &edits[run->seed % G_N_ELEMENTS(edits)],
        .edit_n = may_edit ? 1 : 0};
    struct milter_answer plain = {.verdict = MILTER_TEMPFAIL};
    g_autoptr(GError) error = NULL;
    run->open = 0;
    if (!milter_session_answer(run->session, &full, &error)) {
        require(error != NULL);
        require(milter_session_is_asking(run->session) == stage);
        require(milter_session_answer(run->session, &plain, NULL));
    }
}

static void asked(void *self, struct milter_session *session,
                  enum milter_stage stage)
{
    struct run *run = self;
    require(milter_session_is_asking(session) == stage && run->open == 0);
    run->open = 1;
    if (stage == MILTER_STAGE_END)
        require((milter_session_message(session) == NULL) ==
                session->is_too_large);
    if (!run->is_late)
        answer(run);
}

static void aborted(void *self, struct milter_session *session)
{
    struct run *run = self;
    run->open = 0;
    require(milter_session_is_asking(session) == MILTER_STAGE_NONE);
    require(!milter_session_answer(
        session, &(struct milter_answer){.verdict = MILTER_ACCEPT}, NULL));
}

static const struct milter_owner owner = {asked, NULL, aborted};

static void check_bounds(const struct milter_session *session)
{
    require(session->input->len <= MILTER_PACKET_MAX);
    require(session->message.bytes == NULL ||
            session->message.bytes->len <= MESSAGE_MAX);
    require(session->raw == NULL ||
            g_bytes_get_size(session->raw) <= MESSAGE_MAX);
    require(session->envelope_bytes <= ENVELOPE_MAX);
    require(session->facts->rcpts->len * 64 <= ENVELOPE_MAX);
    for (size_t i = 0; i < MILTER_SETS; i++)
        require(session->macros.sets[i] == NULL ||
                session->macros.sets[i]->len <= MILTER_DATA_MAX);
}

static void hear(struct run *run)
{
    size_t n = 0;
    const uint8_t *p = milter_session_output(run->session, &n);
    if (n > 0)
        g_byte_array_append(run->said, p, (unsigned)n);
    milter_session_sent(run->session, n);
    check_bounds(run->session);
}

/* Bytes of one feed: all, or by chance few. */
static size_t piece(uint32_t *chance, size_t left)
{
    if (*chance == 0)
        return left;
    *chance = *chance * 1664525U + 1013904223U;
    return MIN(left, 1 + (*chance >> 24) % 40);
}

static GByteArray *talk(const uint8_t *data, size_t size, uint32_t chance,
                        bool is_late)
{
    static const uint8_t offer[] = {0, 0, 0, 13,   'O', 0,    0,    0,   6,
                                    0, 0, 1, 0xff, 0,   0x1f, 0xff, 0xff};
    struct milter_options options = {.asks = data[0] & 0x3e,
                                     .actions = 0x1ff,
                                     .max_message_bytes = MESSAGE_MAX,
                                     .max_envelope_bytes = ENVELOPE_MAX,
                                     .skips_body = (data[0] & SKIPS) != 0};
    struct run run = {.seed = data[1], .is_late = is_late};
    run.said = g_byte_array_new();
    run.session = milter_session_new(&options, &owner, &run);
    if (data[0] & NEGOTIATED)
        milter_session_feed(run.session, offer, sizeof offer);
    for (size_t at = 2; at < size;) {
        size_t n = piece(&chance, size - at);
        size_t taken = milter_session_feed(run.session, data + at, n);
        at += taken;
        hear(&run);
        const char *why = NULL;
        if (milter_session_is_over(run.session, &why))
            break;
        require(taken == n || run.open == 1);
        /* Sometimes there is more to read before the answer is known. */
        if (run.open == 1 && (taken < n || at == size || chance % 3 == 0)) {
            milter_session_progress(run.session);
            answer(&run);
            hear(&run);
        }
    }
    if (chance % 2 == 1)
        milter_session_hang_up(run.session);
    milter_session_free(run.session);
    return run.said;
}

/* A value of one header and no more. */
static void check_header(const uint8_t *p, size_t n)
{
    const uint8_t *nul = memchr(p, '\0', n);
    require(nul != NULL && nul > p && n >= 2 && p[n - 1] == '\0');
    const char *value = (const char *)nul + 1;
    require((size_t)(nul - p) + 1 + strlen(value) + 1 == n);
    require(memchr(p, '\n', (size_t)(nul - p)) == NULL);
    for (; *value != '\0'; value++) {
        require(*value != '\r');
        require(*value != '\n' || value[1] == ' ' || value[1] == '\t');
    }
}

static void check_said(const GByteArray *said)
{
    for (size_t at = 0; at < said->len;) {
        const uint8_t *p = said->data + at;
        size_t left = said->len - at;
        require(left >= 5);
        size_t length =
            (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
        require(length >= 1 && length <= left - 4 &&
                length <= 1 + MILTER_DATA_MAX);
        require(memchr("Ocartdyspm+h", p[4], 12) != NULL);
        if (p[4] == 'h')
            check_header(p + 5, length - 1);
        if (p[4] == 'm')
            check_header(p + 9, length - 5);
        at += 4 + length;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    uint32_t chance = (uint32_t)data[1] << 8 | data[0] | 1;
    g_autoptr(GByteArray) whole = talk(data, size, 0, false);
    g_autoptr(GByteArray) cut = talk(data, size, chance, false);
    g_autoptr(GByteArray) late = talk(data, size, chance, true);
    require(whole->len == cut->len &&
            (whole->len == 0 || memcmp(whole->data, cut->data, cut->len) == 0));
    check_said(whole);
    check_said(late);
    return 0;
}
