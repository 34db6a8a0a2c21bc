/* SPDX-License-Identifier: MIT */
/*
 * Test mails of other projects, odd but mostly legitimate: each gives a message, and
 * none but those listed is called an anomaly.
 *
 * Public data that does not come with the sources (../shared/corpora): without it
 * this test says so and passes.
 */
#include "parse.h"
#include "unit.h"

#include <assay/plugin.h>

#include <glib.h>

#include <stdio.h>
#include <string.h>

static const char root[] = "../shared/corpora/mime-parsers";

/* Mails that are broken in a way that hides things, and how. */
static const struct {
    const char *mail;
    const char *how;
} broken[] = {
    {"python-email/msg_17.txt", "its boundary never appears"},
    {"python-email/msg_25.txt", "a multipart without a boundary"},
    {"python-email/msg_31.txt", "its boundary never appears"},
    {"python-email/msg_41.txt", "a multipart without a boundary"},
    {"ruby-mail/error_emails/content_transfer_encoding_qp_with_space.eml",
     "encoded as \"quoted printable\""},
    {"ruby-mail/error_emails/multiple_content_types.eml",
     "two Content-Types that differ"},
    {"ruby-mail/mime_emails/raw_email4.eml",
     "its final boundary has lost a dash"},
};

/* What was seen. */
struct tally {
    unsigned mails;
    unsigned listed;
};

static bool is_listed(const char *mail)
{
    for (size_t i = 0; i < G_N_ELEMENTS(broken); i++)
        if (strcmp(broken[i].mail, mail) == 0)
            return true;
    return false;
}

static void try_mail(const char *path, struct tally *tally)
{
    g_autofree char *text = NULL;
    gsize n = 0;
    if (!g_file_get_contents(path, &text, &n, NULL) || n == 0)
        return;
    struct parsed *parsed = parse(text, n, NULL);
    const char *notes = parse_notes(parsed);
    bool is_odd =
        strstr(notes, "anomaly:") != NULL || strstr(notes, "partial:") != NULL;
    const char *name = path + sizeof root;
    if (is_odd != is_listed(name))
        fprintf(stderr, "%s: %s\n", name, notes);
    CU_ASSERT_EQUAL(is_odd, is_listed(name));
    tally->mails++;
    tally->listed += is_odd;
    parse_free(parsed);
}

static void try_folder(const char *folder, struct tally *tally)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            try_folder(path, tally);
        else if (g_str_has_suffix(name, ".eml") ||
                 g_str_has_suffix(name, ".txt"))
            try_mail(path, tally);
    }
    if (dir != NULL)
        g_dir_close(dir);
}

static void other_projects_mails_are_no_anomalies(void)
{
    static const char *const sets[] = {"python-email", "ruby-mail",
                                       "mailparser"};
    struct tally tally = {0};
    for (size_t i = 0; i < G_N_ELEMENTS(sets); i++) {
        g_autofree char *folder = g_build_filename(root, sets[i], NULL);
        try_folder(folder, &tally);
    }
    if (tally.mails == 0)
        printf("  samples: skipped, %s is not there\n", root);
    else
        printf("  samples: %u of %u mails of other projects are no anomaly, %u "
               "are listed with reasons\n",
               tally.mails - tally.listed, tally.mails, tally.listed);
}

UNIT_MAIN("samples", UNIT(other_projects_mails_are_no_anomalies))
