/* SPDX-License-Identifier: MIT */
#include "base/error.h"
#include "held.h"
#include "unit.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAIL                                                                   \
    "From: =?utf-8?Q?J=C3=B6rg?= <j@example.net>\r\n"                          \
    "Subject: =?utf-8?B?R3LDvMOfZQ==?=\r\n\r\nhello\r\n"

static void what_is_held_is_in_file_and_index(void)
{
    struct held held;
    struct row row = {0};
    held_begin(&held, NULL);
    held_open(&held);
    g_autofree char *id = held_keep(&held, MAIL, "b@x.org,a@x.org", NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(id);
    g_autoptr(GBytes) raw = held_bytes(&held, id);
    CU_ASSERT_PTR_NOT_NULL_FATAL(raw);
    CU_ASSERT_EQUAL(g_bytes_get_size(raw), strlen(MAIL));
    CU_ASSERT_EQUAL(memcmp(g_bytes_get_data(raw, NULL), MAIL, strlen(MAIL)), 0);
    CU_ASSERT_FATAL(held_row(&held, id, &row));
    const struct session *session = row.kept.session;
    CU_ASSERT_STRING_EQUAL(row.kept.subject, "Grüße");
    CU_ASSERT_STRING_EQUAL(row.kept.from, "Jörg <j@example.net>");
    CU_ASSERT_STRING_EQUAL(session->mail_from, "sender@example.net");
    CU_ASSERT_STRING_EQUAL(session->client_ip, "192.0.2.1");
    CU_ASSERT_STRING_EQUAL(session->helo, "helo.example.net");
    CU_ASSERT_STRING_EQUAL(session->queue_id, "4XYZ");
    CU_ASSERT_EQUAL_FATAL(session->rcpts->len, 2);
    CU_ASSERT_STRING_EQUAL(session->rcpts->pdata[0], "a@x.org");
    CU_ASSERT_EQUAL(row.kept.kind, ASSAY_KIND_MALWARE);
    CU_ASSERT_EQUAL(row.kept.action, ASSAY_ACTION_QUARANTINE);
    CU_ASSERT_EQUAL(row.kept.time_s, 1700000000);
    CU_ASSERT_EQUAL(row.kept.generation, 7);
    CU_ASSERT_STRING_EQUAL(row.kept.by, "av");
    CU_ASSERT_STRING_EQUAL(row.kept.name, "Eicar");
    CU_ASSERT_PTR_NOT_NULL(strstr(row.kept.findings, "\"name\":\"Eicar\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(row.kept.because, "malware = quarantine"));
    CU_ASSERT_EQUAL(row.now, STATE_HELD);
    CU_ASSERT_EQUAL(row.times, 1);
    row_clear(&row);
    held_end(&held);
}

static void one_content_and_recipients_is_one_copy(void)
{
    struct held held;
    struct row row = {0};
    held_begin(&held, NULL);
    held_open(&held);
    g_autofree char *first = held_keep(&held, MAIL, "a@x.org,b@x.org", NULL);
    g_autofree char *again =
        held_keep(&held, MAIL, "b@x.org,a@x.org,a@x.org", NULL);
    g_autofree char *other = held_keep(&held, MAIL, "a@x.org", NULL);
    g_autofree char *changed =
        held_keep(&held, MAIL "x", "a@x.org,b@x.org", NULL);
    CU_ASSERT_STRING_EQUAL(first, again);
    CU_ASSERT_STRING_NOT_EQUAL(first, other);
    CU_ASSERT_STRING_NOT_EQUAL(first, changed);
    CU_ASSERT_EQUAL(held_count(&held, PLACE_MAIL), 3);
    CU_ASSERT_FATAL(held_row(&held, first, &row));
    CU_ASSERT_EQUAL(row.times, 2);
    row_clear(&row);
    held_end(&held);
}

static unsigned mode_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? st.st_mode & 07777 : 0;
}

static void only_owner_and_group_may_read(void)
{
    struct held held;
    mode_t mask = umask(0077);
    held_begin(&held, NULL);
    held_open(&held);
    g_autofree char *id = held_keep(&held, MAIL, "a@x.org", NULL);
    umask(mask);
    g_autofree char *path = place_path(&held.q->place, id, PLACE_MAIL);
    g_autofree char *fan = g_path_get_dirname(path);
    g_autofree char *index =
        g_build_filename(held.options.folder, "index.db", NULL);
    CU_ASSERT_EQUAL(mode_of(path), 0640);
    CU_ASSERT_EQUAL(mode_of(fan), 0750);
    CU_ASSERT_EQUAL(mode_of(index), 0640);
    CU_ASSERT_EQUAL(mode_of(held.options.folder), 0750);
    /* One that everybody may read is refused. */
    chmod(held.options.folder, 0755);
    quarantine_close(held.q);
    held.q = NULL;
    GError *error = NULL;
    CU_ASSERT_FALSE(quarantine_open(&held.options, &held.q, &error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error->message, "chmod o= it"));
    g_clear_error(&error);
    held_end(&held);
}

static void too_little_room_is_a_limit_and_leaves_nothing(void)
{
    struct held held;
    GError *error = NULL;
    held_begin(&held, NULL);
    held.options.min_free = INT64_MAX;
    held_open(&held);
    g_autofree char *id = held_keep(&held, MAIL, "a@x.org", &error);
    CU_ASSERT_PTR_NULL(id);
    CU_ASSERT(g_error_matches(error, BASE_ERROR, BASE_ERROR_LIMIT));
    CU_ASSERT_PTR_NOT_NULL(strstr(error->message, "disk full"));
    CU_ASSERT_EQUAL(held_count(&held, PLACE_MAIL), 0);
    g_clear_error(&error);
    held_end(&held);
}

static void a_spoilt_index_is_made_again(void)
{
    struct held held;
    struct row row = {0};
    held_begin(&held, HELD_KEY);
    held_open(&held);
    g_autofree char *id = held_keep(&held, MAIL, "a@x.org", NULL);
    g_autofree char *two = held_keep(&held, MAIL "2", "a@x.org", NULL);
    quarantine_close(held.q);
    held.q = NULL;
    g_autofree char *index =
        g_build_filename(held.options.folder, "index.db", NULL);
    g_file_set_contents(index, "this is no database, but long enough to be one",
                        -1, NULL);
    held_open(&held);
    CU_ASSERT_PTR_NOT_NULL(quarantine_trouble(held.q));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(quarantine_trouble(held.q), "made again from the files"));
    CU_ASSERT_FATAL(held_row(&held, id, &row));
    CU_ASSERT_STRING_EQUAL(row.kept.subject, "Grüße");
    CU_ASSERT_STRING_EQUAL(row.kept.name, "Eicar");
    row_clear(&row);
    CU_ASSERT(held_row(&held, two, &row));
    row_clear(&row);
    quarantine_clear_trouble(held.q);
    CU_ASSERT_PTR_NULL(quarantine_trouble(held.q));
    held_end(&held);
}

static void an_index_spoilt_while_open_is_made_again(void)
{
    struct held held;
    struct row row = {0};
    held_begin(&held, NULL);
    held_open(&held);
    g_autofree char *id = held_keep(&held, MAIL, "a@x.org", NULL);
    for (unsigned i = 0; i < 60; i++) {
        g_autofree char *mail = g_strdup_printf(MAIL "%u", i);
        g_autofree char *more = held_keep(&held, mail, "a@x.org", NULL);
        CU_ASSERT_PTR_NOT_NULL(more);
    }
    held_open(&held); /* the WAL is in the database now */
    g_autofree char *index =
        g_build_filename(held.options.folder, "index.db", NULL);
    FILE *file = fopen(index, "r+");
    fseek(file, 4096, SEEK_SET);
    for (unsigned i = 0; i < 100000; i++)
        fputc('x', file);
    fclose(file);
    sqlite3_db_release_memory(held.q->index.db);
    g_autofree char *two = held_keep(&held, MAIL "two", "a@x.org", NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(two);
    CU_ASSERT_PTR_NOT_NULL(quarantine_trouble(held.q));
    CU_ASSERT(held_row(&held, id, &row));
    row_clear(&row);
    CU_ASSERT(held_row(&held, two, &row));
    row_clear(&row);
    held_end(&held);
}

static void another_process_may_make_the_index_again(void)
{
    struct held held;
    struct held other;
    struct row row = {0};
    held_begin(&held, NULL);
    held_open(&held);
    g_autofree char *id = held_keep(&held, MAIL, "a@x.org", NULL);
    other = held;
    other.q = NULL;
    held_open(&other);
    CU_ASSERT(place_lock(&other.q->place, NULL));
    CU_ASSERT(inside_remake_index(other.q, "test", NULL));
    place_unlock(&other.q->place);
    g_autofree char *two = held_keep(&held, MAIL "two", "a@x.org", NULL);
    CU_ASSERT(held_row(&other, two, &row)); /* not in the one moved aside */
    row_clear(&row);
    quarantine_close(other.q);
    held_end(&held);
}

static void looking_needs_no_right_to_write(void)
{
    struct held held;
    struct quarantine *q = NULL;
    GError *error = NULL;
    char *id = NULL;
    held_begin(&held, NULL);
    CU_ASSERT_FALSE(quarantine_open_to_read(&held.options, &q, &error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error->message, held.options.folder));
    g_clear_error(&error);
    held_open(&held);
    g_free(held_keep(&held, MAIL, "a@x.org", NULL));
    CU_ASSERT_FATAL(quarantine_open_to_read(&held.options, &q, NULL));
    uint64_t bytes = 0;
    uint64_t mails = 0;
    CU_ASSERT(quarantine_sum(q, &bytes, &mails, NULL));
    CU_ASSERT_EQUAL(mails, 1);
    CU_ASSERT(bytes > strlen(MAIL));
    struct quarantine_item *item = held_item(MAIL "x", "a@x.org");
    CU_ASSERT_FALSE(quarantine_keep(q, item, &id, NULL));
    quarantine_item_free(item);
    quarantine_close(q);
    held_end(&held);
}

/* As a member of the group who may do no more than read; sees how many. */
static int look_as_member(struct held *held)
{
    pid_t pid = fork();
    if (pid == 0) {
        struct quarantine *q = NULL;
        uint64_t bytes = 0;
        uint64_t mails = 0;
        struct group *group = getgrnam("nogroup");
        struct passwd *user = getpwnam("nobody");
        bool is_told = group != NULL && user != NULL &&
                       setgroups(0, NULL) == 0 && setgid(group->gr_gid) == 0 &&
                       setuid(user->pw_uid) == 0 &&
                       quarantine_open_to_read(&held->options, &q, NULL) &&
                       quarantine_sum(q, &bytes, &mails, NULL);
        _exit(is_told ? (int)mails : 99);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

static void the_group_may_look(void)
{
    struct held held;
    if (geteuid() != 0 || getgrnam("nogroup") == NULL)
        return; /* only root can be somebody else */
    held_begin(&held, NULL);
    chmod(held.dir, 0755);
    held.options.group = g_strdup("nogroup");
    held_open(&held);
    g_free(held_keep(&held, MAIL, "a@x.org", NULL));
    CU_ASSERT_EQUAL(look_as_member(&held), 1); /* while it is in use */
    quarantine_close(held.q);
    held.q = NULL;
    CU_ASSERT_EQUAL(look_as_member(&held), 1); /* and while it is not */
    g_free(held.options.group);
    held.options.group = g_strdup("no such group");
    GError *error = NULL;
    CU_ASSERT_FALSE(quarantine_open(&held.options, &held.q, &error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error->message, "there is no group"));
    g_clear_error(&error);
    held_end(&held);
}

static void subject_is_hidden_where_it_is_asked_for(void)
{
    struct held held;
    struct row row = {0};
    held_begin(&held, HELD_KEY);
    held.options.is_subject_hidden = true;
    held_open(&held);
    g_autofree char *id = held_keep(&held, MAIL, "a@x.org", NULL);
    CU_ASSERT_FATAL(held_row(&held, id, &row));
    CU_ASSERT_PTR_NULL(row.kept.subject);
    CU_ASSERT_PTR_NULL(row.kept.from);
    row_clear(&row);
    struct kept kept = {0};
    const struct inside_wanted wanted = {SEALED_META, NULL, &kept};
    CU_ASSERT_FATAL(inside_read(held.q, id, &wanted, NULL));
    CU_ASSERT_STRING_EQUAL(kept.subject, "Grüße");
    kept_clear(&kept);
    held_end(&held);
}

static void any_bytes_are_held_as_they_are(void)
{
    struct held held;
    held_begin(&held, HELD_KEY);
    held_open(&held);
    const char *const mails[] = {"",     "\r\n",   "no header",
                                 "A: b", "\n\n\n", "Subject: \xff\xfe\r\n\r\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(mails); i++) {
        g_autofree char *id =
            held_keep(&held, mails[i], "\xff\xfe@x.org", NULL);
        CU_ASSERT_PTR_NOT_NULL_FATAL(id);
        g_autoptr(GBytes) raw = held_bytes(&held, id);
        CU_ASSERT_EQUAL(g_bytes_get_size(raw), strlen(mails[i]));
    }
    held_end(&held);
}

UNIT_MAIN("quarantine", UNIT(what_is_held_is_in_file_and_index),
          UNIT(one_content_and_recipients_is_one_copy),
          UNIT(only_owner_and_group_may_read),
          UNIT(too_little_room_is_a_limit_and_leaves_nothing),
          UNIT(a_spoilt_index_is_made_again),
          UNIT(an_index_spoilt_while_open_is_made_again),
          UNIT(another_process_may_make_the_index_again),
          UNIT(looking_needs_no_right_to_write), UNIT(the_group_may_look),
          UNIT(subject_is_hidden_where_it_is_asked_for),
          UNIT(any_bytes_are_held_as_they_are))
