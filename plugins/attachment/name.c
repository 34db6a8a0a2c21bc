/* SPDX-License-Identifier: MIT */
#include "name.h"

#include "utf8.h"

#include <string.h>

enum {
    MAX_CHARS = 255, /* of one path part: NTFS, ext4 (bytes), APFS */
    GAP = 8,         /* blanks that hide what follows, anywhere */
    GAP_AT_DOT = 3,  /* ... or just before the last dot */
    CLASS_ID = 38    /* {8-4-4-4-12} */
};

/* Extensions that make people trust what stands before the real one.  Sorted. */
static const char *const decoys[] = {
    "7z",   "avi", "bmp", "csv",  "doc", "docx", "gif", "gz",   "htm", "html",
    "jpeg", "jpg", "mov", "mp3",  "mp4", "odt",  "pdf", "png",  "ppt", "pptx",
    "rar",  "rtf", "tif", "tiff", "txt", "wav",  "xls", "xlsx", "xml", "zip",
};

static const struct {
    uint32_t trick;
    const char *words;
} trick_words[] = {
    {NAME_OVERRIDE, "a right-to-left or left-to-right override"},
    {NAME_NUL, "a NUL character"},
    {NAME_CLASS_ID, "a class identifier as its extension"},
    {NAME_STREAM, "the name of an alternate data stream"},
    {NAME_BLANKS, "a long gap before its end"},
    {NAME_BIDI, "embedded text direction controls"},
    {NAME_INVISIBLE, "characters that cannot be seen"},
    {NAME_FORM, "characters that only look like ASCII"},
    {NAME_LONG, "more characters than a file name can have"},
    {NAME_ILLEGAL, "characters that Windows drops"},
    {NAME_TRAILING, "dots or blanks at its end that Windows drops"},
};

static bool is_illegal(uint32_t c)
{
    return c == '"' || c == '<' || c == '>' || c == '|' || c == '*' || c == '?';
}

static void put(struct name *name, uint32_t c)
{
    char bytes[UTF8_MAX];
    size_t n = utf8_put(bytes, c);

    if (name->n + n > NAME_TEXT)
        return;
    memcpy(name->text + name->n, bytes, n);
    name->n += n;
    name->chars++;
}

/* A run of blanks is one blank in the text. */
static void put_blank(struct name *name)
{
    if (name->gap++ == 0)
        put(name, ' ');
    name->chars += name->gap > 1;
    if (name->gap >= GAP_AT_DOT)
        name->gap_end = name->n;
    if (name->gap >= GAP)
        name->tricks |= NAME_BLANKS;
}

static void put_separator(struct name *name)
{
    put(name, '/');
    name->base = name->n;
    name->chars = 0;
    name->gap_end = 0;
    name->tricks &= ~(uint32_t)(NAME_BLANKS | NAME_STREAM | NAME_LONG);
}

static void put_colon(struct name *name)
{
    bool is_drive = name->n - name->base == 1 && name->base == 0;

    if (is_drive) {
        put_separator(name);
        return;
    }
    name->tricks |= NAME_STREAM;
    put(name, ':');
}

/* What is there, but not seen.  True when `c` was that. */
static bool take_unseen(struct name *name, uint32_t c)
{
    bool is_override;

    if (c == 0) {
        name->tricks |= NAME_NUL;
        put(name, ':');
    } else if (fold_is_bidi(c, &is_override)) {
        name->tricks |= is_override ? NAME_OVERRIDE : NAME_BIDI;
    } else if (fold_is_invisible(c)) {
        name->unseen_at = name->n;
    } else if (is_illegal(c)) {
        name->tricks |= NAME_ILLEGAL;
    } else {
        return false;
    }
    return true;
}

/* Most names are made of these alone. */
static bool is_plain(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= '-' && c <= '9' && c != '/');
}

static void take_char(struct name *name, locale_t locale, uint32_t raw)
{
    uint32_t c = fold_form(raw);

    if (is_plain(c) && c == raw) {
        name->gap = 0;
        put(name, c);
        if (name->chars > MAX_CHARS)
            name->tricks |= NAME_LONG;
        return;
    }
    if (fold_is_blank(c)) {
        put_blank(name);
        return;
    }
    if (take_unseen(name, c))
        return;
    name->gap = 0;
    if (c != raw)
        name->form_at = name->n + 1;
    if (c == '/' || c == '\\')
        put_separator(name);
    else if (c == ':')
        put_colon(name);
    else
        put(name, fold_case(locale, c));
    if (name->chars > MAX_CHARS)
        name->tricks |= NAME_LONG;
}

static void take(struct name *name, locale_t locale, const char *p, size_t n)
{
    const char *end = p + n;

    while (p < end)
        take_char(name, locale, utf8_next(&p, end));
}

/* Ends `to` before dots and blanks, not before `from`. */
static size_t trim_end(const char *text, size_t from, size_t to)
{
    while (to > from && (text[to - 1] == '.' || text[to - 1] == ' '))
        to--;
    return to;
}

