/* SPDX-License-Identifier: MIT */
/*
 * `assay quarantine`: what its verbs share.
 */
#ifndef CLI_QUARANTINE_H
#define CLI_QUARANTINE_H

#include "base/conf.h"
#include "cli/cmd.h"
#include "store/held.h"
#include "store/quarantine.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* What was asked for.  Owned by the command; strings may be NULL. */
struct quarantine_args {
    char *verb;
    char **ids; /* NULL-terminated, maybe empty */
    char *config;
    int is_json; /* int: GOption's idea of a flag */
    int is_raw;
    int is_text;
    int is_anyway;
    int is_again;
    int is_thorough;
    int no_plugins;
    /* Search. */
    char *sender;
    char *rcpt;
    char *subject;
    char *name;
    char *kind;
    char *client;
    char *queue_id;
    char *state;
    char *since;
    char *until;
    int max;
};

/* One run.  Owned by the command. */
struct quarantine_run {
    struct quarantine_args args;
    struct quarantine_options options;
    struct quarantine *q;
    int64_t now_s;
};

bool quarantine_args_read(int argc, char **argv, struct quarantine_args *out,
                          GError **error);
void quarantine_args_clear(struct quarantine_args *args);
/* The search that the arguments ask for; lends from them. */
bool quarantine_args_search(const struct quarantine_args *args, int64_t now_s,
                            struct search *out, GError **error);

/* "assay quarantine: WHY" on standard error; the error is freed. */
void quarantine_complain(GError *error);

/* The verbs; each returns an exit status. */
enum cmd_exit quarantine_list(struct quarantine_run *run);
enum cmd_exit quarantine_show(struct quarantine_run *run);
enum cmd_exit quarantine_release(struct quarantine_run *run);
enum cmd_exit quarantine_rescan(struct quarantine_run *run);
enum cmd_exit quarantine_delete(struct quarantine_run *run);
enum cmd_exit quarantine_clean(struct quarantine_run *run); /* expire */
enum cmd_exit quarantine_check(struct quarantine_run *run); /* verify */

/* Does `each` for every id that was given; the worst of what it returns. */
typedef enum cmd_exit (*quarantine_each_fn)(struct quarantine_run *run,
                                            const struct row *row, void *self);
enum cmd_exit quarantine_each(struct quarantine_run *run,
                              quarantine_each_fn each, void *self);

/* --- showing ---------------------------------------------------------------------- */

/* One line for a list. */
void quarantine_view_line(const struct row *row, GString *to);
/* All that is known, line by line. */
void quarantine_view_facts(const struct row *row, const struct state *state,
                           GString *to);
/* One line of JSON; state NULL: without its steps. */
void quarantine_view_json(const struct row *row, const struct state *state,
                          GString *to);
/* "2026-11-24 23:41", local time. */
void quarantine_view_time(int64_t time_s, GString *to);

/* --- rescanning ------------------------------------------------------------------- */

/* Today's plugins and signatures, opened when they are first needed. */
struct rescan;

struct rescan *rescan_new(const struct quarantine_args *args);
void rescan_free(struct rescan *rescan);

/* What a scan of today says.  Yours: rescan_told_clear(). */
struct rescan_told {
    bool is_bad; /* it would be held, refused or deferred again */
    uint32_t kind;
    uint32_t action; /* strictest over those for whom it is held */
    char *because;   /* finding and line of configuration */
    char *findings;  /* JSON */
};

/* False with a message on standard error: it could not be scanned as it should be. */
bool rescan_run(struct rescan *rescan, const struct kept *kept, GBytes *raw,
                struct rescan_told *out);
void rescan_told_clear(struct rescan_told *told);

#endif
