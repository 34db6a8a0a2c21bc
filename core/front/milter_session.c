/* SPDX-License-Identifier: MIT */
#include "front/milter_session.h"

#include "base/error.h"
#include "front/milter_facts.h"
#include "front/milter_inside.h"

#define MESSAGE_MAX ((size_t)1024 * 1024 * 1024)

struct milter_session *milter_session_new(const struct milter_options *options,
                                          const struct milter_owner *owner,
                                          void *self)
{
    g_assert(options->max_message_bytes > 0 &&
             options->max_message_bytes <= MESSAGE_MAX);
    struct milter_session *session = g_new0(struct milter_session, 1);
    session->options = *options;
    session->options.asks |= MILTER_STAGE_BIT(MILTER_STAGE_END);
    session->owner = owner;
    session->self = self;
    session->input = g_byte_array_new();
    session->output = g_byte_array_new();
    session->message.max = options->max_message_bytes;
    session->facts = session_new();
    return session;
}

void milter_session_free(struct milter_session *session)
{
    if (session == NULL)
        return;
    g_byte_array_unref(session->input);
    g_byte_array_unref(session->output);
    g_free(session->why);
    milter_macros_clear(&session->macros, MILTER_SET_CONNECT);
    milter_message_clear(&session->message);
    g_clear_pointer(&session->raw, g_bytes_unref);
    session_free(session->facts);
    g_free(session);
}

void milter_session_forget(struct milter_session *session)
{
    session->asking = MILTER_STAGE_NONE;
    milter_message_clear(&session->message);
    g_clear_pointer(&session->raw, g_bytes_unref);
    milter_facts_end(session->facts);
    session->envelope_bytes = 0;
    session->has_too_many_rcpts = false;
    session->is_too_large = false;
    session->has_skipped = false;
    if (session->state >= MILTER_STATE_ENVELOPE &&
        session->state <= MILTER_STATE_BODY)
        session->state = MILTER_STATE_READY;
}

bool milter_session_is_in_mail(const struct milter_session *session)
{
    return session->asking != MILTER_STAGE_NONE ||
           (session->state >= MILTER_STATE_ENVELOPE &&
            session->state <= MILTER_STATE_BODY);
}

void milter_session_abort(struct milter_session *session)
{
    bool is_open = milter_session_is_in_mail(session);
    session->asking = MILTER_STAGE_NONE;
    if (is_open && session->owner->aborted != NULL)
        session->owner->aborted(session->self, session);
    milter_session_forget(session);
}

void milter_session_fail(struct milter_session *session, GError *error)
{
    milter_session_abort(session);
    session->state = MILTER_STATE_OVER;
    session->why = g_strdup(error->message);
    g_error_free(error);
}

void milter_session_hang_up(struct milter_session *session)
{
    if (session->state == MILTER_STATE_OVER)
        return;
    milter_session_abort(session);
    session->state = MILTER_STATE_OVER;
}

/* Who is asked may be told that nobody waits any more; all else waits. */
static bool cuts_in(enum milter_command command)
{
    return command == MILTER_ABORT || command == MILTER_QUIT ||
           command == MILTER_QUIT_NC;
}

/* One packet of what has come, from `at` on; false: nothing to do. */
static bool step(struct milter_session *session, size_t *at)
{
    struct milter_packet packet;
    GError *error = NULL;
    enum milter_decoded decoded = milter_decode(
        session->input->data + *at, session->input->len - *at, &packet, &error);
    bool is_known = packet.command != 0 && decoded != MILTER_DECODED_BAD;
    bool is_waiting = session->asking != MILTER_STAGE_NONE;
    if (is_waiting && (!is_known || !cuts_in(packet.command))) {
        g_clear_error(&error);
        return false;
    }
    if (is_known && !milter_stage_expects(session, packet.command))
        g_set_error(&error, BASE_ERROR, BASE_ERROR_PEER,
                    "milter command %c: not at this point (state %d)",
                    (int)packet.command, (int)session->state);
    if (error != NULL) {
        milter_session_fail(session, error);
        return false;
    }
    if (decoded == MILTER_DECODED_MORE)
        return false;
    milter_stage_take(session, &packet);
    *at += packet.taken;
    return session->state != MILTER_STATE_OVER;
}

void milter_session_run(struct milter_session *session)
{
    size_t at = 0;
    g_assert(!session->is_running);
    session->is_running = true;
    while (session->state != MILTER_STATE_OVER && step(session, &at))
        continue;
    session->is_running = false;
    if (session->state == MILTER_STATE_OVER)
        at = session->input->len;
    bool was_large = session->input->len > MILTER_WAITING_MAX;
    if (at > 0)
        g_byte_array_remove_range(session->input, 0, (unsigned)at);
    /* An idle connection keeps no room for the largest packet that it has seen. */
    if (was_large && session->input->len == 0) {
        g_byte_array_unref(session->input);
        session->input = g_byte_array_new();
    }
}

static size_t unsent(const struct milter_session *session)
{
    return session->output->len - session->output_at;
}

size_t milter_session_feed(struct milter_session *session, const uint8_t *p,
                           size_t n)
{
    size_t taken = 0;
    while (taken < n && session->state != MILTER_STATE_OVER &&
           unsent(session) <= MILTER_WAITING_MAX) {
        size_t max = session->asking == MILTER_STAGE_NONE ? MILTER_PACKET_MAX
                                                          : MILTER_WAITING_MAX;
        size_t have = session->input->len;
        size_t part = have < max ? MIN(n - taken, max - have) : 0;
        if (part == 0)
            break;
        g_byte_array_append(session->input, p + taken, (unsigned)part);
        taken += part;
        milter_session_run(session);
    }
    return taken;
}

const uint8_t *milter_session_output(const struct milter_session *session,
                                     size_t *n)
{
    *n = unsent(session);
    return *n == 0 ? NULL : session->output->data + session->output_at;
}

void milter_session_sent(struct milter_session *session, size_t n)
{
    g_assert(n <= unsent(session));
    session->output_at += n;
    if (unsent(session) > 0)
        return;
    if (session->output->len > MILTER_WAITING_MAX) {
        g_byte_array_unref(session->output);
        session->output = g_byte_array_new();
    }
    g_byte_array_set_size(session->output, 0);
    session->output_at = 0;
}

bool milter_session_is_over(const struct milter_session *session,
                            const char **why)
{
    if (why != NULL)
        *why = session->why;
    return session->state == MILTER_STATE_OVER;
}

const struct session *milter_session_facts(const struct milter_session *session)
{
    return session->facts;
}

GBytes *milter_session_message(const struct milter_session *session)
{
    return session->is_too_large ? NULL : session->raw;
}

GBytes *milter_session_header(const struct milter_session *session)
{
    return session->raw;
}

enum milter_whole milter_session_whole(const struct milter_session *session)
{
    if (session->has_too_many_rcpts)
        return MILTER_TOO_MANY_RCPTS;
    return session->is_too_large ? MILTER_TOO_LARGE : MILTER_WHOLE;
}

const char *milter_session_macro(const struct milter_session *session,
                                 const char *name)
{
    return milter_macros_get(&session->macros, name);
}

uint32_t milter_session_actions(const struct milter_session *session)
{
    return session->agreed.actions;
}

enum milter_stage milter_session_is_asking(const struct milter_session *session)
{
    return session->asking;
}
