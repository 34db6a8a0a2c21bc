/* SPDX-License-Identifier: MIT */
#include "rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const kind_words[] = {
    [RULE_EXT] = "extension ",
    [RULE_TYPE] = "declared type ",
    [RULE_DETECTED] = "content of type ",
    [RULE_NAME] = "name pattern ",
};

const char *rules_source(struct rules *rules, const char *name)
{
    if (rules->source_n == RULES_MAX_SOURCES)
        return NULL;
    char *copy = strdup(name);
    if (copy != NULL)
        rules->sources[rules->source_n++] = copy;
    return copy;
}

static bool fail(char *err, const char *value, size_t n, const char *why)
{
    int shown = n > 80 ? 80 : (int)n;

    snprintf(err, RULES_ERROR, "\"%.*s\" %s", shown, value, why);
    return false;
}

static void mix(struct rules *rules, const struct rules_entry *entry,
                struct assay_str value)
{
    uint64_t h = rules->hash ^ 14695981039346656037u;

    h = (h ^ (uint64_t)entry->kind ^ (uint64_t)entry->level << 8) *
        1099511628211u;
    for (uint64_t i = 0; i < value.n; i++)
        h = (h ^ (unsigned char)value.p[i]) * 1099511628211u;
    rules->hash = h;
    rules->entries++;
}

static bool put(struct rules *rules, const struct rules_entry *entry,
                enum rule_kind table_kind, struct assay_str key, char *err)
{
    struct table_slot *slot =
        table_put(&rules->table, table_kind, key.p, key.n);

    if (slot == NULL)
        return fail(err, key.p, key.n, "needs more memory than there is");
    slot->is_except |= entry->is_except;
    /* The first list that has it is the one that is named. */
    if (!entry->is_except && slot->refs[entry->level].source == NULL)
        slot->refs[entry->level] = (struct rule_ref){
            .source = entry->source, .line = entry->line, .kind = entry->kind};
    return true;
}

static bool add_pattern(struct rules *rules, const struct rules_entry *entry,
                        struct assay_str value, char *err)
{
    struct pattern pattern;
    const char *why =
        pattern_compile(rules->locale, value.p, value.n, &pattern);

    if (why != NULL)
        return fail(err, value.p, value.n, why);
    const char *ext = pattern_is_ext(&pattern);
    if (ext != NULL) {
        struct assay_str key = {.p = ext, .n = strlen(ext)};
        bool is_put = put(rules, entry, RULE_EXT, key, err);
        pattern_clear(&pattern);
        return is_put;
    }
    struct rules_pattern *more = realloc(
        rules->patterns, (rules->pattern_n + 1) * sizeof(*rules->patterns));
    if (more == NULL) {
        pattern_clear(&pattern);
        return fail(err, value.p, value.n, "needs more memory than there is");
    }
    rules->patterns = more;
    more[rules->pattern_n++] = (struct rules_pattern){
        .pattern = pattern,
        .level = entry->level,
        .ref = {
            .source = entry->source, .line = entry->line, .kind = RULE_NAME}};
    return true;
}

/* Folds an extension or type as fold.h does; length, 0 where it is none. */
static size_t fold_key(locale_t locale, enum rule_kind kind,
                       struct assay_str value, char out[PATTERN_MAX])
{
    struct pattern folded;

    if (kind == RULE_EXT && value.n > 0 && value.p[0] == '.') {
        value.p++;
        value.n--;
    }
    if (value.n == 0 || pattern_compile(locale, value.p, value.n, &folded))
        return 0;
    bool is_ext = strpbrk(folded.text, " /.:*?") == NULL;
    bool is_type = strpbrk(folded.text, " :?;") == NULL;
    size_t n = folded.n < PATTERN_MAX ? folded.n : 0;
    if ((kind == RULE_EXT && !is_ext) || (kind != RULE_EXT && !is_type))
        n = 0;
    memcpy(out, folded.text, n);
    pattern_clear(&folded);
    return n;
}

bool rules_add(struct rules *rules, const struct rules_entry *entry,
               struct assay_str value, char *err)
{
    char key[PATTERN_MAX];

    mix(rules, entry, value);
    if (entry->kind == RULE_NAME)
        return add_pattern(rules, entry, value, err);
    size_t n = fold_key(rules->locale, entry->kind, value, key);
    if (n == 0)
        return fail(
            err, value.p, value.n,
            entry->kind == RULE_EXT
                ? "is no extension; one is like exe"
                : "is no media type; one is like video/mpeg or video/*");
    struct assay_str folded = {.p = key, .n = n};
    return put(rules, entry, entry->kind, folded, err);
}

void rules_clear(struct rules *rules)
{
    table_clear(&rules->table);
    for (size_t i = 0; i < rules->pattern_n; i++)
        pattern_clear(&rules->patterns[i].pattern);
    free(rules->patterns);
    for (size_t i = 0; i < rules->source_n; i++)
        free(rules->sources[i]);
    *rules = (struct rules){.locale = rules->locale};
}

static bool find_key(const struct rules *rules, enum rule_level level,
                     enum rule_kind kind, struct assay_str value,
                     struct rules_hit *hit)
{
    const struct table_slot *slot =
        table_get(&rules->table, kind, value.p, value.n);

    if (slot == NULL || slot->refs[level].source == NULL)
        return false;
    if (slot->is_except && (level == LEVEL_BLOCK || level == LEVEL_SAVE))
        return false;
    *hit = (struct rules_hit){.ref = &slot->refs[level],
                              .value = slot->key,
                              .is_ext = kind == RULE_EXT};
    return true;
}

bool rules_find(const struct rules *rules, enum rule_level level,
                enum rule_kind kind, struct assay_str value,
                struct rules_hit *hit)
{
    char star[PATTERN_MAX];

    if (find_key(rules, level, kind, value, hit))
        return true;
    if (kind == RULE_EXT)
        return false;
    const char *slash = memchr(value.p, '/', value.n);
    size_t n = slash == NULL ? 0 : (size_t)(slash - value.p) + 1;
    if (n == 0 || n + 1 >= sizeof(star))
        return false;
    memcpy(star, value.p, n);
    star[n] = '*';
    struct assay_str whole = {.p = star, .n = n + 1};
    return find_key(rules, level, kind, whole, hit);
}

bool rules_find_name(const struct rules *rules, enum rule_level level,
                     const struct rules_file *file, struct rules_hit *hit)
{
    for (size_t i = 0; i < rules->pattern_n; i++) {
        const struct rules_pattern *at = &rules->patterns[i];
        if (at->level == level &&
            pattern_matches(&at->pattern, file->name, file->size,
                            file->direction)) {
            *hit =
                (struct rules_hit){.ref = &at->ref, .value = at->pattern.text};
            return true;
        }
    }
    return false;
}

void rules_explain(const struct rules_hit *hit, char *out, size_t size)
{
    const struct rule_ref *ref = hit->ref;
    const char *dot = ref->kind == RULE_EXT ? "." : "";
    /* A pattern that was kept as an extension is shown as it was written. */
    const char *star = ref->kind == RULE_NAME && hit->is_ext ? "*." : "";

    if (ref->line > 0)
        snprintf(out, size, "%s%s%s%s is in %s line %u", kind_words[ref->kind],
                 dot, star, hit->value, ref->source, ref->line);
    else
        snprintf(out, size, "%s%s%s%s is in %s", kind_words[ref->kind], dot,
                 star, hit->value, ref->source);
}
