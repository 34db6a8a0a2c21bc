/* SPDX-License-Identifier: MIT */
/*
 * By SMTP (RFC 5321) or LMTP (RFC 2033), which answers for each recipient after the
 * message's end.
 */
#include "base/error.h"
#include "store/courier.h"
#include "store/talk.h"

#include <string.h>

enum {
    OUT_BYTES = 64 * 1024
};

/* One dialogue. */
struct dialogue {
    struct courier_job *job;
    struct talk talk;
    bool is_lmtp;
    bool has_8bit;
    bool has_utf8;
    bool is_over; /* the server has said no to all of it */
    unsigned code;
    char *text; /* of the last reply */
};

static bool hear(struct dialogue *d, GString *lines, GError **error)
{
    g_clear_pointer(&d->text, g_free);
    return talk_hear(&d->talk, &d->code, &d->text, lines, error);
}

static bool ask(struct dialogue *d, const char *command, GString *lines,
                GError **error)
{
    return talk_say(&d->talk, command, strlen(command), error) &&
           hear(d, lines, error);
}

/* No to the whole: everybody gets this answer. */
static void refuse_all(struct dialogue *d)
{
    courier_set_all(d->job, STATE_RCPT_HELD, STATE_RCPT_REFUSED, d->text);
    d->is_over = true;
}

static bool greet(struct dialogue *d, GError **error)
{
    g_autoptr(GString) lines = g_string_new(NULL);
    if (!hear(d, NULL, error))
        return false;
    if (d->code / 100 != 2) {
        refuse_all(d);
        return true;
    }
    if (!ask(d, d->is_lmtp ? "LHLO localhost\r\n" : "EHLO localhost\r\n", lines,
             error))
        return false;
    if (d->code / 100 != 2 && !d->is_lmtp &&
        !ask(d, "HELO localhost\r\n", NULL, error))
        return false;
    if (d->code / 100 != 2)
        refuse_all(d);
    g_auto(GStrv) words = g_strsplit_set(lines->str, "\n ", -1);
    for (char **word = words; *word != NULL; word++) {
        d->has_8bit |= g_ascii_strcasecmp(*word, "8BITMIME") == 0;
        d->has_utf8 |= g_ascii_strcasecmp(*word, "SMTPUTF8") == 0;
    }
    return true;
}

/* Nothing that would end the command. */
static bool can_be_said(const char *address)
{
    for (const char *p = address; *p != '\0'; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f || *p == '<' || *p == '>')
            return false;
    return strlen(address) < 1000;
}

static bool needs_utf8(const struct courier_job *job)
{
    if (!g_str_is_ascii(job->sender))
        return true;
    for (unsigned i = 0; i < job->rcpts->len; i++) {
        const struct courier_rcpt *rcpt = job->rcpts->pdata[i];
        if (!g_str_is_ascii(rcpt->address))
            return true;
    }
    return false;
}

static bool say_sender(struct dialogue *d, GError **error)
{
    if (!can_be_said(d->job->sender)) {
        d->text = g_strdup("its sender cannot be said in SMTP");
        refuse_all(d);
        return true;
    }
    g_autofree char *command =
        g_strdup_printf("MAIL FROM:<%s>%s%s\r\n", d->job->sender,
                        d->has_8bit ? " BODY=8BITMIME" : "",
                        d->has_utf8 && needs_utf8(d->job) ? " SMTPUTF8" : "");
    if (!ask(d, command, NULL, error))
        return false;
    if (d->code / 100 != 2)
        refuse_all(d);
    return true;
}

/* Those who are taken are UNKNOWN from now on. */
static bool say_rcpts(struct dialogue *d, GError **error)
{
    bool is_any = false;
    for (unsigned i = 0; i < d->job->rcpts->len; i++) {
        struct courier_rcpt *rcpt = d->job->rcpts->pdata[i];
        if (!can_be_said(rcpt->address)) {
            rcpt->now = STATE_RCPT_REFUSED;
            rcpt->answer = g_strdup("it cannot be said in SMTP");
            continue;
        }
        g_autofree char *command =
            g_strdup_printf("RCPT TO:<%s>\r\n", rcpt->address);
        if (!ask(d, command, NULL, error))
            return false;
        bool is_taken = d->code / 100 == 2;
        rcpt->now = is_taken ? STATE_RCPT_UNKNOWN : STATE_RCPT_REFUSED;
        rcpt->answer = g_strdup(d->text);
        is_any |= is_taken;
    }
    d->is_over = !is_any;
    return true;
}

