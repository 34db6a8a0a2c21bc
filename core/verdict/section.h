/* SPDX-License-Identifier: MIT */
/*
 * One section of plugins.conf, [verdict] or [policy ...], while it is read.  Private
 * to core/verdict.
 */
#ifndef VERDICT_SECTION_H
#define VERDICT_SECTION_H

#include "base/option.h"
#include "verdict/rules.h"

#include <glib.h>

#include <stdbool.h>

/* Lives on the stack of who reads it; `set` is owned by that function. */
struct section {
    const struct conf *conf;            /* NULL: all defaults */
    const struct conf_section *in_file; /* NULL: it is not in the file */
    struct option_set *set;
};

/* Sets the error "file:line: [section] key" and `what`; key NULL: about the section
 * itself.  Returns false. */
bool section_refuse(const struct section *section, const char *key,
                    const char *what, GError **error);

/* Does the file set it? */
bool section_has(const struct section *section, const char *key);

/* "plugins.conf:31: [policy] malware = reject", or "default: [`label`] ..."; yours. */
char *section_line(const struct section *section, const char *label,
                   const char *key);

/* A threshold, an action: value and line. */
void section_threshold(const struct section *section, const char *key,
                       struct setting *out);
void section_action(const struct section *section, const char *label,
                    const char *key, struct setting *out);

/* The texts of a list, or NULL for none; yours. */
GPtrArray *section_texts(const struct section *section, const char *key);

/* Is there a section [plugin `name`]? */
bool section_names_plugin(const struct section *section, const char *name);

/* [verdict] into `policy`, whose base rule gets the thresholds. */
bool section_read_verdict(const struct conf *conf, struct policy *policy,
                          GError **error);

/* [policy] or [policy NAME] into `rule`; in_file NULL: the defaults of [policy]. */
bool section_read_policy(const struct conf *conf,
                         const struct conf_section *in_file, struct rule *rule,
                         GError **error);

#endif
