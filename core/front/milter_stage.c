/* SPDX-License-Identifier: MIT */
/* What the MTA says, packet by packet. */
#include "front/milter_facts.h"
#include "front/milter_inside.h"
#include "front/milter_offer.h"

#include <string.h>

enum {
    RCPT_COST = 64 /* of memory, beside the address */
};

#define STATE_BIT(state) (1U << (state))

bool milter_stage_expects(const struct milter_session *session,
                          enum milter_command command)
{
    static const unsigned opened = STATE_BIT(MILTER_STATE_OPEN);
    static const unsigned client =
        STATE_BIT(MILTER_STATE_READY) | STATE_BIT(MILTER_STATE_ENVELOPE) |
        STATE_BIT(MILTER_STATE_HEADERS) | STATE_BIT(MILTER_STATE_BODY);
    unsigned states = 0;
    switch (command) {
    case MILTER_NEGOTIATE:
        states = STATE_BIT(MILTER_STATE_START);
        break;
    case MILTER_CONNECT:
        states = opened;
        break;
    case MILTER_MACROS:
    case MILTER_ABORT:
    case MILTER_UNKNOWN:
    case MILTER_QUIT_NC:
        states = opened | client;
        break;
    case MILTER_QUIT:
        states = STATE_BIT(MILTER_STATE_START) | opened | client;
        break;
    case MILTER_HELO:
    case MILTER_MAIL:
        states = client;
        break;
    case MILTER_RCPT:
    case MILTER_DATA:
        states = STATE_BIT(MILTER_STATE_ENVELOPE);
        break;
    case MILTER_HEADER:
    case MILTER_EOH:
        states =
            STATE_BIT(MILTER_STATE_ENVELOPE) | STATE_BIT(MILTER_STATE_HEADERS);
        break;
    case MILTER_BODY:
    case MILTER_END:
        states = STATE_BIT(MILTER_STATE_BODY);
        break;
    }
    return (STATE_BIT(session->state) & states) != 0;
}

static bool is_waiting(const struct milter_session *session,
                       enum milter_command command)
{
    return !(session->agreed.protocol & milter_offer_no_reply(command));
}

/* Nobody here has to say anything to it. */
static void pass(struct milter_session *session, enum milter_command command)
{
    if (is_waiting(session, command))
        milter_put_plain(session->output, MILTER_CONTINUE);
}

static void reach(struct milter_session *session, enum milter_stage stage,
                  enum milter_command command)
{
    milter_facts_macros(session->facts, &session->macros);
    if (session->options.asks & MILTER_STAGE_BIT(stage)) {
        session->asking = stage;
        session->owner->asked(session->self, session, stage);
        return;
    }
    if (session->owner->told != NULL)
        session->owner->told(session->self, session, stage);
    pass(session, command);
}

static void negotiate(struct milter_session *session,
                      const struct milter_packet *packet)
{
    struct milter_offer offered;
    GError *error = NULL;
    if (!milter_read_offer(packet, &offered, &error) ||
        !milter_offer_agree(&offered, &session->options, &session->agreed,
                            &error)) {
        milter_session_fail(session, error);
        return;
    }
    milter_put_agreed(session->output, &session->agreed, milter_facts_lists);
    session->state = MILTER_STATE_OPEN;
}

static void take_macros(struct milter_session *session,
                        const struct milter_packet *packet)
{
    uint8_t command = 0;
    struct milter_strings pairs;
    GError *error = NULL;
    if (milter_read_macros(packet, &command, &pairs, &error))
        milter_macros_set(&session->macros, command, &pairs);
    else
        milter_session_fail(session, error);
}

static void connect_client(struct milter_session *session,
                           const struct milter_packet *packet)
{
    struct milter_connect connect;
    GError *error = NULL;
    if (!milter_read_connect(packet, &connect, &error)) {
        milter_session_fail(session, error);
        return;
    }
    milter_facts_connect(session->facts, &connect, &session->macros);
    session->state = MILTER_STATE_READY;
    reach(session, MILTER_STAGE_CONNECT, MILTER_CONNECT);
}

/* A client that is followed by another one on this connection. */
static void change_client(struct milter_session *session)
{
    milter_session_abort(session);
    milter_macros_clear(&session->macros, MILTER_SET_CONNECT);
    session_free(session->facts);
    session->facts = session_new();
    session->state = MILTER_STATE_OPEN;
}

/* H, M and R, whose first string counts.  An address is no good without its end. */
static const char *first_string(struct milter_session *session,
                                const struct milter_packet *packet)
{
    struct milter_strings strings;
    GError *error = NULL;
    if (!milter_read_strings(packet, &strings, &error)) {
        milter_session_fail(session, error);
        return NULL;
    }
    return milter_strings_next(&strings);
}

