/* SPDX-License-Identifier: MIT */
/*
 * Holding a message, and reading, deleting one that is held.
 */
#include "store/quarantine.h"

#include "base/error.h"
#include "store/inside.h"

#include <errno.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* --- reading ---------------------------------------------------------------------- */

static bool take_kept(const struct sealed *sealed, const char *id,
                      struct kept *out, GError **error)
{
    struct kept kept = {0};
    if (!kept_unpack(sealed->meta->data, sealed->meta->len, &kept)) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_DATA,
                    "damaged: what it says about the message is not well made");
        return false;
    }
    if (strcmp(kept.id, id) != 0 || kept.size != sealed->raw_n ||
        memcmp(kept.content, sealed->content, DIGEST_SIZE) != 0) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_DATA,
                    "damaged: it is the file of %s under another name",
                    kept.id);
        kept_clear(&kept);
        return false;
    }
    *out = kept;
    return true;
}

bool inside_read(struct quarantine *q, const char *id,
                 const struct inside_wanted *wanted, GError **error)
{
    struct sealed got = {0};
    int fd = place_open_file(&q->place, id, PLACE_MAIL);
    bool is_read = false;
    if (fd < 0)
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "it cannot be read: %s",
                    g_strerror(errno));
    else
        is_read =
            sealed_read(fd, &q->ring, wanted->depth, &got, error) &&
            (wanted->kept == NULL || take_kept(&got, id, wanted->kept, error));
    if (fd >= 0)
        close(fd);
    if (!is_read) {
        g_autofree char *path = place_path(&q->place, id, PLACE_MAIL);
        g_prefix_error(error, "%s: ", path);
        sealed_clear(&got);
        return false;
    }
    if (wanted->sealed != NULL)
        *wanted->sealed = got;
    else
        sealed_clear(&got);
    return true;
}

static void hide(const struct quarantine *q, bool is_encrypted,
                 struct kept *kept)
{
    if (!is_encrypted || !q->options.is_subject_hidden)
        return;
    g_clear_pointer(&kept->subject, g_free);
    g_clear_pointer(&kept->from, g_free);
}

bool inside_row(struct quarantine *q, const char *id, struct row *out,
                GError **error)
{
    struct sealed sealed = {0};
    struct row row = {0};
    const struct inside_wanted wanted = {SEALED_META, &sealed, &row.kept};
    if (!inside_read(q, id, &wanted, error))
        return false;
    row.file_n = sealed.file_n;
    row.last_s = row.kept.time_s;
    row.times = 1;
    if (sealed.is_encrypted)
        key_id_hex(sealed.key_id, row.key_id);
    hide(q, sealed.is_encrypted, &row.kept);
    sealed_clear(&sealed);
    GError *why = NULL;
    unsigned rcpt_n = row.kept.session->rcpts->len;
    if (!state_read(&q->place, id, rcpt_n, &row.state, &why)) {
        if (!g_error_matches(why, BASE_ERROR, BASE_ERROR_DATA)) {
            g_propagate_error(error, why);
            row_clear(&row);
            return false;
        }
        state_set_unknown(&row.state, rcpt_n, why->message);
        g_error_free(why);
    }
    row.now = row.state.now;
    row.answer = g_strdup(state_answer(&row.state));
    *out = row;
    return true;
}

int inside_hold(struct quarantine *q, const char *id, bool *is_busy)
{
    int fd = place_open_file(&q->place, id, PLACE_MAIL);
    *is_busy = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0;
    if (*is_busy) {
        close(fd);
        return -1;
    }
    return fd;
}

/* --- deleting --------------------------------------------------------------------- */

bool inside_delete(struct quarantine *q, const char *id, GError **error)
{
    const struct state nothing = {0};
    return index_set_state(&q->index, id, STATE_DELETING, &nothing, error) &&
           place_remove(&q->place, id, PLACE_MAIL, error) &&
           place_remove(&q->place, id, PLACE_STATE, error) &&
           index_remove(&q->index, id, error);
}

