/* SPDX-License-Identifier: MIT */
/*
 * HTML, web addresses, header values and phrases: the first line is a phrase, the
 * rest a text.  What the reader is shown is never longer than what was sent, except
 * that a bad byte becomes three.
 */
#include "../../plugins/spam/fold.h"
#include "../../plugins/spam/header.h"
#include "../../plugins/spam/html.h"
#include "../../plugins/spam/phrases.h"
#include "../../plugins/spam/url.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
    struct phrases_search search;
    size_t n;
};

static void ignore(void *user, uint32_t id)
{
    (void)user;
    if (id != 7)
        abort();
}

static void take(void *user, const char *p, size_t n)
{
    struct seen *seen = user;

    seen->n += n;
    phrases_feed(&seen->search, p, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static locale_t locale;
    const char *p = (const char *)data;
    const char *line = size == 0 ? NULL : memchr(p, '\n', size);
    size_t phrase_n = line == NULL ? 0 : (size_t)(line - p);
    size_t from = line == NULL ? 0 : phrase_n + 1;
    struct assay_str value = {.p = p + from, .n = size - from};
    struct html_facts facts = {0};
    struct seen seen = {.n = 0};

    if (locale == (locale_t)0)
        locale = fold_open();
    struct phrases *phrases = phrases_new(locale);
    phrases_add(phrases, p, phrase_n, 7);
    phrases_build(phrases);
    phrases_begin(&seen.search, phrases, ignore, NULL);
    html_read(value.p, value.n, take, &seen, &facts);
    phrases_end(&seen.search);
    if (seen.n > value.n * 3 || facts.visible > seen.n)
        abort();
    url_look(value.p, value.n);
    struct header header = {.date = value,
                            .message_id = value,
                            .from = value,
                            .to = value,
                            .subject = value,
                            .priority = value};
    header_look(&header);
    header_denies(&header);
    phrases_free(phrases);
    return 0;
}