static void greet(struct milter_session *session,
                  const struct milter_packet *packet)
{
    const char *helo = first_string(session, packet);
    if (helo == NULL)
        return;
    milter_session_abort(session);
    g_free(session->facts->helo);
    session->facts->helo = g_strdup(helo);
    reach(session, MILTER_STAGE_HELO, MILTER_HELO);
}

static void begin_mail(struct milter_session *session,
                       const struct milter_packet *packet)
{
    const char *sender = first_string(session, packet);
    if (sender == NULL)
        return;
    milter_session_abort(session);
    /* Its own macros have come already; what is left is the last message's. */
    milter_macros_clear(&session->macros, MILTER_SET_RCPT);
    session->facts->mail_from = milter_facts_address(sender);
    session->state = MILTER_STATE_ENVELOPE;
    reach(session, MILTER_STAGE_MAIL, MILTER_MAIL);
}

static void add_rcpt(struct milter_session *session,
                     const struct milter_packet *packet)
{
    static const struct milter_reply too_many = {452, "4.5.3",
                                                 "Too many recipients"};
    const char *rcpt = first_string(session, packet);
    if (rcpt == NULL)
        return;
    size_t cost = strlen(rcpt) + RCPT_COST;
    if (cost > session->options.max_envelope_bytes - session->envelope_bytes) {
        if (is_waiting(session, MILTER_RCPT))
            milter_put_reply(session->output, &too_many, NULL);
        else
            session->has_too_many_rcpts = true;
        return;
    }
    session->envelope_bytes += cost;
    g_ptr_array_add(session->facts->rcpts, milter_facts_address(rcpt));
    reach(session, MILTER_STAGE_RCPT, MILTER_RCPT);
}

static void add_header(struct milter_session *session,
                       const struct milter_packet *packet)
{
    const char *name = NULL;
    const char *value = NULL;
    GError *error = NULL;
    if (!milter_read_header(packet, &name, &value, &error)) {
        milter_session_fail(session, error);
        return;
    }
    session->state = MILTER_STATE_HEADERS;
    milter_message_header(&session->message, name, value);
    pass(session, MILTER_HEADER);
}

static void end_header(struct milter_session *session)
{
    session->state = MILTER_STATE_BODY;
    milter_message_eoh(&session->message);
    reach(session, MILTER_STAGE_EOH, MILTER_EOH);
}

static void add_body(struct milter_session *session,
                     const struct milter_packet *packet)
{
    milter_message_body(&session->message, packet->data, packet->size);
    if (!is_waiting(session, MILTER_BODY))
        return;
    bool skips = session->message.is_too_large && !session->has_skipped &&
                 (session->agreed.protocol & MILTER_CAN_SKIP);
    session->has_skipped |= skips;
    milter_put_plain(session->output, skips ? MILTER_SKIP : MILTER_CONTINUE);
}

/* Older MTAs send the body's last piece with it. */
static void end_message(struct milter_session *session,
                        const struct milter_packet *packet)
{
    milter_message_body(&session->message, packet->data, packet->size);
    session->is_too_large = session->message.is_too_large;
    session->raw = milter_message_steal(&session->message);
    reach(session, MILTER_STAGE_END, MILTER_END);
}

static void abort_message(struct milter_session *session)
{
    milter_session_abort(session);
    milter_macros_clear(&session->macros, MILTER_SET_MAIL);
}

void milter_stage_take(struct milter_session *session,
                       const struct milter_packet *packet)
{
    switch (packet->command) {
    case MILTER_NEGOTIATE:
        negotiate(session, packet);
        break;
    case MILTER_MACROS:
        take_macros(session, packet);
        break;
    case MILTER_CONNECT:
        connect_client(session, packet);
        break;
    case MILTER_HELO:
        greet(session, packet);
        break;
    case MILTER_MAIL:
        begin_mail(session, packet);
        break;
    case MILTER_RCPT:
        add_rcpt(session, packet);
        break;
    case MILTER_HEADER:
        add_header(session, packet);
        break;
    case MILTER_EOH:
        end_header(session);
        break;
    case MILTER_BODY:
        add_body(session, packet);
        break;
    case MILTER_END:
        end_message(session, packet);
        break;
    case MILTER_ABORT:
        abort_message(session);
        break;
    case MILTER_QUIT_NC:
        change_client(session);
        break;
    case MILTER_QUIT:
        milter_session_hang_up(session);
        break;
    case MILTER_DATA:
    case MILTER_UNKNOWN:
        pass(session, packet->command);
        break;
    }
}
