/* SPDX-License-Identifier: MIT */
/*
 * How answers are shown: as a table for people or as JSON for programs.
 *
 * Everything that comes from mail is escaped on its way out, in both forms.
 */
#ifndef CLI_VIEW_H
#define CLI_VIEW_H

#include "cli/answer.h"

#include <glib.h>

#include <stdbool.h>

/* What is to be shown.  Plain value. */
struct view {
    bool is_json;
    bool with_objects;
    bool with_reasons;
    bool only_found; /* leave clean messages out */
    bool with_color; /* the table goes to a terminal */
};

/* Appends one answer, with its final newline. */
void view_answer(const struct view *view, const struct answer *answer,
                 GString *to);

/* The recipient a finding is for; NULL: all. */
const char *view_rcpt(const struct answer *answer, const struct finding *f);

/* --- JSON: one object, one line --- */
void view_json(const struct view *view, const struct answer *answer,
               GString *to);
/* ,"tree":[...] */
void view_json_objects(const struct answer *answer, GString *to);
/* ,"because":{...},...,"plugins":[...],"counts":[...] */
void view_json_reasons(const struct answer *answer, GString *to);
/* ,"because":{"line","finding"} */
void view_json_because(const struct answer *answer,
                       const struct because *because, GString *to);
/* One finding as an object. */
void view_json_finding(const struct answer *answer, const struct finding *f,
                       GString *to);

/* --- the table --- */
/* The line above the table. */
void view_table_head(const struct view *view, GString *to);
void view_table(const struct view *view, const struct answer *answer,
                GString *to);
void view_table_objects(const struct answer *answer, GString *to);
void view_table_reasons(const struct answer *answer, GString *to);
/* One finding in words: "clamav: Eicar (malware) in 2!a.zip: text". */
void view_table_finding(const struct answer *answer, const struct finding *f,
                        GString *to);

#endif
