/* SPDX-License-Identifier: MIT */
#include "store/held.h"

#include "base/error.h"
#include "store/inside.h"

#include <string.h>
#include <unistd.h>

bool held_search(struct quarantine *q, const struct search *search,
                 GPtrArray **rows, GError **error)
{
    return index_search(&q->index, search, rows, error);
}

static bool find_id(struct quarantine *q, const char *id, char **whole,
                    GError **error)
{
    const struct search search = {.id = id, .max = 2};
    g_autoptr(GPtrArray) rows = NULL;
    if (strlen(id) < HELD_PREFIX_MIN) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                    "\"%s\" is too short: give %d digits of an id at least", id,
                    HELD_PREFIX_MIN);
        return false;
    }
    if (!index_search(&q->index, &search, &rows, error))
        return false;
    if (rows->len != 1) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                    rows->len == 0
                        ? "nothing that is held has the id \"%s\"; \"assay "
                          "quarantine list\" shows what there is"
                        : "more than one id begins with \"%s\": give more "
                          "digits",
                    id);
        return false;
    }
    const struct row *row = rows->pdata[0];
    *whole = g_strdup(row->kept.id);
    return true;
}

bool held_find(struct quarantine *q, const char *id, struct row *out,
               GError **error)
{
    g_autofree char *whole = NULL;
    bool found = false;
    if (!find_id(q, id, &whole, error) ||
        !index_find(&q->index, whole, &found, out, error))
        return false;
    if (!found)
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONF, "%s is deleted", whole);
    return found;
}

bool held_read(struct quarantine *q, const char *id, struct kept *kept,
               GBytes **raw, GError **error)
{
    struct sealed sealed = {0};
    const struct inside_wanted wanted = {raw != NULL ? SEALED_ALL : SEALED_META,
                                         &sealed, kept};
    if (!inside_read(q, id, &wanted, error))
        return false;
    if (raw != NULL)
        *raw = g_bytes_ref(sealed.raw);
    sealed_clear(&sealed);
    return true;
}

bool held_state(struct quarantine *q, const char *id, unsigned rcpt_n,
                struct state *out, GError **error)
{
    return state_read(&q->place, id, rcpt_n, out, error);
}

bool held_delete(struct quarantine *q, const char *id, GError **error)
{
    bool is_busy = false;
    if (!inside_begin(q, error))
        return false;
    int fd = inside_hold(q, id, &is_busy);
    bool is_gone = !is_busy && inside_delete(q, id, error);
    if (is_busy)
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                    "%s is being released by another process", id);
    if (fd >= 0)
        close(fd);
    inside_end(q);
    return is_gone;
}
