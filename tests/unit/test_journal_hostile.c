/* SPDX-License-Identifier: MIT */
/* A journal of something else, or of anybody: refused, and the scan ends. */
#include "dump.h"
#include "fake.h"
#include "play.h"
#include "scan/journal.h"
#include "unit.h"

static void a_journal_of_another_mail_is_refused(void)
{
    static const struct play play = {PLAY_ARCHIVE_MAIL, play_slow_archives};
    static const struct play other = {"From: a@example.org\r\n\r\n[(deep),one]",
                                      play_slow_archives};
    g_autofree char *first = play_suspended(&play);
    GBytes *journal = g_bytes_ref(play_way.last);
    g_autofree char *direct = play_direct(&other);
    char *text = play_round(&other, &journal);
    CU_ASSERT_PTR_NOT_NULL(play_way.refused);
    for (unsigned i = 0; text == NULL && i < 20; i++) {
        GBytes *asked = journal;
        journal = play_answered(asked);
        g_bytes_unref(asked);
        text = play_round(&other, &journal);
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_NOT_EQUAL(strstr(text, "children differ") != NULL,
                        strcmp(direct, text) == 0);
    g_free(text);
}

/* Each number of the first entry's head in turn is another one. */
static void an_entry_for_another_question_is_refused(void)
{
    static const struct play play = {PLAY_ARCHIVE_MAIL, play_slow_archives};
    g_autofree char *text = play_suspended(&play);
    size_t n;
    const void *p = g_bytes_get_data(play_way.last, &n);
    for (unsigned field = 0; field < 5; field++) {
        struct journal *journal = journal_unpack(p, n);
        g_assert(journal != NULL);
        journal->entries->data[4 * field] ^= 1;
        struct packer to;
        GByteArray *array = g_byte_array_new();
        packer_grow(&to, array, JOURNAL_MAX);
        journal_pack(journal, &to);
        journal_free(journal);
        GBytes *bytes = g_byte_array_free_to_bytes(array);
        g_autofree char *anew = play_round(&play, &bytes);
        CU_ASSERT_PTR_NOT_NULL_FATAL(anew);
        CU_ASSERT_STRING_EQUAL(play_way.refused, "it tells of other questions");
        CU_ASSERT_TRUE(dump_same(text, anew));
    }
}

/* --- hostile bytes --- */

static void every_truncation_is_refused(void)
{
    static const struct play play = {PLAY_ARCHIVE_MAIL, play_slow_archives};
    g_autofree char *text = play_suspended(&play);
    size_t n;
    const uint8_t *p = g_bytes_get_data(play_way.last, &n);
    for (size_t i = 0; i < n; i++) {
        g_autofree uint8_t *copy = g_memdup2(p, i);
        struct journal *journal = journal_unpack(copy, i);
        CU_ASSERT_PTR_NULL(journal);
        journal_free(journal);
    }
    g_autoptr(GByteArray) more = g_byte_array_new();
    g_byte_array_append(more, p, (unsigned)n);
    g_byte_array_append(more, (const uint8_t *)"", 1);
    CU_ASSERT_PTR_NULL(journal_unpack(more->data, more->len));
}

/* Runs on until it ends, with whatever has become of the journal. */
static bool ends(const struct play *play, GBytes *journal)
{
    for (unsigned i = 0; i < 60; i++) {
        g_autofree char *text = play_round(play, &journal);
        if (text != NULL)
            return true;
        GBytes *asked = journal;
        journal = play_answered(asked);
        g_bytes_unref(asked);
    }
    g_bytes_unref(journal);
    return false;
}

static void whatever_is_in_a_journal_the_scan_ends(void)
{
    static const struct play play = {PLAY_ARCHIVE_MAIL, play_slow_archives};
    g_autofree char *text = play_suspended(&play);
    size_t n;
    const uint8_t *p = g_bytes_get_data(play_way.last, &n);
    unsigned taken = 0;
    for (size_t i = 0; i < n; i += 7) {
        uint8_t *copy = g_memdup2(p, n);
        copy[i] ^= (uint8_t)(1u << i % 8);
        struct journal *journal = journal_unpack(copy, n);
        GBytes *bytes = g_bytes_new_take(copy, n);
        if (journal == NULL) {
            g_bytes_unref(bytes);
            continue;
        }
        taken++;
        journal_free(journal);
        CU_ASSERT_TRUE(ends(&play, bytes));
    }
    CU_ASSERT(taken > 50);
}

UNIT_MAIN("journal_hostile", UNIT(a_journal_of_another_mail_is_refused),
          UNIT(an_entry_for_another_question_is_refused),
          UNIT(every_truncation_is_refused),
          UNIT(whatever_is_in_a_journal_the_scan_ends))
