/* SPDX-License-Identifier: MIT */
#include "weights.h"

#include "utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const where_words[] = {[WEIGHT_SUBJECT] = "subject",
                                          [WEIGHT_BODY] = "body",
                                          [WEIGHT_BOTH] = "both"};

static bool is_word(const char *p, size_t n, const char *word)
{
    return n == strlen(word) && strncasecmp(p, word, n) == 0;
}

bool weight_parse_where(const char *p, size_t n, enum weight_where *out)
{
    for (enum weight_where w = WEIGHT_SUBJECT; w <= WEIGHT_BOTH; w++) {
        if (is_word(p, n, where_words[w])) {
            *out = w;
            return true;
        }
    }
    return false;
}

bool weight_parse_change(const char *p, size_t n, struct weight *out)
{
    bool is_minus = n > 0 && p[0] == '-';

    if (is_word(p, n, "min") || is_word(p, n, "max")) {
        out->change = is_word(p, n, "min") ? WEIGHT_MIN : WEIGHT_MAX;
        out->points = 0;
        return true;
    }
    if (n > 0 && (p[0] == '+' || is_minus)) {
        p++;
        n--;
    }
    if (n != 1 || p[0] < '0' || p[0] > '0' + WEIGHTS_POINTS)
        return false;
    out->change = WEIGHT_POINTS;
    out->points = is_minus ? -(p[0] - '0') : p[0] - '0';
    return true;
}

static size_t count_chars(const char *p, size_t n)
{
    const char *end = p + n;
    size_t count = 0;

    for (; p < end; count++)
        utf8_next(&p, end);
    return count;
}

static bool fail(char *err, const char *why)
{
    snprintf(err, WEIGHTS_ERROR, "%s", why);
    return false;
}

static void mix(struct weights *weights, const struct weight *weight)
{
    uint64_t h = weights->hash ^ 14695981039346656037u;

    h = (h ^ (uint64_t)weight->where ^ (uint64_t)weight->change << 8 ^
         (uint64_t)(weight->points + 16) << 16) *
        1099511628211u;
    for (const char *p = weight->text; *p != '\0'; p++)
        h = (h ^ (unsigned char)*p) * 1099511628211u;
    weights->hash = h;
}

bool weights_add(struct weights *weights, const struct weight *weight,
                 const char *text, size_t n, char *err)
{
    if (weights->n == WEIGHTS_MAX)
        return fail(err, "one entry too many, 8192 are the most");
    if (count_chars(text, n) > WEIGHTS_CHARS)
        return fail(err, "a text is longer than 1,000 characters");
    if (weights->phrases == NULL)
        weights->phrases = phrases_new(weights->locale);
    if (weights->phrases == NULL)
        return fail(err, "needs more memory than there is");
    struct weight *list =
        realloc(weights->list, (weights->n + 1) * sizeof(*list));
    if (list == NULL)
        return fail(err, "needs more memory than there is");
    weights->list = list;
    char *copy = strndup(text, n);
    if (copy == NULL ||
        !phrases_add(weights->phrases, text, n, (uint32_t)weights->n)) {
        free(copy);
        return fail(err, "a text has nothing in it that can be looked for");
    }
    list[weights->n] = *weight;
    list[weights->n].text = copy;
    mix(weights, &list[weights->n++]);
    return true;
}

bool weights_build(struct weights *weights, char *err)
{
    if (weights->phrases == NULL || phrases_build(weights->phrases))
        return true;
    return fail(err, "needs more memory than there is");
}

void weights_clear(struct weights *weights)
{
    for (size_t i = 0; i < weights->n; i++)
        free(weights->list[i].text);
    free(weights->list);
    phrases_free(weights->phrases);
    *weights = (struct weights){.locale = weights->locale};
}

static void found(void *user, uint32_t id)
{
    struct weights_sum *sum = user;
    const struct weight *weight = &sum->weights->list[id];
    uint8_t bit = (uint8_t)(1u << (id % 8));

    if ((weight->where & sum->where) == 0 || (sum->seen[id / 8] & bit) != 0)
        return;
    sum->seen[id / 8] |= bit;
    sum->points += weight->points;
    sum->has_min |= weight->change == WEIGHT_MIN;
    sum->has_max |= weight->change == WEIGHT_MAX;
    if (sum->found < WEIGHTS_SHOWN)
        sum->shown[sum->found] = id;
    sum->found++;
}

void weights_begin(struct weights_sum *sum, const struct weights *weights)
{
    *sum = (struct weights_sum){.weights = weights};
}

void weights_piece_begin(struct weights_sum *sum, enum weight_where where)
{
    sum->where = where;
    if (sum->weights->phrases != NULL)
        phrases_begin(&sum->search, sum->weights->phrases, found, sum);
}

void weights_feed(struct weights_sum *sum, const char *p, size_t n)
{
    if (sum->weights->phrases != NULL)
        phrases_feed(&sum->search, p, n);
}

void weights_piece_end(struct weights_sum *sum)
{
    if (sum->weights->phrases != NULL)
        phrases_end(&sum->search);
}

static const char *change_word(const struct weight *weight, char out[8])
{
    if (weight->change == WEIGHT_MIN)
        return "MIN";
    if (weight->change == WEIGHT_MAX)
        return "MAX";
    snprintf(out, 8, "%+d", weight->points);
    return out;
}

/* Bytes of at most 60, whole characters. */
static int shown_length(const char *text)
{
    size_t n = strlen(text);

    if (n > 60) {
        n = 60;
        while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80)
            n--;
    }
    return (int)n;
}

void weights_explain(const struct weights_sum *sum, char *out, size_t size)
{
    size_t at = 0;
    char change[8];

    out[0] = '\0';
    for (uint32_t i = 0; i < sum->found && i < WEIGHTS_SHOWN && at < size;
         i++) {
        const struct weight *weight = &sum->weights->list[sum->shown[i]];
        at += (size_t)snprintf(
            out + at, size - at, "%s%s %s \"%.*s\" (line %u)",
            i > 0 ? ", " : "", where_words[weight->where],
            change_word(weight, change), shown_length(weight->text),
            weight->text, weight->line);
    }
    if (sum->found > WEIGHTS_SHOWN && at < size)
        snprintf(out + at, size - at, " and %u more",
                 sum->found - WEIGHTS_SHOWN);
}
