/* SPDX-License-Identifier: MIT */
/*
 * Alarms: states that an administrator has to do something about.
 *
 * An alarm is a name that is either raised or not.  Each change is one line of the log,
 *
 *     level=error event=alarm alarm=reload state=raised why="plugins.conf:3: ..."
 *     level=warning event=alarm alarm=reload state=cleared
 *
 * and told to one listener, who may mail it; what is raised shows in `assay status`.
 * Who finds the trouble raises it every time that it is found, who finds that it is
 * over clears it every time: only changes are told.
 *
 *     reload        settings, plugins or signatures could not be taken into use
 *     plugin.NAME   a plugin is left out, it failed too often
 *     signatures.NAME   a malware engine's signatures are too old, or only for tests
 *     alarms        more are raised than can be held: see ALARMS_MAX
 *
 * Those of the mail path stand where they are raised.
 */
#ifndef FRONT_ALARM_H
#define FRONT_ALARM_H

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>

enum {
    ALARMS_MAX = 64,     /* raised at once; names may come from configuration */
    ALARM_NAME_MAX = 80, /* bytes, cut there */
    ALARM_TEXT_MAX = 1000, /* likewise */
};

/* All alarms of this process.  One thread.  [front] */
struct alarms;

struct alarms *alarms_new(void);
void alarms_free(struct alarms *alarms);

/* Called at every change; `text` is why it is raised, or was.  May neither raise nor
 * clear. */
typedef void (*alarms_change_fn)(void *self, const char *name, const char *text,
                                 bool is_raised);
void alarms_listen(struct alarms *alarms, alarms_change_fn change, void *self);

/* Raises it, or while it is raised takes the new text for the status, untold. */
void alarm_raise(struct alarms *alarms, const char *name, const char *text);
void alarm_clear(struct alarms *alarms, const char *name);
bool alarm_is_raised(const struct alarms *alarms, const char *name);
/* Clears those whose names begin so, and that `keep` (NULL: none) does not name:
 * what they are about has gone. */
void alarm_clear_others(struct alarms *alarms, const char *prefix,
                        const char *const *keep);

/* How many are raised. */
size_t alarms_raised(const struct alarms *alarms);
/* Appends [{"name":"reload","since":1767225600,"why":"..."},...], the oldest first. */
void alarms_status(const struct alarms *alarms, GString *json);

#endif
