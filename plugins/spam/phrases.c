/* SPDX-License-Identifier: MIT */
#include "phrases.h"

#include "automaton.h"
#include "fold.h"
#include "utf8.h"

#include <stdlib.h>

enum {
    MARK = 1, /* between a word and what is none */
    SHARP_S = 0xDF
};

struct phrases {
    locale_t locale;
    struct automaton *automaton;
};

struct phrases *phrases_new(locale_t locale)
{
    struct phrases *phrases = calloc(1, sizeof(*phrases));

    if (phrases == NULL)
        return NULL;
    phrases->locale = locale;
    phrases->automaton = automaton_new();
    if (phrases->automaton == NULL) {
        phrases_free(phrases);
        return NULL;
    }
    return phrases;
}

void phrases_free(struct phrases *phrases)
{
    if (phrases == NULL)
        return;
    automaton_free(phrases->automaton);
    free(phrases);
}

/* What folding writes goes one byte at a time to one of these. */
struct sink {
    void (*put)(void *user, uint8_t byte);
    void *user;
    locale_t locale;
    bool *in_word;
    bool *after_blank;
};

static void put_mark(const struct sink *sink, bool is_word)
{
    if (*sink->in_word != is_word)
        sink->put(sink->user, MARK);
    *sink->in_word = is_word;
}

static void fold_char_into(const struct sink *sink, uint32_t raw)
{
    char bytes[UTF8_MAX];

    if (fold_is_blank(raw)) {
        put_mark(sink, false);
        if (!*sink->after_blank)
            sink->put(sink->user, ' ');
        *sink->after_blank = true;
        return;
    }
    if (fold_is_invisible(raw))
        return;
    uint32_t c = fold_case(sink->locale, raw);
    put_mark(sink, fold_is_word(sink->locale, c));
    *sink->after_blank = false;
    size_t n = utf8_put(bytes, c);
    /* Its capitals are SS: the one full folding that common words need. */
    if (c == SHARP_S) {
        bytes[0] = 's';
        bytes[1] = 's';
    }
    for (size_t i = 0; i < n; i++)
        sink->put(sink->user, (uint8_t)bytes[i]);
}

static void fold_into(const struct sink *sink, const char *p, size_t n)
{
    const char *end = p + n;

    while (p < end)
        fold_char_into(sink, utf8_next(&p, end));
}

/* A phrase being added: the state it has come to. */
struct growth {
    struct automaton *automaton;
    uint32_t state;
};

static void grow(void *user, uint8_t byte)
{
    struct growth *growth = user;

    if (growth->state != AUTOMATON_NONE)
        growth->state = automaton_grow(growth->automaton, growth->state, byte);
}

bool phrases_add(struct phrases *phrases, const char *p, size_t n, uint32_t id)
{
    struct growth growth = {.automaton = phrases->automaton,
                            .state = AUTOMATON_ROOT};
    bool in_word = false;
    bool after_blank = true; /* blanks at its start do not count */
    struct sink sink = {.put = grow,
                        .user = &growth,
                        .locale = phrases->locale,
                        .in_word = &in_word,
                        .after_blank = &after_blank};

    while (n > 0 && (unsigned char)p[n - 1] <= ' ')
        n--;
    fold_into(&sink, p, n);
    put_mark(&sink, false);
    if (growth.state == AUTOMATON_NONE || growth.state == AUTOMATON_ROOT)
        return false;
    return automaton_end(phrases->automaton, growth.state, id);
}

bool phrases_build(struct phrases *phrases)
{
    return automaton_build(phrases->automaton);
}

static void advance(void *user, uint8_t byte)
{
    struct phrases_search *search = user;
    const struct automaton *automaton = search->phrases->automaton;

    search->state = automaton_step(automaton, search->state, byte);
    if (automaton_is_end(automaton, search->state))
        automaton_ids(automaton, search->state, search->found, search->user);
}

void phrases_begin(struct phrases_search *search, const struct phrases *phrases,
                   phrases_fn found, void *user)
{
    *search = (struct phrases_search){.phrases = phrases,
                                      .found = found,
                                      .user = user,
                                      .state = AUTOMATON_ROOT,
                                      .after_blank = true};
}

static struct sink sink_of(struct phrases_search *search)
{
    return (struct sink){.put = advance,
                         .user = search,
                         .locale = search->phrases->locale,
                         .in_word = &search->in_word,
                         .after_blank = &search->after_blank};
}

void phrases_feed(struct phrases_search *search, const char *p, size_t n)
{
    struct sink sink = sink_of(search);

    fold_into(&sink, p, n);
}

void phrases_end(struct phrases_search *search)
{
    struct sink sink = sink_of(search);

    put_mark(&sink, false);
}
