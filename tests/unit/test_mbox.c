/* SPDX-License-Identifier: MIT */
#include "mailbox/mbox.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FROM "From a@example.org Mon Sep 30 13:43:46 2002\n"

static void a_from_line_needs_a_date(void)
{
    static const char *const good[] = {
        "From a@example.org Mon Sep 30 13:43:46 2002",
        "From a@example.org  Mon Sep  2 13:43:46 2002\r",
        "From MAILER-DAEMON Fri Jul  8 12:08:34 2011",
        "From - Tue Apr 12 9:05 2022",
        "From Joe User <joe@example.org> Mon Sep 30 13:43:46 2002",
        "From joe at example.org  Mon Sep 30 13:43:46 2002",
        "From 1591@xxx Mon Jan 01 12:00:00 +0000 2018",
        "From a Mon Sep 30 13:43:46 CEST 2002 remote from b",
    };
    static const char *const bad[] = {
        "From now on we meet on Mon Sep 30.",
        "From ",
        "From Mon Sep 30",
        "From a Mon Sep 30 13:43:46",
        "From a Mon Sep 30 134346 2002",
        "From a Moo Sep 30 13:43:46 2002",
        "From a Mon Sap 30 13:43:46 2002",
        "From a Mon Sep x0 13:43:46 2002",
        "From a Mon Sep 30 13:43:46 20022",
        "from a Mon Sep 30 13:43:46 2002",
        ">From a Mon Sep 30 13:43:46 2002",
        "From: a Mon Sep 30 13:43:46 2002",
        "",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++)
        CU_ASSERT(mbox_is_from(good[i], strlen(good[i])));
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        CU_ASSERT(!mbox_is_from(bad[i], strlen(bad[i])));
    g_autofree char *fill = g_strnfill(2000, 'x');
    g_autofree char *longer =
        g_strconcat("From ", fill, " Mon Sep 30 13:43:46 2002", NULL);
    CU_ASSERT(!mbox_is_from(longer, strlen(longer)));
}

static void an_mbox_begins_with_from_and_a_header_field_does_not(void)
{
    CU_ASSERT(mbox_begins("From x", 6));
    CU_ASSERT(!mbox_begins("From : x", 8));
    CU_ASSERT(!mbox_begins("From  \t : x", 11));
    CU_ASSERT(!mbox_begins("From:x", 6));
    CU_ASSERT(!mbox_begins("From ", 5));
    CU_ASSERT(!mbox_begins("Subject: x", 10));
    CU_ASSERT(!mbox_begins("", 0));
}

/* An mbox and its messages, each in brackets. */
static const struct {
    const char *mbox;
    const char *messages;
} table[] = {
    {FROM "A: 1\n\nbody\n\n" FROM "B: 2\n\nb\n\n",
     "[A: 1\n\nbody\n][B: 2\n\nb\n]"},
    {FROM "A: 1\n\nbody\n" FROM "\nB", "[A: 1\n\nbody\n" FROM "\nB]"},
    {FROM "A: 1\n\n" FROM "B: 2\n", "[A: 1\n][B: 2\n]"},
    {FROM "A: 1\n\nx\n\nFrom now on\n", "[A: 1\n\nx\n\nFrom now on\n]"},
    {FROM "A: 1\n\nx\n\n>" FROM "y\n", "[A: 1\n\nx\n\n>" FROM "y\n]"},
    {"From a Mon Sep 30 13:43:46 2002\r\nA: 1\r\n\r\nx\r\n\r\n"
     "From a Mon Sep 30 13:43:46 2002\r\nB\r\n\r\n",
     "[A: 1\r\n\r\nx\r\n][B\r\n]"},
    {FROM "no line end", "[no line end]"},
    {FROM "A\n\n" FROM, "[A\n][]"},
    {FROM "\n" FROM "\n" FROM "C", "[][][C]"},
    {FROM "A\n\n\n\n" FROM "C", "[A\n\n\n][C]"},
    {FROM, "[]"},
    {"From nobody, without date\nA\n\n" FROM "B\n", "[A\n][B\n]"},
};

static char *messages(const char *p, const GArray *ranges)
{
    GString *all = g_string_new(NULL);
    for (unsigned i = 0; i < ranges->len; i++) {
        const struct mbox_range *r =
            &g_array_index(ranges, struct mbox_range, i);
        g_string_append_c(all, '[');
        g_string_append_len(all, p + r->offset, (gssize)r->length);
        g_string_append_c(all, ']');
    }
    return g_string_free(all, FALSE);
}

static int file_with(const char *p, size_t n)
{
    char path[] = "/tmp/assay-mbox-XXXXXX";
    int fd = mkstemp(path);
    CU_ASSERT_FATAL(fd >= 0);
    unlink(path);
    CU_ASSERT_EQUAL_FATAL(write(fd, p, n), (ssize_t)n);
    return fd;
}

static void messages_are_split_at_from_lines_after_empty_ones(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        size_t n = strlen(table[i].mbox);
        g_autoptr(GArray) ranges = mbox_split(table[i].mbox, n);
        g_autofree char *got = messages(table[i].mbox, ranges);
        CU_ASSERT_STRING_EQUAL(got, table[i].messages);
        int fd = file_with(table[i].mbox, n);
        g_autoptr(GArray) again = mbox_split_file(fd);
        close(fd);
        g_autofree char *same = messages(table[i].mbox, again);
        CU_ASSERT_STRING_EQUAL(same, table[i].messages);
    }
}

/* Whatever lies at the edge of a window is split as it is in memory. */
static void a_file_larger_than_a_window_is_split_alike(void)
{
    static const char next[] = "end\n\n" FROM "X: y\n\n";
    g_autoptr(GString) all = g_string_new(FROM "A: 1\n\n");
    for (size_t shift = 0; shift < sizeof next + 8; shift++) {
        while (all->len < (shift + 1) * 256 * 1024 - shift)
            g_string_append_c(all, all->len % 70 == 0 ? '\n' : 'x');
        g_string_append(all, next);
    }
    int fd = file_with(all->str, all->len);
    g_autoptr(GArray) memory = mbox_split(all->str, all->len);
    g_autoptr(GArray) file = mbox_split_file(fd);
    close(fd);
    CU_ASSERT_EQUAL(memory->len, 1 + sizeof next + 8);
    CU_ASSERT_EQUAL_FATAL(memory->len, file->len);
    CU_ASSERT_EQUAL(memcmp(memory->data, file->data,
                           memory->len * sizeof(struct mbox_range)),
                    0);
}

UNIT_MAIN("mbox", UNIT(a_from_line_needs_a_date),
          UNIT(an_mbox_begins_with_from_and_a_header_field_does_not),
          UNIT(messages_are_split_at_from_lines_after_empty_ones),
          UNIT(a_file_larger_than_a_window_is_split_alike))
