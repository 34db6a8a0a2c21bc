/* SPDX-License-Identifier: MIT */
#include "held.h"
#include "unit.h"

#include <string.h>
#include <unistd.h>

#define MAIL "Subject: x\r\n\r\nhello\r\n"

static struct quarantine_report verify(struct held *held, bool is_thorough)
{
    struct quarantine_report report = {0};
    CU_ASSERT_FATAL(quarantine_verify(held->q, is_thorough, &report, NULL));
    return report;
}

/* Nothing was to be done, and nothing is left to do. */
static bool is_well(struct held *held)
{
    struct quarantine_report r = verify(held, true);
    bool is = r.temporary + r.added + r.deleted + r.states + r.interrupted +
                      r.unknown + r.lost + r.damaged ==
                  0 &&
              r.problems->len == 0;
    quarantine_report_clear(&r);
    return is;
}

static void a_sound_folder_is_left_alone(void)
{
    struct held held;
    held_begin(&held, HELD_KEY);
    held_open(&held);
    g_free(held_keep(&held, MAIL, "a@x.org", NULL));
    g_free(held_keep(&held, MAIL "2", "a@x.org", NULL));
    struct quarantine_report r = verify(&held, true);
    CU_ASSERT_EQUAL(r.files, 2);
    quarantine_report_clear(&r);
    CU_ASSERT(is_well(&held));
    held_end(&held);
}

static void half_written_files_are_removed(void)
{
    struct held held;
    held_begin(&held, NULL);
    held_open(&held);
    g_autofree char *id = held_keep(&held, MAIL, "a@x.org", NULL);
    g_autofree char *mail = place_path(&held.q->place, id, ".mail.new");
    g_autofree char *state = place_path(&held.q->place, id, ".state.new");
    g_file_set_contents(mail, "half", -1, NULL);
    g_file_set_contents(state, "half", -1, NULL);
    struct quarantine_report r = verify(&held, false);
    CU_ASSERT_EQUAL(r.temporary, 2);
    CU_ASSERT_EQUAL(r.problems->len, 0);
    quarantine_report_clear(&r);
    CU_ASSERT_EQUAL(access(mail, F_OK), -1);
    CU_ASSERT_EQUAL(access(state, F_OK), -1);
    CU_ASSERT(is_well(&held));
    held_end(&held);
}

static void a_file_without_a_row_gets_one(void)
{
    struct held held;
    struct row row = {0};
    held_begin(&held, HELD_KEY);
    held_open(&held);
    g_autofree char *id = held_keep(&held, MAIL, "a@x.org", NULL);
    CU_ASSERT(index_remove(&held.q->index, id, NULL));
    CU_ASSERT_FALSE(held_row(&held, id, &row));
    struct quarantine_report r = verify(&held, false);
    CU_ASSERT_EQUAL(r.added, 1);
    quarantine_report_clear(&r);
    CU_ASSERT_FATAL(held_row(&held, id, &row));
    CU_ASSERT_STRING_EQUAL(row.kept.name, "Eicar");
    row_clear(&row);
    CU_ASSERT(is_well(&held));
    held_end(&held);
}

static void a_row_without_a_file_is_told_and_kept_as_lost(void)
{
    struct held held;
    struct row row = {0};
    held_begin(&held, NULL);
    held_open(&held);
    g_autofree char *id = held_keep(&held, MAIL, "a@x.org", NULL);
    g_autofree char *path = place_path(&held.q->place, id, PLACE_MAIL);
    unlink(path);
    for (int i = 0; i < 2; i++) {
        struct quarantine_report r = verify(&held, false);
        CU_ASSERT_EQUAL(r.lost, 1);
        CU_ASSERT_EQUAL_FATAL(r.problems->len, 1);
        CU_ASSERT_PTR_NOT_NULL(strstr(r.problems->pdata[0], path));
        quarantine_report_clear(&r);
    }
    CU_ASSERT_FATAL(held_row(&held, id, &row));
    CU_ASSERT_EQUAL(row.now, STATE_LOST);
    row_clear(&row);
    /* It comes again: then it is there. */
    g_free(held_keep(&held, MAIL, "a@x.org", NULL));
    CU_ASSERT_FATAL(held_row(&held, id, &row));
    CU_ASSERT_EQUAL(row.now, STATE_HELD);
    row_clear(&row);
    CU_ASSERT(is_well(&held));
    held_end(&held);
}

