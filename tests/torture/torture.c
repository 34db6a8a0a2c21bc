/* SPDX-License-Identifier: MIT */
/*
 * Every bad plugin beside the good ones, over real mail, for as long as one likes.
 *
 *     torture [--seconds N] [--together] [--in-process] [--only NAME,...]
 *             [--mails N] [--seed N] FOLDER...
 *
 * First an undisturbed scan of all mails in one process, with the good plugins only.
 * Then the pool: the bad plugins in classes of their own, workers (now and then a
 * zygote) killed at random, scans of all priorities, some of them cancelled, all of it
 * loaded anew every 20 s.  Each answer is compared with the undisturbed one.  The last
 * line is the ledger; the exit status is 0 only where every message was answered once
 * and nothing was wrong, lost or left behind.
 *
 *     --together     the bad plugins in the class of the good ones: only that every
 *                    message is answered is promised then
 *     --in-process   no pool, no killing: what the bad plugins do is not contained.
 *                    To see that the ledger can tell
 *     --only         of the bad plugins only these ("none": only killing)
 *     --mails        at most so many of each folder
 *     --seed         to have the same random numbers again
 *
 * ASSAY_BUILD names the build folder, as for the other tests.
 */
#include "torture.h"

#include "base/error.h"
#include "leaks.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SHORT_S = 300
};

static int seconds = 20;
static int64_t seed;
static int mails_max = 100000;
static int are_together;
static int is_in_process;
static char *only;
static char **folders;

static const GOptionEntry entries[] = {
    {"seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "How long", "N"},
    {"mails", 0, 0, G_OPTION_ARG_INT, &mails_max, "Of each folder", "N"},
    {"seed", 0, 0, G_OPTION_ARG_INT64, &seed, "Of what is random", "N"},
    {"together", 0, 0, G_OPTION_ARG_NONE, &are_together, "In one class", NULL},
    {"in-process", 0, 0, G_OPTION_ARG_NONE, &is_in_process, "Without a pool",
     NULL},
    {"only", 0, 0, G_OPTION_ARG_STRING, &only, "Bad plugins", "NAMES"},
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &folders, NULL,
     "FOLDER..."},
    {NULL, 0, 0, 0, NULL, NULL, NULL}};

/* The good ones, as a site has them. */
static char *good_conf(const char *build)
{
    g_autofree char *cwd = g_get_current_dir();
    return g_strdup_printf(
        "[pool]\nload_time = 5 min\n"
        "breaker_failures = 5\nbreaker_backoff = 300 ms\n"
        "breaker_backoff_max = 1 s\n"
        "[plugin attachment]\nfile = %s/plugins/attachment.so\nclass = main\n"
        "block_lists = %s/sigs/attachment/owa-today.list\n"
        "[plugin archive]\nfile = %s/plugins/archive.so\nclass = main\n"
        "[plugin tnef]\nfile = %s/plugins/tnef.so\nclass = main\n"
        "[plugin clamav]\nfile = %s/plugins/clamav.so\nclass = main\n"
        "database = %s/sigs/clamav\n"
        "[plugin spam]\nfile = %s/plugins/spam.so\nclass = main\n",
        build, cwd, build, build, build, cwd, build);
}

static bool torture(struct torture *torture, GError **error)
{
    const char *build = getenv("ASSAY_BUILD");
    g_autofree char *root =
        g_canonicalize_filename(build != NULL ? build : "build", NULL);
    g_autofree char *good = good_conf(root);
    g_autofree char *folder = g_build_filename(root, "bad", NULL);
    g_autoptr(GString) conf = g_string_new(good);
    if (!mails_scan_undisturbed(torture->mails, good, error))
        return false;
    bads_conf(conf, torture->bads, folder, torture->are_together);
    torture->conf = conf->str;
    torture->build = root;
    return is_in_process != 0 ? torture_in_process(torture, error)
                              : torture_pool(torture, error);
}

static void tell_bads(const GPtrArray *bads)
{
    for (unsigned i = 0; i < bads->len; i++) {
        const struct bad *bad = bads->pdata[i];
        printf("  %-18s acted on %6lu, failed %6lu\n", bad->name,
               (unsigned long)bad->acted, (unsigned long)bad->failed);
    }
}

static int run(void)
{
    GError *error = NULL;
    struct mails *mails =
        mails_read((const char *const *)folders, g_strv_length(folders),
                   (unsigned)MAX(mails_max, 1));
    const struct bads_how how = {.only = only,
                                 .are_together = are_together != 0,
                                 .is_short = seconds < SHORT_S};
    GPtrArray *bads = bads_new(mails, &how);
    struct torture t = {.mails = mails,
                        .bads = bads,
                        .seconds = (unsigned)MAX(seconds, 1),
                        .seed = seed != 0 ? (uint32_t)seed : g_random_int(),
                        .are_together = are_together != 0};
    tally_init(&t.tally, bads, t.are_together);
    if (mails->all->len == 0 || !leaks_adopt()) {
        fprintf(stderr, "torture: no mails\n");
        return 2;
    }
    uint64_t fds = leaks_fds();
    if (!torture(&t, &error)) {
        fprintf(stderr, "torture: %s\n", error->message);
        return 2;
    }
    t.tally.leaked_processes = leaks_processes(true);
    t.tally.leaked_fds = leaks_fds() - MIN(fds, leaks_fds());
    t.tally.lost = t.tally.messages - t.tally.answered;
    tell_bads(bads);
    printf(
        "  seed %" PRIu32
        ": %u mails, %lu cancelled, %lu disturbed, %lu left out, %lu excused by %lu kills\n",
        t.seed, mails->all->len, (unsigned long)t.tally.cancelled,
        (unsigned long)t.tally.disturbed, (unsigned long)t.tally.left_out,
        (unsigned long)t.tally.excused, (unsigned long)t.kills);
    tally_print(&t.tally);
    bool is_good = tally_is_good(&t.tally);
    tally_clear(&t.tally);
    g_ptr_array_unref(bads);
    mails_free(mails);
    return is_good ? 0 : 1;
}

int main(int argc, char **argv)
{
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    GError *error = NULL;
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) ||
        folders == NULL) {
        fprintf(stderr, "torture: %s\n",
                error != NULL ? error->message : "name a folder of mails");
        return 2;
    }
    int status = run();
    g_strfreev(folders);
    g_free(only);
    return status;
}
