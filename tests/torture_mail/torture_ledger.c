/* SPDX-License-Identifier: MIT */
/*
 * torture_ledger RECORDS BOXES HELD SUM
 *
 * Holds what the clients saw (torture_mail) against what is on the disk, mail by mail and
 * recipient by recipient, and prints the ledger as its last line:
 *
 *     lost         the client was told 250 and somebody has no copy
 *     duplicated   more copies than one and those attempts that the client saw fail;
 *                  copies with one queue id are the MTA's redelivery and counted apart
 *     unscanned_delivered   delivered without the marks of a scan
 *     wrong        in a place where its verdict does not put it, or accepted, rejected
 *                  when it should not be
 *
 * Status 1: the ledger does not balance; what is wrong is told, a line each.
 */
#include "found.h"
#include "plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TOLD_MAX = 40, /* lines about what is wrong */
    FIRST_TRY_PERCENT = 50
};

/* All that is counted. */
static struct {
    size_t sent, accepted, delivered, quarantined, rejected, deferred, retried;
    size_t lost, duplicated, redelivered, unscanned, wrong, unsettled,
        first_try;
} sum;

static unsigned told;

static void tell(const struct plan_mail *mail, const char *box,
                 const char *what)
{
    if (told++ < TOLD_MAX)
        printf("%s %s %s: %s\n", mail->sender, mail->kind, box, what);
}

/* One line of the records. */
struct record {
    unsigned attempts;
    unsigned failed;
    int code;
};

static bool is_in_place(const struct found *found, enum plan_fate fate)
{
    switch (fate) {
    case PLAN_INBOX:
        return !found->is_held && !found->is_junk && !found->is_tagged;
    case PLAN_TAGGED:
        return !found->is_held && !found->is_junk && found->is_tagged;
    case PLAN_JUNK:
        return !found->is_held && found->is_junk;
    case PLAN_QUARANTINE:
        return found->is_held;
    case PLAN_REJECT:
    default:
        return false;
    }
}

/* Copies of one mail in one box that came by different queue ids. */
static size_t count_copies(const GPtrArray *copies, const char *box)
{
    g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
    size_t n = 0;
    for (unsigned i = 0; copies != NULL && i < copies->len; i++) {
        struct found *found = g_ptr_array_index(copies, i);
        if (strcmp(found->box, box) != 0)
            continue;
        if (*found->queue_id != '\0' && !g_hash_table_add(ids, found->queue_id))
            sum.redelivered++;
        else
            n++;
    }
    return n;
}

static void judge_rcpt(const struct plan_mail *mail,
                       const struct plan_rcpt *rcpt,
                       const struct record *record, const GPtrArray *copies)
{
    size_t n = count_copies(copies, rcpt->name);
    if (record->code / 100 == 2 && n == 0 && rcpt->fate != PLAN_REJECT) {
        sum.lost++;
        tell(mail, rcpt->name, "accepted, and nowhere");
    }
    if (n > 1 + record->failed) {
        sum.duplicated += n - 1 - record->failed;
        tell(mail, rcpt->name, "more copies than attempts that failed allow");
    }
}

static void judge_copy(const struct plan_mail *mail, const struct found *found)
{
    const struct plan_rcpt *rcpt = NULL;
    for (size_t i = 0; i < PLAN_RCPTS && mail->rcpts[i].name != NULL; i++)
        if (strcmp(mail->rcpts[i].name, found->box) == 0)
            rcpt = &mail->rcpts[i];
    *(found->is_held ? &sum.quarantined : &sum.delivered) += 1;
    if (!found->is_scanned) {
        sum.unscanned++;
        tell(mail, found->box, "delivered without a scan");
    }
    if (rcpt == NULL || !is_in_place(found, rcpt->fate)) {
        sum.wrong++;
        tell(mail, found->box, found->is_held ? "in quarantine" : "delivered");
    }
}