static void a_deletion_that_was_broken_off_is_finished(void)
{
    for (int with_file = 0; with_file < 2; with_file++) {
        struct held held;
        struct row row = {0};
        const struct state nothing = {0};
        held_begin(&held, NULL);
        held_open(&held);
        g_autofree char *id = held_keep(&held, MAIL, "a@x.org", NULL);
        g_autofree char *path = place_path(&held.q->place, id, PLACE_MAIL);
        index_set_state(&held.q->index, id, STATE_DELETING, &nothing, NULL);
        if (!with_file)
            unlink(path);
        struct quarantine_report r = verify(&held, false);
        CU_ASSERT_EQUAL(r.deleted, 1);
        quarantine_report_clear(&r);
        CU_ASSERT_FALSE(held_row(&held, id, &row));
        CU_ASSERT_EQUAL(held_count(&held, PLACE_MAIL), 0);
        CU_ASSERT(is_well(&held));
        held_end(&held);
    }
}

static void put_state(struct held *held, const char *id, bool is_committing)
{
    struct state state = {0};
    const struct state_step step = {.now = STATE_RELEASING, .time_s = 1};
    CU_ASSERT_FATAL(state_read(&held->q->place, id, 1, &state, NULL));
    state_add_step(&state, &step);
    state.is_committing = is_committing;
    if (is_committing) {
        struct state_rcpt *rcpt = state.rcpts->pdata[0];
        rcpt->now = STATE_RCPT_UNKNOWN;
    }
    CU_ASSERT(inside_begin(held->q, NULL));
    CU_ASSERT(state_write(&held->q->place, id, &state, NULL));
    inside_end(held->q);
    state_clear(&state);
}

static void a_release_that_was_broken_off_is_held_or_unknown(void)
{
    for (int is_committing = 0; is_committing < 2; is_committing++) {
        struct held held;
        struct row row = {0};
        bool is_busy = false;
        held_begin(&held, NULL);
        held_open(&held);
        g_autofree char *id = held_keep(&held, MAIL, "a@x.org", NULL);
        put_state(&held, id, is_committing);
        /* Not while somebody is at it. */
        int fd = inside_hold(held.q, id, &is_busy);
        CU_ASSERT_FALSE(is_busy);
        struct quarantine_report r = verify(&held, false);
        CU_ASSERT_EQUAL(r.interrupted + r.unknown, 0);
        quarantine_report_clear(&r);
        close(fd);
        r = verify(&held, false);
        CU_ASSERT_EQUAL(r.interrupted, !is_committing);
        CU_ASSERT_EQUAL(r.unknown, is_committing);
        quarantine_report_clear(&r);
        CU_ASSERT_FATAL(held_row(&held, id, &row));
        CU_ASSERT_EQUAL(row.now, is_committing ? STATE_UNKNOWN : STATE_HELD);
        CU_ASSERT_PTR_NOT_NULL(strstr(row.answer, "broken off"));
        row_clear(&row);
        CU_ASSERT(is_well(&held));
        held_end(&held);
    }
}

static void states_survive_the_index(void)
{
    struct held held;
    struct row row = {0};
    struct state state = {0};
    struct state_step step = {.now = STATE_RELEASED, .time_s = 1};
    held_begin(&held, NULL);
    held_open(&held);
    g_autofree char *id = held_keep(&held, MAIL, "a@x.org", NULL);
    CU_ASSERT_FATAL(state_read(&held.q->place, id, 1, &state, NULL));
    char text[] = "250 queued";
    step.text = text;
    state_add_step(&state, &step);
    struct state_rcpt *rcpt = state.rcpts->pdata[0];
    rcpt->now = STATE_RCPT_ACCEPTED;
    rcpt->answer = g_strdup("250 ok");
    CU_ASSERT(inside_begin(held.q, NULL));
    CU_ASSERT(state_write(&held.q->place, id, &state, NULL));
    CU_ASSERT(inside_remake_index(held.q, "test", NULL));
    inside_end(held.q);
    state_clear(&state);
    CU_ASSERT_FATAL(held_row(&held, id, &row));
    CU_ASSERT_EQUAL(row.now, STATE_RELEASED);
    CU_ASSERT_STRING_EQUAL(row.answer, "250 queued");
    rcpt = row.state.rcpts->pdata[0];
    CU_ASSERT_EQUAL(rcpt->now, STATE_RCPT_ACCEPTED);
    CU_ASSERT_STRING_EQUAL(rcpt->answer, "250 ok");
    row_clear(&row);
    held_end(&held);
}

