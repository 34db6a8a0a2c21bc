/* SPDX-License-Identifier: MIT */
#include "tally.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    TOLD_MAX = 20 /* mistakes that are told in full */
};

/* What one bad plugin said of one mail. */
struct voice {
    const struct finding *failed; /* its first; NULL: none */
    const struct finding *other;  /* its first of any other kind */
    bool is_clean;
};

void tally_init(struct tally *tally, const GPtrArray *bads, bool are_together)
{
    *tally = (struct tally){.bads = bads, .are_together = are_together};
    tally->bad_names =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (unsigned i = 0; i < bads->len; i++) {
        const struct bad *bad = bads->pdata[i];
        g_hash_table_add(tally->bad_names, g_strdup(bad->name));
    }
}

void tally_clear(struct tally *tally)
{
    g_hash_table_unref(tally->bad_names);
    *tally = (struct tally){0};
}

__attribute__((format(printf, 3, 4))) static void tell(
    const struct tally *tally, const struct mail *mail, const char *format, ...)
{
    va_list arguments;
    if (tally->wrong + tally->blamed_wrongly > TOLD_MAX)
        return;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    fprintf(stderr, "torture: %s: %s\n", mail->name, text);
}

static struct voice hear(const struct scan *scan, const struct bad *bad)
{
    struct voice voice = {0};
    for (unsigned i = 0; i < scan->findings->len; i++) {
        const struct finding *f = scan->findings->pdata[i];
        if (strcmp(f->plugin, bad->name) != 0)
            continue;
        if (f->kind == ASSAY_KIND_FAILED && voice.failed == NULL)
            voice.failed = f;
        if (f->kind != ASSAY_KIND_FAILED && voice.other == NULL)
            voice.other = f;
    }
    for (unsigned i = 0; i < scan->answers->len; i++) {
        const struct scan_answer *a =
            &g_array_index(scan->answers, struct scan_answer, i);
        voice.is_clean |= strcmp(a->plugin, bad->name) == 0;
    }
    return voice;
}

static void check_refused(struct tally *tally, const struct mail *mail,
                          const struct bad *bad, const struct voice *voice)
{
    if (voice->failed == NULL && voice->other == NULL && !voice->is_clean)
        return;
    tally->wrong++;
    tell(tally, mail, "%s cannot be loaded, but speaks", bad->name);
}

void tally_handed(struct tally *tally, const struct mail *mail)
{
    for (unsigned i = 0; i < tally->bads->len; i++) {
        struct bad *bad = tally->bads->pdata[i];
        bad->handed += bad_acts(bad, mail);
    }
}

/* It failed so often that the pool does without it for a while.  The pool counts that
 * when its workers die: before the mails that it acts on are answered, and where these
 * are held aside, since another one acts on them too, or cancelled, no answer will ever
 * tell.  So what excuses it is that one of those was handed in. */
static bool is_left_out(const struct bad *bad, const struct voice *voice)
{
    return voice->failed != NULL && bad->handed > 0 &&
           bad->outcome != BAD_WELL && strcmp(voice->failed->name, "out") == 0;
}

static void check_acted(struct tally *tally, const struct mail *mail,
                        struct bad *bad, const struct voice *voice)
{
    bad->acted++;
    bad->failed += voice->failed != NULL;
    if (bad->outcome == BAD_REFUSED) {
        check_refused(tally, mail, bad, voice);
        return;
    }
    bool must_fail = bad->outcome == BAD_DIES || bad->outcome == BAD_DOWN;
    bool must_be_clean = bad->outcome == BAD_WELL;
    bool has_hole = bad->outcome == BAD_HOLE && voice->other != NULL;
    if (must_fail && voice->failed == NULL) {
        tally->wrong++;
        tell(tally, mail, "%s acted, and nobody says that it failed",
             bad->name);
    }
    if (has_hole) {
        tally->wrong++;
        tell(tally, mail, "%s got through: %s %s", bad->name,
             voice->other->name, voice->other->text);
    }
    if (must_be_clean && voice->failed != NULL) {
        tally->blamed_wrongly++;
        tell(tally, mail, "%s hurts nobody, but failed: %s", bad->name,
             voice->failed->text);
    }
    if (voice->failed == NULL && voice->other == NULL && !voice->is_clean &&
        bad->outcome != BAD_MAY) {
        tally->wrong++;
        tell(tally, mail, "%s acted, and nothing is told of it", bad->name);
    }
}

