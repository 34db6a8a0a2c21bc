/* SPDX-License-Identifier: MIT */
#include "store/index.h"
#include "store/index_columns.h"
#include "store/query.h"

/* Several statements that are one change: `is_good` decides how they end. */
static bool finish(struct index *index, bool is_good, GError **error)
{
    if (is_good && query_run(index->db, "COMMIT", error))
        return true;
    sqlite3_exec(index->db, "ROLLBACK", NULL, NULL, NULL);
    return false;
}

static bool begin(struct index *index, GError **error)
{
    return query_run(index->db, "BEGIN IMMEDIATE", error);
}

static void bind_session(struct query *query, const struct session *session)
{
    query_text(query, session->client_ip);
    query_text(query, session->client_name);
    query_text(query, session->helo);
    query_text(query, session->mail_from);
    query_text(query, session->auth_user);
    query_text(query, session->queue_id);
    query_int(query, session->direction);
    query_int(query, session->is_trusted);
}

static bool put_mail(struct index *index, const struct row *row, GError **error)
{
    const struct kept *kept = &row->kept;
    char content[DIGEST_HEX_SIZE];
    struct query query;
    digest_hex(kept->content, content);
    query_begin(&query, index->db,
                "INSERT INTO mail(" INDEX_COLUMNS ") VALUES("
                "?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) "
                "ON CONFLICT(id) DO UPDATE SET file_n=excluded.file_n,"
                "key_id=excluded.key_id,state=excluded.state,"
                "answer=excluded.answer,last_s=excluded.last_s");
    query_text(&query, kept->id);
    query_int(&query, kept->time_s);
    query_int(&query, row->last_s);
    query_int(&query, (int64_t)row->times);
    query_text(&query, content);
    query_int(&query, (int64_t)kept->size);
    query_int(&query, (int64_t)row->file_n);
    query_text(&query, row->key_id);
    query_int(&query, kept->kind);
    query_int(&query, kept->action);
    query_int(&query, kept->scl);
    query_int(&query, (int64_t)kept->generation);
    query_text(&query, kept->because);
    query_text(&query, kept->by);
    query_text(&query, kept->name);
    query_text(&query, kept->findings);
    query_text(&query, kept->subject);
    query_text(&query, kept->from);
    bind_session(&query, kept->session);
    query_int(&query, (int64_t)row->now);
    query_text(&query, row->answer != NULL ? row->answer : "");
    query_step(&query);
    return query_end(&query, error);
}

static bool put_rcpts(struct index *index, const struct row *row,
                      GError **error)
{
    const GPtrArray *rcpts = row->kept.session->rcpts;
    for (unsigned i = 0; i < rcpts->len; i++) {
        const struct state_rcpt *state =
            row->state.rcpts != NULL ? row->state.rcpts->pdata[i] : NULL;
        struct query query;
        query_begin(&query, index->db,
                    "INSERT OR REPLACE INTO rcpt(id, n, rcpt, state, answer) "
                    "VALUES(?,?,?,?,?)");
        query_text(&query, row->kept.id);
        query_int(&query, i);
        query_text(&query, rcpts->pdata[i]);
        query_int(&query, state != NULL ? (int64_t)state->now : 0);
        query_text(&query, state != NULL ? state->answer : NULL);
        query_step(&query);
        if (!query_end(&query, error))
            return false;
    }
    return true;
}

bool index_put(struct index *index, const struct row *row, GError **error)
{
    return begin(index, error) &&
           finish(index,
                  put_mail(index, row, error) && put_rcpts(index, row, error),
                  error);
}

bool index_count_again(struct index *index, const char *id, int64_t now_s,
                       GError **error)
{
    struct query query;
    query_begin(&query, index->db,
                "UPDATE mail SET times = times + 1, last_s = max(last_s, ?) "
                "WHERE id = ?");
    query_int(&query, now_s);
    query_text(&query, id);
    query_step(&query);
    return query_end(&query, error);
}

bool index_set_state(struct index *index, const char *id, enum state_now now,
                     const struct state *state, GError **error)
{
    struct query query;
    if (!begin(index, error))
        return false;
    query_begin(&query, index->db,
                "UPDATE mail SET state = ?, answer = ? WHERE id = ?");
    query_int(&query, (int64_t)now);
    query_text(&query, state_answer(state));
    query_text(&query, id);
    query_step(&query);
    bool is_good = query_end(&query, error);
    for (unsigned i = 0;
         is_good && state->rcpts != NULL && i < state->rcpts->len; i++) {
        const struct state_rcpt *rcpt = state->rcpts->pdata[i];
        query_begin(&query, index->db,
                    "UPDATE rcpt SET state = ?, answer = ? "
                    "WHERE id = ? AND n = ?");
        query_int(&query, (int64_t)rcpt->now);
        query_text(&query, rcpt->answer);
        query_text(&query, id);
        query_int(&query, i);
        query_step(&query);
        is_good = query_end(&query, error);
    }
    return finish(index, is_good, error);
}

bool index_remove(struct index *index, const char *id, GError **error)
{
    static const char *const statements[] = {
        "DELETE FROM rcpt WHERE id = ?",
        "DELETE FROM exemption WHERE id = ?",
        "DELETE FROM mail WHERE id = ?",
    };
    bool is_good = begin(index, error);
    if (!is_good)
        return false;
    for (size_t i = 0; is_good && i < G_N_ELEMENTS(statements); i++) {
        struct query query;
        query_begin(&query, index->db, statements[i]);
        query_text(&query, id);
        query_step(&query);
        is_good = query_end(&query, error);
    }
    return finish(index, is_good, error);
}

bool index_sum(struct index *index, uint64_t *bytes, uint64_t *mails,
               GError **error)
{
    struct query query;
    query_begin(&query, index->db,
                "SELECT coalesce(sum(file_n), 0), count(*) FROM mail");
    if (query_step(&query)) {
        *bytes = (uint64_t)query_int_at(&query, 0);
        *mails = (uint64_t)query_int_at(&query, 1);
    }
    return query_end(&query, error);
}