/* --- holding ---------------------------------------------------------------------- */

static bool write_item(int fd, const void *self)
{
    return sealed_write(fd, self);
}

static bool is_sound(struct quarantine *q, const char *id)
{
    struct kept kept = {0};
    const struct inside_wanted wanted = {SEALED_CHECK, NULL, &kept};
    bool is_read = inside_read(q, id, &wanted, NULL);
    kept_clear(&kept);
    return is_read;
}

static GByteArray *pack(struct kept *kept)
{
    GByteArray *meta = kept_pack(kept);
    if (meta->len > 0)
        return meta;
    /* More findings than any honest scan has: the message is what matters. */
    g_byte_array_unref(meta);
    g_free(kept->findings);
    kept->findings = g_strdup("[]");
    return kept_pack(kept);
}

static bool put_file(struct quarantine *q, struct quarantine_item *item,
                     GError **error)
{
    g_autoptr(GByteArray) meta = pack(&item->kept);
    const struct sealed_source source = {
        .key = key_ring_sealing(&q->ring),
        .meta = meta,
        .raw = item->raw,
        .content = item->kept.content,
    };
    const struct place_content content = {write_item, &source};
    uint64_t n = item->kept.size + meta->len;
    n += SEALED_HEAD_SIZE + (n / SEALED_CHUNK_SIZE + 1) * SEALED_CHUNK_EXTRA;
    if (meta->len == 0) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT,
                    "its recipients take more than %d MiB",
                    KEPT_PACKED_MAX >> 20);
        return false;
    }
    return place_has_room(&q->place, n, q->options.min_free, error) &&
           place_put(&q->place, item->kept.id, PLACE_MAIL, &content, error);
}

static bool put_row(struct quarantine *q, const char *id, GError **error)
{
    struct row row = {0};
    if (!inside_row(q, id, &row, error))
        return false;
    bool is_put = index_put(&q->index, &row, error);
    row_clear(&row);
    return is_put;
}

/* What the index knows of it; a deletion that was broken off is finished. */
static bool look(struct quarantine *q, const struct quarantine_item *item,
                 bool *is_known, bool *is_there, GError **error)
{
    struct row row = {0};
    const char *id = item->kept.id;
    if (!index_find(&q->index, id, is_known, &row, error))
        return false;
    enum state_now now = row.now;
    row_clear(&row);
    if (*is_known && now == STATE_DELETING) {
        *is_known = false;
        return inside_delete(q, id, error);
    }
    *is_there = *is_known && now != STATE_LOST && is_sound(q, id);
    return true;
}

static bool keep(struct quarantine *q, struct quarantine_item *item,
                 GError **error)
{
    bool is_known = false;
    bool is_there = false;
    const char *id = item->kept.id;
    if (!look(q, item, &is_known, &is_there, error))
        return false;
    if (!is_there) {
        if (!put_file(q, item, error))
            return false;
        if (!put_row(q, id, error)) {
            /* The MTA keeps it: a copy here would be released one day as well. */
            if (!is_known)
                place_remove(&q->place, id, PLACE_MAIL, NULL);
            return false;
        }
    }
    return !is_known ||
           index_count_again(&q->index, id, item->kept.time_s, error);
}

bool quarantine_keep(struct quarantine *q, struct quarantine_item *item,
                     char **id, GError **error)
{
    GError *why = NULL;
    inside_complete(item);
    if (!inside_begin(q, error))
        return false;
    bool is_kept = keep(q, item, &why);
    if (!is_kept && inside_is_index_damaged(why)) {
        is_kept = inside_remake_index(q, why->message, error);
        g_clear_error(&why);
        is_kept = is_kept && keep(q, item, &why);
    }
    inside_end(q);
    if (why != NULL)
        g_propagate_error(error, why);
    if (is_kept)
        *id = g_strdup(item->kept.id);
    return is_kept;
}