/* It did not act: all that it says is CLEAN. */
static void check_idle(struct tally *tally, const struct mail *mail,
                       const struct bad *bad, const struct voice *voice,
                       bool is_excused)
{
    if (voice->other != NULL) {
        tally->wrong++;
        tell(tally, mail, "%s says what it never said: %s", bad->name,
             voice->other->name);
    }
    if (voice->failed != NULL && is_excused) {
        tally->excused++;
    } else if (is_left_out(bad, voice)) {
        tally->left_out++;
    } else if (voice->failed != NULL) {
        tally->blamed_wrongly++;
        tell(tally, mail, "%s is blamed and did nothing: %s: %s", bad->name,
             voice->failed->name, voice->failed->text);
    } else if (!voice->is_clean) {
        tally->wrong++;
        tell(tally, mail, "%s looked at it, but its answer is lost", bad->name);
    }
}

/* The first line in which two texts differ; lines end with "\n". */
static char *line_at(const char *text, size_t common)
{
    size_t from = common;
    while (from > 0 && text[from - 1] != '\n')
        from--;
    size_t n = strcspn(text + from, "\n");
    return n == 0 ? g_strdup("nothing") : g_strndup(text + from, n);
}

static void check_good(struct tally *tally, const struct mail *mail,
                       const struct scan *scan)
{
    g_autoptr(GString) said = g_string_new(NULL);
    mails_say(said, scan, tally->bad_names);
    if (strcmp(said->str, mail->said) == 0)
        return;
    tally->wrong++;
    size_t common = 0;
    while (mail->said[common] == said->str[common] && said->str[common] != '\0')
        common++;
    g_autofree char *undisturbed = line_at(mail->said, common);
    g_autofree char *here = line_at(said->str, common);
    tell(tally, mail, "undisturbed it is: %s\n    but here: %s", undisturbed,
         here);
}

void tally_check(struct tally *tally, const struct mail *mail,
                 const struct scan *scan, tally_excuse_fn excuse, void *self)
{
    bool is_disturbed = false;
    bool is_same_tree = true;
    for (unsigned i = 0; i < tally->bads->len; i++) {
        struct bad *bad = tally->bads->pdata[i];
        const struct voice voice = hear(scan, bad);
        bool acts = bad_acts(bad, mail);
        is_disturbed |= acts && bad->outcome < BAD_DOWN;
        is_same_tree &= !(acts && bad->adds_children);
        if (tally->are_together)
            bad->acted += acts;
        else if (acts)
            check_acted(tally, mail, bad, &voice);
        else
            check_idle(tally, mail, bad, &voice, excuse(self, bad));
    }
    tally->disturbed += is_disturbed;
    if (!tally->are_together && is_same_tree)
        check_good(tally, mail, scan);
}

/* Two plugins or more act on it, and it was held aside for their deaths. */
static bool is_deadly(const struct tally *tally, const struct mail *mail,
                      const struct scan *scan)
{
    unsigned acting = 0;
    for (unsigned i = 0; i < tally->bads->len; i++)
        acting += bad_acts(tally->bads->pdata[i], mail);
    for (unsigned i = 0; acting > 1 && i < scan->findings->len; i++) {
        const struct finding *f = scan->findings->pdata[i];
        if (strcmp(f->plugin, "core") == 0 && strcmp(f->name, "deadly") == 0)
            return true;
    }
    return false;
}

void tally_unread(struct tally *tally, const struct mail *mail,
                  const struct scan *scan)
{
    if (is_deadly(tally, mail, scan)) {
        tally->disturbed++;
        return;
    }
    tally->wrong++;
    if (scan->findings->len == 0) {
        tell(tally, mail, "it was not scanned, and nobody says why");
        return;
    }
    const struct finding *f = scan->findings->pdata[0];
    tell(tally, mail, "it was not scanned: %s %s: %s", f->plugin, f->name,
         f->text);
}

void tally_print(const struct tally *tally)
{
    printf("messages=%" PRIu64 " answered=%" PRIu64 " wrong=%" PRIu64
           " lost=%" PRIu64 " blamed_wrongly=%" PRIu64
           " leaked_processes=%" PRIu64 " leaked_fds=%" PRIu64
           " reloads=%" PRIu64 "\n",
           tally->messages, tally->answered, tally->wrong, tally->lost,
           tally->blamed_wrongly, tally->leaked_processes, tally->leaked_fds,
           tally->reloads);
    fflush(stdout);
}

bool tally_is_good(const struct tally *tally)
{
    return tally->messages > 0 && tally->answered == tally->messages &&
           (tally->wrong | tally->lost | tally->blamed_wrongly |
            tally->leaked_processes | tally->leaked_fds) == 0;
}