static void judge(size_t number, const struct record *record,
                  const GPtrArray *copies)
{
    struct plan_mail mail;
    plan_make(number, &mail);
    bool is_refused = mail.rcpts[0].fate == PLAN_REJECT;
    sum.sent++;
    sum.accepted += record->code / 100 == 2;
    sum.rejected += record->code / 100 == 5;
    sum.deferred += record->failed;
    sum.retried += record->attempts > 0 ? record->attempts - 1 : 0;
    sum.first_try += record->attempts == 1 && record->code != 0;
    if (record->code == 0)
        sum.unsettled++;
    else if ((record->code / 100 == 5) != is_refused) {
        sum.wrong++;
        tell(&mail, "-", is_refused ? "accepted" : "rejected");
    }
    for (size_t i = 0; i < PLAN_RCPTS && mail.rcpts[i].name != NULL; i++)
        judge_rcpt(&mail, &mail.rcpts[i], record, copies);
    for (unsigned i = 0; copies != NULL && i < copies->len; i++)
        judge_copy(&mail, g_ptr_array_index(copies, i));
    plan_clear(&mail);
}

/* By number: arrays of what was found. */
static GHashTable *by_number(const GPtrArray *all)
{
    GHashTable *table = g_hash_table_new_full(
        g_direct_hash, g_direct_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
    for (unsigned i = 0; i < all->len; i++) {
        struct found *found = g_ptr_array_index(all, i);
        GPtrArray *copies =
            g_hash_table_lookup(table, GSIZE_TO_POINTER(found->number + 1));
        if (copies == NULL) {
            copies = g_ptr_array_new();
            g_hash_table_insert(table, GSIZE_TO_POINTER(found->number + 1),
                                copies);
        }
        g_ptr_array_add(copies, found);
    }
    return table;
}

static bool print_ledger(const char *what_befell, size_t strange)
{
    size_t percent = sum.sent == 0 ? 0 : sum.first_try * 100 / sum.sent;
    if (told > TOLD_MAX)
        printf("... and %u more\n", told - TOLD_MAX);
    printf("sent=%zu accepted=%zu delivered=%zu quarantined=%zu rejected=%zu "
           "deferred=%zu retried=%zu lost=%zu duplicated=%zu "
           "unscanned_delivered=%zu wrong=%zu redelivered=%zu unsettled=%zu "
           "strange=%zu first_try=%zu%% %s\n",
           sum.sent, sum.accepted, sum.delivered, sum.quarantined, sum.rejected,
           sum.deferred, sum.retried, sum.lost, sum.duplicated, sum.unscanned,
           sum.wrong, sum.redelivered, sum.unsettled, strange, percent,
           what_befell);
    return sum.sent > 0 && sum.lost == 0 && sum.duplicated == 0 &&
           sum.unscanned == 0 && sum.wrong == 0 && sum.unsettled == 0 &&
           strange == 0 && percent >= FIRST_TRY_PERCENT;
}

int main(int argc, char **argv)
{
    char line[256];
    size_t strange = 0;
    g_autofree char *what_befell = NULL;
    FILE *records = argc == 5 ? fopen(argv[1], "re") : NULL;
    if (records == NULL ||
        !g_file_get_contents(argv[4], &what_befell, NULL, NULL)) {
        fputs("usage: torture_ledger RECORDS BOXES HELD SUM\n", stderr);
        return 2;
    }
    g_autoptr(GPtrArray) all = found_in_boxes(argv[2], &strange);
    if (!found_in_quarantine(argv[3], all, &strange)) {
        fprintf(stderr, "torture_ledger: %s cannot be read\n", argv[3]);
        return 2;
    }
    g_autoptr(GHashTable) table = by_number(all);
    while (fgets(line, sizeof line, records) != NULL) {
        size_t number = 0;
        struct record record;
        if (sscanf(line, "%zu %u %u %d", &number, &record.attempts,
                   &record.failed, &record.code) != 4)
            return 2;
        judge(number, &record,
              g_hash_table_lookup(table, GSIZE_TO_POINTER(number + 1)));
        g_hash_table_remove(table, GSIZE_TO_POINTER(number + 1));
    }
    fclose(records);
    /* Mails that nobody sent. */
    strange += g_hash_table_size(table);
    return print_ledger(g_strchomp(what_befell), strange) ? 0 : 1;
}