static void what_is_damaged_is_told_and_left(void)
{
    struct held held;
    held_begin(&held, NULL);
    held_open(&held);
    g_autofree char *id = held_keep(&held, MAIL, "a@x.org", NULL);
    g_autofree char *path = place_path(&held.q->place, id, PLACE_MAIL);
    held_spoil(path, -1);
    struct quarantine_report r = verify(&held, true);
    CU_ASSERT_EQUAL(r.damaged, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.problems->pdata[0], path));
    quarantine_report_clear(&r);
    CU_ASSERT_EQUAL(access(path, F_OK), 0);
    /* Held again it is whole again. */
    g_free(held_keep(&held, MAIL, "a@x.org", NULL));
    CU_ASSERT(is_well(&held));
    held_end(&held);
}

static void foreign_files_are_told_and_left(void)
{
    struct held held;
    held_begin(&held, NULL);
    held_open(&held);
    g_autofree char *id = held_keep(&held, MAIL, "a@x.org", NULL);
    g_autofree char *path = place_path(&held.q->place, id, ".txt");
    g_file_set_contents(path, "mine", -1, NULL);
    struct quarantine_report r = verify(&held, true);
    CU_ASSERT_EQUAL_FATAL(r.problems->len, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.problems->pdata[0], "not of the"));
    quarantine_report_clear(&r);
    CU_ASSERT_EQUAL(access(path, F_OK), 0);
    held_end(&held);
}

/* --- retention -------------------------------------------------------------------- */

static uint64_t expire(struct held *held, int64_t now_s)
{
    struct quarantine_expired done = {0};
    CU_ASSERT(quarantine_expire(held->q, now_s, 0, &done, NULL));
    return done.mails;
}

static void mail_expires_by_its_kind(void)
{
    struct held held;
    held_begin(&held, NULL);
    held.options.keep_s[ASSAY_KIND_MALWARE] = 1000;
    held.options.keep_s[ASSAY_KIND_SPAM] = 10;
    held_open(&held);
    g_free(held_keep(&held, MAIL, "a@x.org", NULL));
    CU_ASSERT_EQUAL(expire(&held, 1700000999), 0);
    CU_ASSERT_EQUAL(held_count(&held, PLACE_MAIL), 1);
    CU_ASSERT_EQUAL(expire(&held, 1700001001), 1);
    CU_ASSERT_EQUAL(held_count(&held, PLACE_MAIL), 0);
    CU_ASSERT(is_well(&held));
    held_end(&held);
}

static void the_oldest_goes_when_there_is_too_much(void)
{
    struct held held;
    uint64_t bytes = 0;
    uint64_t mails = 0;
    held_begin(&held, NULL);
    held.options.keep_s[ASSAY_KIND_MALWARE] = 0;
    held_open(&held);
    char *ids[4];
    for (unsigned i = 0; i < 4; i++) {
        g_autofree char *mail = g_strdup_printf(MAIL "%u", i);
        struct quarantine_item *item = held_item(mail, "a@x.org");
        item->kept.time_s += 10 - i; /* the last is the oldest */
        CU_ASSERT_FATAL(quarantine_keep(held.q, item, &ids[i], NULL));
        quarantine_item_free(item);
    }
    CU_ASSERT(quarantine_sum(held.q, &bytes, &mails, NULL));
    held.options.max_bytes = bytes / 2;
    held_open(&held);
    CU_ASSERT_EQUAL(expire(&held, 1800000000), 2);
    for (unsigned i = 0; i < 4; i++) {
        struct row row = {0};
        bool is_there = held_row(&held, ids[i], &row);
        CU_ASSERT_EQUAL(is_there, i < 2);
        row_clear(&row);
        g_free(ids[i]);
    }
    held_end(&held);
}

static void what_is_being_released_does_not_expire(void)
{
    struct held held;
    bool is_busy = false;
    held_begin(&held, NULL);
    held_open(&held);
    g_autofree char *id = held_keep(&held, MAIL, "a@x.org", NULL);
    int fd = inside_hold(held.q, id, &is_busy);
    CU_ASSERT_EQUAL(expire(&held, 1900000000), 0);
    close(fd);
    CU_ASSERT_EQUAL(expire(&held, 1900000000), 1);
    held_end(&held);
}

UNIT_MAIN("q-verify", UNIT(a_sound_folder_is_left_alone),
          UNIT(half_written_files_are_removed),
          UNIT(a_file_without_a_row_gets_one),
          UNIT(a_row_without_a_file_is_told_and_kept_as_lost),
          UNIT(a_deletion_that_was_broken_off_is_finished),
          UNIT(a_release_that_was_broken_off_is_held_or_unknown),
          UNIT(states_survive_the_index),
          UNIT(what_is_damaged_is_told_and_left),
          UNIT(foreign_files_are_told_and_left), UNIT(mail_expires_by_its_kind),
          UNIT(the_oldest_goes_when_there_is_too_much),
          UNIT(what_is_being_released_does_not_expire))
