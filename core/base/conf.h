/* SPDX-License-Identifier: MIT */
/*
 * The configuration language: sections, `key = value`, comments.
 *
 *     # comment
 *     [limits]
 *     max_depth = 17
 *     [plugin clamav]          # a kind and a name
 *     file = plugins/clamav.so
 *     block_types = application/x-dosexec,
 *         application/x-elf    # an indented line continues the value
 *
 * This module only reads and remembers where everything stood; what is allowed is
 * said by option tables (base/option.h).  A `#` starts a comment at the start of a
 * line or after a blank; "..." keeps a value, or one item of a comma-separated
 * list, with #, commas or blanks at its ends (\" and \\ inside, any other \ stands
 * for itself).  Duplicate sections, duplicate keys, keys before a section, NUL and
 * invalid UTF-8 are refused with file and line, and so is an indented line that
 * looks like a setting of its own: it would silently lengthen the one above.
 */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>

/* One `key = value`.  Owned by its section. */
struct conf_entry {
    char *key;
    /* Without comments and outer blanks, continuations joined by " ", quotes as
     * they stood: what conf_items splits. */
    char *raw;
    char *value;   /* the same without quotes, where they enclose all of it */
    unsigned line; /* from 1 */
    bool used;     /* set by option_set_new */
};

/* One section, in the order of the file.  Owned by its conf. */
struct conf_section {
    char *kind;  /* "limits", "plugin" */
    char *name;  /* "clamav"; NULL where there is none */
    char *label; /* for messages: "limits", "clamav", "policy boss" */
    unsigned line;
    GPtrArray *entries; /* struct conf_entry */
};

/* One file read. */
struct conf {
    char *path; /* as given, for messages */
    char *dir;  /* absolute folder it lies in: relative paths start here */
    char *text; /* its bytes as they were read, NUL-terminated */
    GPtrArray *sections; /* struct conf_section */
};

/* Reads at most 1 MiB. */
bool conf_read(const char *path, struct conf **out, GError **error);
/* The same from memory; `path` is for messages, `dir` for relative paths. */
bool conf_parse(const char *text, size_t n, const char *path, const char *dir,
                struct conf **out, GError **error);
void conf_free(struct conf *conf);

/* The section of that kind and name (NULL: none), or NULL. */
struct conf_section *conf_find(const struct conf *conf, const char *kind,
                               const char *name);

/* A raw value's items between commas, unquoted: char *, yours.  Nothing for an
 * empty value; a comma at the very end adds no empty item. */
GPtrArray *conf_items(const char *raw);

#endif