static size_t find_back(const char *text, size_t from, size_t to, char c)
{
    while (to > from) {
        if (text[--to] == c)
            return to;
    }
    return SIZE_MAX;
}

static bool is_class_id(const char *p, size_t n)
{
    if (n != CLASS_ID || p[0] != '{' || p[n - 1] != '}')
        return false;
    return strspn(p + 1, "0123456789abcdef-") == CLASS_ID - 2;
}

/* "a.exe/", "a.exe/.": the last part that is not empty. */
static void drop_empty_parts(struct name *name)
{
    const char *text = name->text;

    while (name->base > 0 &&
           trim_end(text, name->base, name->n) == name->base) {
        name->n = name->base - 1;
        size_t slash = find_back(text, 0, name->n, '/');
        name->base = slash == SIZE_MAX ? 0 : slash + 1;
    }
}

/* Tricks that only the finished text shows. */
static void look_at_end(struct name *name)
{
    drop_empty_parts(name);
    size_t end = trim_end(name->text, name->base, name->n);
    size_t dot = find_back(name->text, name->base, end, '.');

    if (end != name->n && end > name->base)
        name->tricks |= NAME_TRAILING;
    name->n = end;
    name->text[end] = '\0';
    if (dot == SIZE_MAX)
        return;
    /* In "資料（最終）.js" nothing is hidden: only what stands at the end counts. */
    if (name->unseen_at > dot)
        name->tricks |= NAME_INVISIBLE;
    if (name->form_at > dot)
        name->tricks |= NAME_FORM;
    if (name->gap_end != 0 &&
        (name->gap_end == dot || name->gap_end == dot + 2))
        name->tricks |= NAME_BLANKS;
    if (is_class_id(name->text + dot + 1, end - dot - 1))
        name->tricks |= NAME_CLASS_ID;
}

void name_read(struct name *name, locale_t locale, const char *p, size_t n)
{
    name->n = 0;
    name->base = 0;
    name->tricks = 0;
    name->gap_end = 0;
    name->unseen_at = 0;
    name->form_at = 0;
    name->chars = 0;
    name->gap = 0;
    if (n <= NAME_HEAD + NAME_TAIL) {
        take(name, locale, p, n);
    } else {
        take(name, locale, p, NAME_HEAD);
        take(name, locale, p + n - NAME_TAIL, NAME_TAIL);
    }
    look_at_end(name);
}

/* What stands behind the last dot of text[from..to), if there is one. */
static bool cut_ext(const struct name *name, size_t from, size_t to,
                    struct name_ext *ext)
{
    size_t end = trim_end(name->text, from, to);
    size_t dot = find_back(name->text, from, end, '.');

    if (dot == SIZE_MAX)
        return false;
    size_t start = dot + 1;
    while (start < end && name->text[start] == ' ')
        start++;
    ext->p = name->text + start;
    ext->n = end - start;
    ext->dot = dot;
    return true;
}

/*
 * Goes backwards: what the whole name ends in is what most clients take.  Before a
 * colon (stream, NUL) another name ends; a name that may be cut anywhere may end
 * before each dot and blank.
 */
bool name_next_ext(const struct name *name, struct name_ext *ext)
{
    size_t to = ext->p == NULL ? name->n : ext->next;

    while (to != SIZE_MAX && to > name->base) {
        size_t colon = find_back(name->text, name->base, to, ':');
        size_t from = colon == SIZE_MAX ? name->base : colon + 1;
        bool has_dot = cut_ext(name, from, to, ext);
        bool goes_on = has_dot && (name->tricks & NAME_LONG) != 0;
        const char *blank = goes_on ? memchr(ext->p, ' ', ext->n) : NULL;
        if (blank != NULL)
            ext->n = (size_t)(blank - ext->p);
        to = goes_on ? ext->dot : colon;
        ext->next = to;
        if (has_dot && (ext->n <= NAME_EXT || is_class_id(ext->p, ext->n)))
            return true;
    }
    return false;
}

static int compare(const char *p, size_t n, const char *word)
{
    int order = strncmp(p, word, n);

    return order != 0 ? order : -(word[n] != '\0');
}

bool name_has_decoy(const struct name *name, const struct name_ext *ext)
{
    struct name_ext before = {0};
    size_t low = 0;
    size_t high = sizeof(decoys) / sizeof(decoys[0]);
    size_t end = ext->dot;

    /* "photo.jpg______.exe" */
    while (end > name->base && strchr(" _-", name->text[end - 1]) != NULL)
        end--;
    if (!cut_ext(name, name->base, end, &before))
        return false;
    while (low < high) {
        size_t mid = (low + high) / 2;
        int order = compare(before.p, before.n, decoys[mid]);
        if (order == 0)
            return true;
        if (order > 0)
            low = mid + 1;
        else
            high = mid;
    }
    return false;
}

const char *name_trick(uint32_t tricks)
{
    for (size_t i = 0; i < sizeof(trick_words) / sizeof(trick_words[0]); i++) {
        if ((tricks & trick_words[i].trick) != 0)
            return trick_words[i].words;
    }
    return "";
}
