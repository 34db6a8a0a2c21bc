/* SPDX-License-Identifier: MIT */
#include "held.h"
#include "store/release.h"
#include "taker.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAIL "Message-ID: <1@x>\r\nSubject: x\r\n\r\n.dot\r\nlast\r\n"

/* A quarantine with one message, and a server beside it. */
struct place_of_test {
    struct held held;
    struct taker taker;
    char *id;
};

static void begin(struct place_of_test *t, bool is_lmtp, const char *rcpts)
{
    held_begin(&t->held, HELD_KEY);
    taker_begin(&t->taker, t->held.dir);
    g_free(t->held.options.release_to);
    t->held.options.release_to = g_strdup(t->taker.path);
    t->held.options.release_by =
        is_lmtp ? QUARANTINE_BY_LMTP : QUARANTINE_BY_SMTP;
    t->held.options.release_ms = 20000;
    held_open(&t->held);
    t->id = held_keep(&t->held, MAIL, rcpts, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(t->id);
}

static void end(struct place_of_test *t)
{
    g_free(t->id);
    taker_end(&t->taker);
    held_end(&t->held);
}

/* "end: answer; rcpt-state rcpt-state", yours; the index says the same. */
static char *release(struct place_of_test *t, const char *script, bool is_again)
{
    static const char *const ends[] = {"done", "already", "refused", "unknown"};
    struct release_told told = {0};
    struct row row = {0};
    GError *error = NULL;
    const struct release_how how = {.is_again = is_again, .now_s = 1700000100};
    t->taker.script = script;
    if (!release_run(t->held.q, t->id, &how, &told, &error)) {
        char *text = g_strdup_printf("error: %s", error->message);
        g_error_free(error);
        return text;
    }
    GString *text = g_string_new(ends[told.end]);
    g_string_append_printf(text, ": %s;", state_answer(&told.state));
    for (unsigned i = 0; i < told.state.rcpts->len; i++) {
        const struct state_rcpt *rcpt = told.state.rcpts->pdata[i];
        g_string_append_printf(text, " %s", state_rcpt_name(rcpt->now));
    }
    CU_ASSERT_FATAL(held_row(&t->held, t->id, &row));
    CU_ASSERT_EQUAL(row.now, told.state.now);
    CU_ASSERT_STRING_EQUAL(row.answer, state_answer(&told.state));
    row_clear(&row);
    state_clear(&told.state);
    return g_string_free(text, FALSE);
}

static void expect(struct place_of_test *t, const char *script, bool is_again,
                   const char *expected)
{
    g_autofree char *got = release(t, script, is_again);
    if (strcmp(got, expected) != 0)
        fprintf(stderr, "release: \"%s\", expected \"%s\"\n", got, expected);
    CU_ASSERT_STRING_EQUAL(got, expected);
}

static void busy_then_taken_then_asked_again_is_delivered_once(void)
{
    for (int is_lmtp = 0; is_lmtp < 2; is_lmtp++) {
        struct place_of_test t;
        begin(&t, is_lmtp, "a@x.org");
        expect(&t, "250 ok|250 ok|354 go|452 4.3.1 no room", false,
               "refused: 452 4.3.1 no room; refused");
        CU_ASSERT_EQUAL(t.taker.mails->len, 0);
        expect(&t, "250 ok|250 ok|354 go|250 2.0.0 queued as 4ABC", false,
               "done: 250 2.0.0 queued as 4ABC; accepted");
        expect(&t, "", false, "already: 250 2.0.0 queued as 4ABC; accepted");
        CU_ASSERT_EQUAL(t.taker.mails->len, 1);
        /* In words it goes once more. */
        expect(&t, "250 ok|250 ok|354 go|250 again", true,
               "done: 250 again; accepted");
        CU_ASSERT_EQUAL(t.taker.mails->len, 2);
        end(&t);
    }
}

static void the_message_arrives_as_it_was_with_one_field_before(void)
{
    struct place_of_test t;
    begin(&t, false, "a@x.org");
    expect(&t, "250 ok|250 ok|354 go|250 ok", false, "done: 250 ok; accepted");
    CU_ASSERT_EQUAL_FATAL(t.taker.mails->len, 1);
    const char *mail = t.taker.mails->pdata[0];
    const char *rest = strstr(mail, "\r\n");
    CU_ASSERT(g_str_has_prefix(mail, "X-Assay-Release: 1; id="));
    CU_ASSERT_PTR_NOT_NULL_FATAL(rest);
    CU_ASSERT_STRING_EQUAL(rest + 2, MAIL);
    CU_ASSERT_STRING_EQUAL(t.taker.commands->pdata[1],
                           "MAIL FROM:<sender@example.net> BODY=8BITMIME");
    CU_ASSERT_STRING_EQUAL(t.taker.commands->pdata[2], "RCPT TO:<a@x.org>");
    end(&t);
}

static void each_recipient_has_its_own_answer(void)
{
    struct place_of_test t;
    begin(&t, false, "a@x.org,b@x.org,c@x.org");
    expect(&t, "250 ok|250 ok|550 5.1.1 nobody|451 later|354 go|250 ok", false,
           "refused: 250 ok; accepted refused refused");
    /* Only those who have not got it. */
    expect(&t, "250 ok|550 5.1.1 nobody|250 ok|354 go|250 two", false,
           "refused: 250 two; accepted refused accepted");
    CU_ASSERT_STRING_EQUAL(t.taker.commands->pdata[2], "RCPT TO:<b@x.org>");
    CU_ASSERT_EQUAL(t.taker.mails->len, 2);
    end(&t);
    /* LMTP: after the message as well. */
    begin(&t, true, "a@x.org,b@x.org,c@x.org");
    expect(&t, "250 ok|250 ok|250 ok|550 no|354 go|250 a has it|452 b is full",
           false, "refused: 452 b is full; accepted refused refused");
    expect(&t, "250 ok|250 ok|250 ok|354 go|250 b|250 c", false,
           "done: 250 c; accepted accepted accepted");
    CU_ASSERT_EQUAL(t.taker.mails->len, 2);
    end(&t);
}

static void a_no_at_any_step_is_stored(void)
{
    static const struct {
        const char *script;
        const char *expected;
    } rows[] = {
        {"550 not you", "refused: 550 not you; refused"},
        {"250 ok|550 nobody", "refused: 550 nobody; refused"},
        {"250 ok|250 ok|451 no data", "refused: 451 no data; refused"},
        {"250 ok|250 ok|354 go|554 5.7.1 virus",
         "refused: 554 5.7.1 virus; refused"},
        {"250 ok|250 ok|354 go|250-one\r\n250 \033[31mtwo",
         "done: 250 one \\x1B[31mtwo; accepted"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct place_of_test t;
        begin(&t, false, "a@x.org");
        expect(&t, rows[i].script, false, rows[i].expected);
        end(&t);
    }
}

static void a_lost_answer_is_unknown_and_not_tried_again_unasked(void)
{
    struct place_of_test t;
    begin(&t, false, "a@x.org");
    g_autofree char *got = release(&t, "250 ok|250 ok|354 go|!", false);
    CU_ASSERT(g_str_has_prefix(got, "unknown: no answer to the message's end"));
    CU_ASSERT(g_str_has_suffix(got, "; unknown"));
    CU_ASSERT_EQUAL(t.taker.mails->len, 1); /* it did arrive */
    g_autofree char *asked = release(&t, "250 ok|250 ok|354 go|250 ok", false);
    CU_ASSERT(g_str_has_prefix(asked, "unknown: "));
    CU_ASSERT_EQUAL(t.taker.mails->len, 1);
    expect(&t, "250 ok|250 ok|354 go|250 ok", true, "done: 250 ok; accepted");
    CU_ASSERT_EQUAL(t.taker.mails->len, 2);
    end(&t);
}

static void a_connection_lost_before_the_end_leaves_it_held(void)
{
    static const char *const scripts[] = {"!", "250 ok|!", "250 ok|250 ok|!"};
    for (size_t i = 0; i < G_N_ELEMENTS(scripts); i++) {
        struct place_of_test t;
        struct row row = {0};
        begin(&t, false, "a@x.org");
        g_autofree char *got = release(&t, scripts[i], false);
        CU_ASSERT(g_str_has_prefix(got, "error: the mail server: "));
        CU_ASSERT_FATAL(held_row(&t.held, t.id, &row));
        CU_ASSERT_EQUAL(row.now, STATE_HELD);
        CU_ASSERT_PTR_NOT_NULL(strstr(row.answer, "the mail server"));
        row_clear(&row);
        CU_ASSERT_EQUAL(t.taker.mails->len, 0);
        expect(&t, "", false, "done: 250 ok; accepted");
        end(&t);
    }
}

static void nobody_there_is_an_error_that_names_the_address(void)
{
    struct place_of_test t;
    begin(&t, false, "a@x.org");
    g_free(t.held.options.release_to);
    t.held.options.release_to = g_strdup("127.0.0.1:1");
    held_open(&t.held);
    g_autofree char *got = release(&t, "", false);
    CU_ASSERT(g_str_has_prefix(got, "error: the mail server at 127.0.0.1:1 "
                                    "cannot be reached: "));
    end(&t);
}

static void only_one_releases_at_a_time(void)
{
    struct place_of_test t;
    bool is_busy = false;
    begin(&t, false, "a@x.org");
    int fd = inside_hold(t.held.q, t.id, &is_busy);
    g_autofree char *got = release(&t, "", false);
    CU_ASSERT_PTR_NOT_NULL(strstr(got, "by another process"));
    close(fd);
    expect(&t, "", false, "done: 250 ok; accepted");
    end(&t);
}

/* --- sendmail --------------------------------------------------------------------- */

static void use_sendmail(struct place_of_test *t, const char *body)
{
    g_autofree char *script =
        g_strdup_printf("#!/bin/sh\ncd '%s'\n%s\n", t->held.dir, body);
    g_free(t->held.options.sendmail);
    t->held.options.sendmail = held_file(&t->held, "sendmail", script);
    g_assert(chmod(t->held.options.sendmail, 0700) == 0);
    t->held.options.release_by = QUARANTINE_BY_SENDMAIL;
    held_open(&t->held);
}

static char *got_file(struct place_of_test *t, const char *name)
{
    g_autofree char *path = g_build_filename(t->held.dir, name, NULL);
    char *text = NULL;
    g_file_get_contents(path, &text, NULL, NULL);
    return text;
}

static void sendmail_gets_envelope_and_lines_of_this_system(void)
{
    struct place_of_test t;
    begin(&t, false, "b@x.org,a@x.org");
    use_sendmail(&t, "printf '%s\\n' \"$@\" >args; cat >mail; echo done");
    expect(&t, "", false,
           "done: sendmail ended with status 0: done; accepted accepted");
    g_autofree char *args = got_file(&t, "args");
    g_autofree char *mail = got_file(&t, "mail");
    CU_ASSERT_STRING_EQUAL(
        args, "-i\n-f\nsender@example.net\n--\na@x.org\nb@x.org\n");
    CU_ASSERT_PTR_NULL(strchr(mail, '\r'));
    CU_ASSERT(g_str_has_suffix(
        mail, "\nMessage-ID: <1@x>\nSubject: x\n\n.dot\nlast\n"));
    end(&t);
}

static void sendmail_that_fails_has_not_taken_it(void)
{
    struct place_of_test t;
    begin(&t, false, "a@x.org");
    use_sendmail(&t, "cat >/dev/null; echo no room >&2; exit 75");
    expect(&t, "", false,
           "refused: sendmail ended with status 75: no room; refused");
    use_sendmail(&t, "exec sh -c 'kill -9 $$'");
    expect(&t, "", false, "unknown: sendmail was ended by signal 9; unknown");
    end(&t);
}

static void no_sendmail_leaves_it_held(void)
{
    struct place_of_test t;
    struct row row = {0};
    begin(&t, false, "a@x.org");
    use_sendmail(&t, "");
    unlink(t.held.options.sendmail);
    g_autofree char *got = release(&t, "", false);
    CU_ASSERT_PTR_NOT_NULL(strstr(got, "cannot be started"));
    CU_ASSERT_FATAL(held_row(&t.held, t.id, &row));
    CU_ASSERT_EQUAL(row.now, STATE_HELD);
    row_clear(&row);
    end(&t);
}

/* --- the exemption of what was released -------------------------------------------- */

static bool take(struct place_of_test *t, const char *mail, const char *rcpt,
                 int64_t now_s)
{
    struct quarantine_exemption exemption = {0};
    const char *const rcpts[] = {rcpt};
    g_autoptr(GBytes) raw = g_bytes_new(mail, strlen(mail));
    const struct quarantine_asked asked = {
        .raw = raw, .rcpts = rcpts, .rcpt_n = 1, .now_s = now_s};
    bool is_taken =
        quarantine_take_exemption(t->held.q, &asked, &exemption, NULL);
    if (is_taken) {
        CU_ASSERT_STRING_EQUAL(exemption.id, t->id);
        CU_ASSERT_EQUAL(exemption.kind, ASSAY_KIND_MALWARE);
        CU_ASSERT(quarantine_exemption_covers(&exemption, "av", "Eicar"));
        CU_ASSERT_FALSE(quarantine_exemption_covers(&exemption, "av", "Other"));
        CU_ASSERT_FALSE(
            quarantine_exemption_covers(&exemption, "other", "Eicar"));
    }
    quarantine_exemption_clear(&exemption);
    return is_taken;
}

static void released_mail_is_exempt_once(void)
{
    struct place_of_test t;
    const int64_t now_s = 1700000200;
    begin(&t, false, "a@x.org,b@x.org");
    expect(&t, "", false, "done: 250 ok; accepted accepted");
    g_autofree char *mail = g_strdup(t.taker.mails->pdata[0]);
    CU_ASSERT_FALSE(take(&t, MAIL, "a@x.org", now_s));
    /* Other content, other recipients, another token, too late. */
    g_autofree char *longer = g_strconcat(mail, "more\r\n", NULL);
    CU_ASSERT_FALSE(take(&t, longer, "a@x.org", now_s));
    CU_ASSERT_FALSE(take(&t, mail, "c@x.org", now_s));
    g_autofree char *forged = g_strdup(mail);
    char *digit = strstr(forged, "token=") + 6;
    *digit = *digit == '0' ? '1' : '0';
    CU_ASSERT_FALSE(take(&t, forged, "a@x.org", now_s));
    CU_ASSERT_FALSE(take(&t, mail, "a@x.org", now_s + 2 * 86400));
    /* As a mail server hands it on: a trace field more, LF, Date. */
    g_autofree char *traced =
        g_strconcat("Received: from x\r\n by y; now\r\nDate: now\r\n", mail,
                    "\r\n\r\n", NULL);
    CU_ASSERT(take(&t, traced, "A@X.org", now_s));
    CU_ASSERT_FALSE(take(&t, traced, "a@x.org", now_s));
    CU_ASSERT_FALSE(take(&t, mail, "b@x.org", now_s));
    end(&t);
}

UNIT_MAIN("release", UNIT(busy_then_taken_then_asked_again_is_delivered_once),
          UNIT(the_message_arrives_as_it_was_with_one_field_before),
          UNIT(each_recipient_has_its_own_answer),
          UNIT(a_no_at_any_step_is_stored),
          UNIT(a_lost_answer_is_unknown_and_not_tried_again_unasked),
          UNIT(a_connection_lost_before_the_end_leaves_it_held),
          UNIT(nobody_there_is_an_error_that_names_the_address),
          UNIT(only_one_releases_at_a_time),
          UNIT(sendmail_gets_envelope_and_lines_of_this_system),
          UNIT(sendmail_that_fails_has_not_taken_it),
          UNIT(no_sendmail_leaves_it_held), UNIT(released_mail_is_exempt_once))
