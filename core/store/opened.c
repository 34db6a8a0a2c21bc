/* SPDX-License-Identifier: MIT */
/*
 * Opening the quarantine, and keeping its index the one in use.
 */
#include "base/error.h"
#include "store/inside.h"
#include "store/query.h"

static void copy_options(const struct quarantine_options *from,
                         struct quarantine_options *to)
{
    *to = *from;
    to->folder = g_strdup(from->folder);
    to->key_file = g_strdup(from->key_file);
    to->old_keys = g_ptr_array_new_with_free_func(g_free);
    for (unsigned i = 0; from->old_keys != NULL && i < from->old_keys->len; i++)
        g_ptr_array_add(to->old_keys, g_strdup(from->old_keys->pdata[i]));
    to->group = g_strdup(from->group);
    to->sendmail = g_strdup(from->sendmail);
    to->release_to = g_strdup(from->release_to);
}

bool inside_is_index_damaged(const GError *error)
{
    return g_error_matches(error, INDEX_ERROR, INDEX_ERROR_DAMAGED);
}

void inside_note_trouble(struct quarantine *q, const char *what)
{
    if (q->trouble == NULL)
        q->trouble = g_string_new(NULL);
    else
        g_string_append(q->trouble, "; ");
    g_string_append(q->trouble, what);
}

const char *quarantine_trouble(const struct quarantine *q)
{
    return q->trouble != NULL ? q->trouble->str : NULL;
}

void quarantine_clear_trouble(struct quarantine *q)
{
    if (q->trouble != NULL)
        g_string_free(q->trouble, TRUE);
    q->trouble = NULL;
}

bool inside_remake_index(struct quarantine *q, const char *why, GError **error)
{
    g_autofree char *aside = NULL;
    index_close(&q->index);
    if (!index_move_aside(&q->place, &aside, error) ||
        !index_open(&q->place, true, &q->index, error))
        return false;
    g_autofree char *told = g_strdup_printf(
        "%s: it was moved to %s and made again from the files", why, aside);
    inside_note_trouble(q, told);
    return inside_fill_index(q, error);
}

/* A new index beside files was removed by somebody. */
static bool fill_new(struct quarantine *q, GError **error)
{
    uint64_t bytes = 0;
    uint64_t mails = 0;
    if (!inside_fill_index(q, error) ||
        !index_sum(&q->index, &bytes, &mails, error))
        return false;
    if (mails > 0)
        inside_note_trouble(
            q, "there was no index: it was made again from the files");
    return true;
}

static bool open_index(struct quarantine *q, GError **error)
{
    GError *why = NULL;
    if (index_open(&q->place, q->may_write, &q->index, &why))
        return !q->index.is_new || fill_new(q, error);
    if (!q->may_write || !inside_is_index_damaged(why)) {
        g_propagate_error(error, why);
        return false;
    }
    bool is_made = inside_remake_index(q, why->message, error);
    g_error_free(why);
    return is_made;
}

bool inside_begin(struct quarantine *q, GError **error)
{
    if (!place_lock(&q->place, error))
        return false;
    if (q->place.locks > 1 || index_is_current(&q->index, &q->place))
        return true;
    index_close(&q->index);
    if (open_index(q, error))
        return true;
    place_unlock(&q->place);
    return false;
}

void inside_end(struct quarantine *q)
{
    place_unlock(&q->place);
}

static bool open_all(struct quarantine *q, GError **error)
{
    if (!key_ring_read(q->options.key_file, q->options.old_keys, &q->ring,
                       error) ||
        !place_open(&q->options, q->may_write, &q->place, error))
        return false;
    if (!q->may_write)
        return index_open(&q->place, false, &q->index, error);
    if (!inside_begin(q, error)) /* it opens the index */
        return false;
    inside_end(q);
    return true;
}

static bool open_to(const struct quarantine_options *options, bool may_write,
                    struct quarantine **out, GError **error)
{
    struct quarantine *q = g_new0(struct quarantine, 1);
    copy_options(options, &q->options);
    q->may_write = may_write;
    q->place.fd = -1;
    q->place.lock_fd = -1;
    if (!open_all(q, error)) {
        quarantine_close(q);
        return false;
    }
    *out = q;
    return true;
}

bool quarantine_open(const struct quarantine_options *options,
                     struct quarantine **out, GError **error)
{
    return open_to(options, true, out, error);
}

bool quarantine_open_to_read(const struct quarantine_options *options,
                             struct quarantine **out, GError **error)
{
    return open_to(options, false, out, error);
}

void quarantine_close(struct quarantine *q)
{
    if (q == NULL)
        return;
    index_close(&q->index);
    place_close(&q->place);
    key_ring_clear(&q->ring);
    quarantine_options_clear(&q->options);
    quarantine_clear_trouble(q);
    g_free(q);
}

bool quarantine_sum(struct quarantine *q, uint64_t *bytes, uint64_t *mails,
                    GError **error)
{
    return index_sum(&q->index, bytes, mails, error);
}
