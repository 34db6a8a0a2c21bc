/* SPDX-License-Identifier: MIT */
/*
 * One HTML tag and its attributes, as they stand in the text.
 */
#ifndef SPAM_HTML_TAG_H
#define SPAM_HTML_TAG_H

#include <stdbool.h>
#include <stddef.h>

enum {
    TAG_NAME = 16,      /* bytes with NUL; no known name is longer */
    TAG_ATTRIBUTES = 16 /* more of one tag are not looked at */
};

/* One attribute.  Lent from the text. */
struct tag_pair {
    const char *name;
    size_t name_n;
    const char *value; /* without quotes */
    size_t value_n;
};

/* One tag.  Lent from the text. */
struct tag {
    char name[TAG_NAME]; /* lower case, cut */
    bool is_end;
    unsigned pair_n;
    struct tag_pair pairs[TAG_ATTRIBUTES];
};

/* The tag at `*at`, which is a '<'; false: it is none.  `*at` moves behind it. */
bool tag_read(const char **at, const char *end, struct tag *tag);

/* The value of an attribute; false: it has none. */
bool tag_attribute(const struct tag *tag, const char *name, const char **p,
                   size_t *n);

/* Stands inside words: <b>, <font>. */
bool tag_is_inline(const struct tag *tag);
/* Has no content: <br>, <img>. */
bool tag_is_void(const struct tag *tag);

/* Does the value of a style attribute hide the content? */
bool tag_style_hides(const char *p, size_t n);
/* Is the value of a colour attribute white, or nearly? */
bool tag_is_white(const char *p, size_t n);

#endif
