/* SPDX-License-Identifier: MIT */
#include "base/error.h"
#include "held.h"
#include "unit.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAIL "Subject: x\r\n\r\nsecret words\r\n"

/* Larger than a chunk. */
static char *large_mail(void)
{
    GString *mail = g_string_new("Subject: large\r\n\r\n");
    while (mail->len < 200000)
        g_string_append(mail, "secret words of a long mail\r\n");
    return g_string_free(mail, FALSE);
}

static bool holds(const char *path, const char *words)
{
    g_autofree char *bytes = NULL;
    gsize n = 0;
    g_assert(g_file_get_contents(path, &bytes, &n, NULL));
    return memmem(bytes, n, words, strlen(words)) != NULL;
}

static void a_key_hides_what_is_held(void)
{
    static const char *const keys[] = {NULL, HELD_KEY};
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        struct held held;
        g_autofree char *mail = large_mail();
        held_begin(&held, keys[i]);
        held_open(&held);
        g_autofree char *id = held_keep(&held, mail, "a@x.org", NULL);
        g_autofree char *path = place_path(&held.q->place, id, PLACE_MAIL);
        CU_ASSERT_EQUAL(holds(path, "secret words"), keys[i] == NULL);
        CU_ASSERT_EQUAL(holds(path, "a@x.org"), keys[i] == NULL);
        g_autoptr(GBytes) raw = held_bytes(&held, id);
        CU_ASSERT_PTR_NOT_NULL_FATAL(raw);
        CU_ASSERT_EQUAL(g_bytes_get_size(raw), strlen(mail));
        CU_ASSERT_EQUAL(memcmp(g_bytes_get_data(raw, NULL), mail, strlen(mail)),
                        0);
        held_end(&held);
    }
}

/* Every byte counts: whichever is changed, nothing is handed out. */
static void no_changed_byte_goes_unnoticed(void)
{
    static const char *const keys[] = {NULL, HELD_KEY};
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        struct held held;
        struct stat st;
        held_begin(&held, keys[i]);
        held_open(&held);
        g_autofree char *id = held_keep(&held, MAIL, "a@x.org", NULL);
        g_autofree char *path = place_path(&held.q->place, id, PLACE_MAIL);
        CU_ASSERT_EQUAL_FATAL(stat(path, &st), 0);
        unsigned unnoticed = 0;
        for (long at = 0; at < st.st_size; at++) {
            held_spoil(path, at);
            g_autoptr(GBytes) raw = held_bytes(&held, id);
            unnoticed += raw != NULL;
            held_spoil(path, at);
        }
        CU_ASSERT_EQUAL(unnoticed, 0);
        g_autoptr(GBytes) raw = held_bytes(&held, id);
        CU_ASSERT_PTR_NOT_NULL(raw);
        held_end(&held);
    }
}

static void a_cut_or_longer_file_is_damaged(void)
{
    static const char *const keys[] = {NULL, HELD_KEY};
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        struct held held;
        struct stat st;
        g_autofree char *mail = large_mail();
        held_begin(&held, keys[i]);
        held_open(&held);
        g_autofree char *id = held_keep(&held, mail, "a@x.org", NULL);
        g_autofree char *path = place_path(&held.q->place, id, PLACE_MAIL);
        CU_ASSERT_EQUAL_FATAL(stat(path, &st), 0);
        const off_t sizes[] = {
            0, 1, 127, 128, 65536, st.st_size - 1, st.st_size + 1};
        for (size_t s = G_N_ELEMENTS(sizes); s-- > 0;) {
            CU_ASSERT_EQUAL_FATAL(truncate(path, sizes[s]), 0);
            g_autoptr(GBytes) raw = held_bytes(&held, id);
            CU_ASSERT_PTR_NULL(raw);
        }
        held_end(&held);
    }
}

