/* SPDX-License-Identifier: MIT */
#include "front/alarm.h"

#include "base/clock.h"
#include "base/escape.h"
#include "base/log.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char too_many[] = "alarms";

/* One that is raised.  Owned by the list. */
struct alarm {
    char *name;
    char *text;
    int64_t since_s;
};

struct alarms {
    GPtrArray *raised; /* struct alarm, the oldest first */
    alarms_change_fn change;
    void *self;
};

static void free_alarm(void *data)
{
    struct alarm *alarm = data;
    g_free(alarm->name);
    g_free(alarm->text);
    g_free(alarm);
}

struct alarms *alarms_new(void)
{
    struct alarms *alarms = g_new0(struct alarms, 1);
    alarms->raised = g_ptr_array_new_with_free_func(free_alarm);
    return alarms;
}

void alarms_free(struct alarms *alarms)
{
    if (alarms == NULL)
        return;
    g_ptr_array_unref(alarms->raised);
    g_free(alarms);
}

void alarms_listen(struct alarms *alarms, alarms_change_fn change, void *self)
{
    alarms->change = change;
    alarms->self = self;
}

static char *cut_dup(const char *text, size_t max)
{
    return escape_clean_dup(text, strlen(text), max);
}

static struct alarm *find(const struct alarms *alarms, const char *name,
                          unsigned *index)
{
    g_autofree char *cut = cut_dup(name, ALARM_NAME_MAX);
    for (unsigned i = 0; i < alarms->raised->len; i++) {
        struct alarm *alarm = alarms->raised->pdata[i];
        if (strcmp(alarm->name, cut) != 0)
            continue;
        if (index != NULL)
            *index = i;
        return alarm;
    }
    return NULL;
}

static void tell(const struct alarms *alarms, const struct alarm *alarm,
                 bool is_raised)
{
    struct log_event event;
    log_begin(&event, is_raised ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING, "alarm");
    log_text(&event, "alarm", alarm->name);
    log_text(&event, "state", is_raised ? "raised" : "cleared");
    if (is_raised)
        log_text(&event, "why", alarm->text);
    log_end(&event);
    if (alarms->change != NULL)
        alarms->change(alarms->self, alarm->name, alarm->text, is_raised);
}

static void add(struct alarms *alarms, const char *name, const char *text)
{
    struct alarm *alarm = g_new(struct alarm, 1);
    *alarm = (struct alarm){
        .name = cut_dup(name, ALARM_NAME_MAX),
        .text = cut_dup(text, ALARM_TEXT_MAX),
        .since_s = clock_unix_s(),
    };
    g_ptr_array_add(alarms->raised, alarm);
    tell(alarms, alarm, true);
}

void alarm_raise(struct alarms *alarms, const char *name, const char *text)
{
    struct alarm *alarm = find(alarms, name, NULL);
    if (alarm != NULL) {
        g_free(alarm->text);
        alarm->text = cut_dup(text, ALARM_TEXT_MAX);
    } else if (alarms->raised->len < ALARMS_MAX - 1) {
        add(alarms, name, text);
    } else if (find(alarms, too_many, NULL) == NULL) {
        /* The last place is for saying that there is none. */
        add(alarms, too_many, "more alarms are raised than can be told");
    }
}

static void remove_at(struct alarms *alarms, unsigned index)
{
    struct alarm *alarm = g_ptr_array_steal_index(alarms->raised, index);
    tell(alarms, alarm, false);
    free_alarm(alarm);
}

void alarm_clear(struct alarms *alarms, const char *name)
{
    unsigned index = 0;
    if (find(alarms, name, &index) == NULL)
        return;
    remove_at(alarms, index);
    /* There is room again: who found no place raises it once more. */
    if (alarms->raised->len < ALARMS_MAX &&
        find(alarms, too_many, &index) != NULL)
        remove_at(alarms, index);
}

bool alarm_is_raised(const struct alarms *alarms, const char *name)
{
    return find(alarms, name, NULL) != NULL;
}

static bool is_kept(const char *const *keep, const char *name)
{
    for (; keep != NULL && *keep != NULL; keep++) {
        g_autofree char *cut = cut_dup(*keep, ALARM_NAME_MAX);
        if (strcmp(cut, name) == 0)
            return true;
    }
    return false;
}

void alarm_clear_others(struct alarms *alarms, const char *prefix,
                        const char *const *keep)
{
    /* From the end: clearing one may clear `alarms`, which is the last one. */
    for (unsigned i = alarms->raised->len; i-- > 0;) {
        if (i >= alarms->raised->len)
            continue;
        const struct alarm *alarm = alarms->raised->pdata[i];
        g_autofree char *name = g_strdup(alarm->name);
        if (g_str_has_prefix(name, prefix) && !is_kept(keep, name))
            alarm_clear(alarms, name);
    }
}

size_t alarms_raised(const struct alarms *alarms)
{
    return alarms->raised->len;
}

static json_t *alarm_object(const struct alarm *alarm)
{
    json_t *made = json_object();
    json_object_set_new(made, "name", json_string(alarm->name));
    json_object_set_new(made, "since", json_integer(alarm->since_s));
    json_object_set_new(made, "why", json_string(alarm->text));
    return made;
}

void alarms_status(const struct alarms *alarms, GString *json)
{
    json_t *all = json_array();
    for (unsigned i = 0; i < alarms->raised->len; i++)
        json_array_append_new(all, alarm_object(alarms->raised->pdata[i]));
    char *text = json_dumps(all, JSON_COMPACT | JSON_ENSURE_ASCII);
    json_decref(all);
    g_string_append(json, text);
    free(text);
}
