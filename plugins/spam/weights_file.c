/* SPDX-License-Identifier: MIT */
#include "weights.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define RIGHT "; a line is like: subject +3 \"make money fast\""

/* What is left of a line. */
struct rest {
    const char *p;
    const char *end;
};

static void skip_blanks(struct rest *rest)
{
    while (rest->p < rest->end && strchr(" \t\r", *rest->p) != NULL)
        rest->p++;
}

static size_t take_word(struct rest *rest, const char **word)
{
    skip_blanks(rest);
    *word = rest->p;
    while (rest->p < rest->end && strchr(" \t\r\"", *rest->p) == NULL)
        rest->p++;
    return (size_t)(rest->p - *word);
}

/* "..." with \" and \\; the text shrinks in place.  SIZE_MAX: no quotes. */
static size_t take_quoted(struct rest *rest, char *out)
{
    size_t n = 0;

    skip_blanks(rest);
    if (rest->p == rest->end || *rest->p != '"')
        return SIZE_MAX;
    for (rest->p++; rest->p < rest->end && *rest->p != '"'; rest->p++) {
        if (*rest->p == '\\' && rest->p + 1 < rest->end)
            rest->p++;
        out[n++] = *rest->p;
    }
    if (rest->p == rest->end)
        return SIZE_MAX;
    rest->p++;
    skip_blanks(rest);
    return rest->p == rest->end ? n : SIZE_MAX;
}

static bool fail(char *err, const char *why)
{
    snprintf(err, WEIGHTS_ERROR, "%s", why);
    return false;
}

static bool add_line(struct weights *weights, struct rest rest, uint32_t line,
                     char *text, char *err)
{
    struct weight weight = {.line = line};
    const char *word;

    skip_blanks(&rest);
    if (rest.p == rest.end || *rest.p == '#')
        return true;
    size_t n = take_word(&rest, &word);
    if (!weight_parse_where(word, n, &weight.where))
        return fail(err, "does not begin with subject, body or both" RIGHT);
    n = take_word(&rest, &word);
    if (!weight_parse_change(word, n, &weight))
        return fail(err, "has no change from -9 to +9, MIN or MAX" RIGHT);
    n = take_quoted(&rest, text);
    if (n == SIZE_MAX)
        return fail(err, "has no text in quotes at its end" RIGHT);
    return weights_add(weights, &weight, text, n, err);
}

static bool read_lines(struct weights *weights, const char *p, size_t n,
                       char *err)
{
    char why[WEIGHTS_ERROR];
    const char *end = p + n;
    uint32_t line = 0;
    char *text = malloc(n + 1);
    bool is_good = text != NULL;

    if (!is_good)
        fail(err, "needs more memory than there is");
    while (is_good && p < end) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        stop = stop == NULL ? end : stop;
        struct rest rest = {.p = p, .end = stop};
        is_good = add_line(weights, rest, ++line, text, why);
        if (!is_good)
            snprintf(err, WEIGHTS_ERROR, "%u: %.480s", line, why);
        p = stop + (stop < end);
    }
    free(text);
    return is_good;
}

/* XML says so itself: a mark or a "<" in UTF-16 or UTF-8. */
static bool is_xml(const char *p, size_t n)
{
    static const char *const heads[] = {"\xFF\xFE", "\xFE\xFF", "\xEF\xBB\xBF<",
                                        "<"};

    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        size_t m = strlen(heads[i]);
        if (n >= m && memcmp(p, heads[i], m) == 0)
            return true;
    }
    return n >= 2 && p[0] == '\0' && p[1] == '<';
}

/* Bytes of a file, one more than are allowed where it is too large. */
static size_t size_of(FILE *file)
{
    struct stat stat;

    if (fstat(fileno(file), &stat) != 0 || stat.st_size > WEIGHTS_FILE)
        return WEIGHTS_FILE + 1;
    return (size_t)stat.st_size;
}

/* The whole file; NULL with `err` set. */
static char *read_file(const char *path, size_t *n, char *err)
{
    FILE *file = fopen(path, "rbe");
    size_t size = file == NULL ? 0 : size_of(file);
    char *text = file == NULL ? NULL : malloc(size + 1);

    *n = text == NULL ? 0 : fread(text, 1, size, file);
    bool is_read = text != NULL && ferror(file) == 0;
    if (file != NULL)
        fclose(file);
    if (is_read && *n <= WEIGHTS_FILE)
        return text;
    free(text);
    fail(err, is_read ? " is larger than 8 MiB, no list of weights is"
                      : " cannot be read; give the path of a file of weights");
    return NULL;
}

bool weights_read(struct weights *weights, const char *path, char *err)
{
    static const char mark[] = "\xEF\xBB\xBF";
    char why[WEIGHTS_ERROR];
    size_t n;
    char *text = read_file(path, &n, why);
    bool is_good = text != NULL;

    if (is_good && is_xml(text, n)) {
        is_good = weights_read_xml(weights, text, n, why);
    } else if (is_good) {
        size_t skip = n >= 3 && memcmp(text, mark, 3) == 0 ? 3 : 0;
        is_good = read_lines(weights, text + skip, n - skip, why);
    }
    if (!is_good)
        snprintf(err, WEIGHTS_ERROR, "%s:%.400s", path, why);
    free(text);
    return is_good;
}