static void a_file_under_another_name_is_refused(void)
{
    struct held held;
    GError *error = NULL;
    struct row row = {0};
    held_begin(&held, NULL);
    held_open(&held);
    g_autofree char *one = held_keep(&held, MAIL "1", "a@x.org", NULL);
    g_autofree char *two = held_keep(&held, MAIL "2", "a@x.org", NULL);
    g_autofree char *from = place_path(&held.q->place, one, PLACE_MAIL);
    g_autofree char *to = place_path(&held.q->place, two, PLACE_MAIL);
    CU_ASSERT_EQUAL_FATAL(rename(from, to), 0);
    CU_ASSERT_FALSE(inside_row(held.q, two, &row, &error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error->message, one));
    CU_ASSERT_PTR_NOT_NULL(strstr(error->message, to));
    g_clear_error(&error);
    held_end(&held);
}

static void keys_can_be_rotated(void)
{
    struct held held;
    GError *error = NULL;
    const struct inside_wanted all = {SEALED_ALL, NULL, NULL};
    held_begin(&held, HELD_KEY);
    held_open(&held);
    g_autofree char *before = held_keep(&held, MAIL "1", "a@x.org", NULL);
    /* The new key is not enough, and the error says what is. */
    g_autofree char *old = g_steal_pointer(&held.options.key_file);
    held.options.key_file = held_file(&held, "new-key", HELD_OTHER_KEY);
    held_open(&held);
    CU_ASSERT_FALSE(inside_read(held.q, before, &all, &error));
    CU_ASSERT(g_error_matches(error, BASE_ERROR, BASE_ERROR_CONF));
    CU_ASSERT_PTR_NOT_NULL(strstr(error->message, "old_key_files"));
    CU_ASSERT_PTR_NOT_NULL(strstr(error->message, "new-key"));
    CU_ASSERT_PTR_NOT_NULL(strstr(error->message, before));
    g_clear_error(&error);
    g_ptr_array_add(held.options.old_keys, g_strdup(old));
    held_open(&held);
    g_autofree char *after = held_keep(&held, MAIL "2", "a@x.org", NULL);
    g_autoptr(GBytes) one = held_bytes(&held, before);
    g_autoptr(GBytes) two = held_bytes(&held, after);
    CU_ASSERT_PTR_NOT_NULL(one);
    CU_ASSERT_PTR_NOT_NULL(two);
    struct row row = {0};
    struct row new_row = {0};
    CU_ASSERT_FATAL(held_row(&held, before, &row));
    CU_ASSERT_FATAL(held_row(&held, after, &new_row));
    CU_ASSERT_STRING_NOT_EQUAL(row.key_id, new_row.key_id);
    row_clear(&row);
    row_clear(&new_row);
    held_end(&held);
}

static void no_key_is_told_with_file_and_what_would_be_right(void)
{
    struct held held;
    GError *error = NULL;

    static const struct {
        const char *text;
        const char *why;
    } rows[] = {
        {"", "it has 0 characters"},
        {"00112233\n", "it has 8 characters"},
        {"zz112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n",
         "no hexadecimal digits"},
        {HELD_KEY "00112233445566778899aabbccddeeff", "it is too long"},
    };

    held_begin(&held, HELD_KEY);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_free(held_file(&held, "key", rows[i].text));
        CU_ASSERT_FALSE(quarantine_open(&held.options, &held.q, &error));
        CU_ASSERT_PTR_NOT_NULL(strstr(error->message, held.options.key_file));
        CU_ASSERT_PTR_NOT_NULL(strstr(error->message, rows[i].why));
        CU_ASSERT_PTR_NOT_NULL(strstr(error->message, "64 hexadecimal digits"));
        g_clear_error(&error);
    }
    g_free(held_file(&held, "key", HELD_KEY));
    chmod(held.options.key_file, 0644);
    CU_ASSERT_FALSE(quarantine_open(&held.options, &held.q, &error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error->message, "chmod"));
    g_clear_error(&error);
    unlink(held.options.key_file);
    CU_ASSERT_FALSE(quarantine_open(&held.options, &held.q, &error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error->message, "No such file"));
    g_clear_error(&error);
    held_end(&held);
}

UNIT_MAIN("q-sealed", UNIT(a_key_hides_what_is_held),
          UNIT(no_changed_byte_goes_unnoticed),
          UNIT(a_cut_or_longer_file_is_damaged),
          UNIT(a_file_under_another_name_is_refused), UNIT(keys_can_be_rotated),
          UNIT(no_key_is_told_with_file_and_what_would_be_right))