/* Lines as SMTP wants them: CRLF, a dot more where one is first. */
static bool say_content(struct dialogue *d, const char *p, size_t n,
                        GError **error)
{
    g_autoptr(GString) out = g_string_sized_new(OUT_BYTES + 4);
    bool is_at_start = true;
    for (size_t i = 0; i < n; i++) {
        if (is_at_start && p[i] == '.')
            g_string_append_c(out, '.');
        if (p[i] == '\n' && (i == 0 || p[i - 1] != '\r'))
            g_string_append_c(out, '\r');
        g_string_append_c(out, p[i]);
        is_at_start = p[i] == '\n';
        if (out->len >= OUT_BYTES) {
            if (!talk_say(&d->talk, out->str, out->len, error))
                return false;
            g_string_truncate(out, 0);
        }
    }
    if (!is_at_start)
        g_string_append(out, "\r\n");
    return talk_say(&d->talk, out->str, out->len, error);
}

static bool say_message(struct dialogue *d, GError **error)
{
    size_t n = 0;
    const char *p = g_bytes_get_data(d->job->raw, &n);
    if (!ask(d, "DATA\r\n", NULL, error))
        return false;
    if (d->code != 354) {
        courier_set_all(d->job, STATE_RCPT_UNKNOWN, STATE_RCPT_REFUSED,
                        d->text);
        d->is_over = true;
        return true;
    }
    return talk_say(&d->talk, d->job->field, strlen(d->job->field), error) &&
           say_content(d, p, n, error) && d->job->commit(d->job->self, error);
}

static void note_answer(struct courier_rcpt *rcpt, const struct dialogue *d)
{
    rcpt->now = d->code / 100 == 2 ? STATE_RCPT_ACCEPTED : STATE_RCPT_REFUSED;
    g_free(rcpt->answer);
    rcpt->answer = g_strdup(d->text);
}

/* The end, and the answer to it: from here on nothing is an error, but unknown. */
static void say_end(struct dialogue *d)
{
    GError *error = NULL;
    bool is_heard = talk_say(&d->talk, ".\r\n", 3, &error);
    bool is_answered = false; /* SMTP: once for all */
    for (unsigned i = 0; is_heard && i < d->job->rcpts->len; i++) {
        struct courier_rcpt *rcpt = d->job->rcpts->pdata[i];
        if (rcpt->now != STATE_RCPT_UNKNOWN)
            continue;
        if (d->is_lmtp || !is_answered)
            is_heard = hear(d, NULL, &error);
        is_answered = true;
        if (is_heard)
            note_answer(rcpt, d);
    }
    if (is_heard)
        return;
    g_free(d->text);
    d->text =
        g_strdup_printf("no answer to the message's end: %s", error->message);
    courier_set_all(d->job, STATE_RCPT_UNKNOWN, STATE_RCPT_UNKNOWN, d->text);
    g_error_free(error);
}

static bool converse(struct dialogue *d, GError **error)
{
    if (!greet(d, error))
        return false;
    if (!d->is_over && !say_sender(d, error))
        return false;
    if (!d->is_over && !say_rcpts(d, error))
        return false;
    if (!d->is_over && !say_message(d, error))
        return false;
    if (!d->is_over)
        say_end(d);
    talk_say(&d->talk, "QUIT\r\n", 6, NULL);
    return true;
}

bool courier_smtp(struct courier_job *job, char **answer, GError **error)
{
    struct dialogue d = {
        .job = job, .is_lmtp = job->options->release_by == QUARANTINE_BY_LMTP};
    if (!talk_open(job->options->release_to, job->options->release_ms, &d.talk,
                   error))
        return false;
    bool is_done = converse(&d, error);
    talk_close(&d.talk);
    if (is_done)
        *answer = g_steal_pointer(&d.text);
    g_free(d.text);
    return is_done;
}
