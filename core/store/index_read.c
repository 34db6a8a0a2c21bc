/* SPDX-License-Identifier: MIT */
#include "store/index.h"
#include "store/index_columns.h"
#include "store/query.h"

#include <sodium.h>
#include <string.h>

/* A database that somebody changed is no reason to stumble. */
static int64_t bounded(const struct query *query, int at, int64_t low,
                       int64_t high)
{
    return CLAMP(query_int_at(query, at), low, high);
}

static void take_session(const struct query *query, struct session *session)
{
    session->client_ip = query_text_at(query, 18);
    session->client_name = query_text_at(query, 19);
    session->helo = query_text_at(query, 20);
    session->mail_from = query_text_at(query, 21);
    session->auth_user = query_text_at(query, 22);
    session->queue_id = query_text_at(query, 23);
    session->direction = (uint32_t)bounded(query, 24, 0, 2);
    session->is_trusted = query_int_at(query, 25) != 0;
}

static void take_row(const struct query *query, struct row *row)
{
    struct kept *kept = &row->kept;
    g_autofree char *id = query_text_at(query, 0);
    g_autofree char *content = query_text_at(query, 4);
    g_autofree char *key_id = query_text_at(query, 7);
    g_strlcpy(kept->id, id != NULL ? id : "", sizeof kept->id);
    g_strlcpy(row->key_id, key_id != NULL ? key_id : "", sizeof row->key_id);
    if (content != NULL)
        sodium_hex2bin(kept->content, DIGEST_SIZE, content, strlen(content),
                       NULL, NULL, NULL);
    kept->time_s = query_int_at(query, 1);
    row->last_s = query_int_at(query, 2);
    row->times = (uint64_t)query_int_at(query, 3);
    kept->size = (uint64_t)query_int_at(query, 5);
    row->file_n = (uint64_t)query_int_at(query, 6);
    kept->kind = (uint32_t)bounded(query, 8, 0, QUARANTINE_KINDS - 1);
    kept->action = (uint32_t)bounded(query, 9, 0, ASSAY_ACTION_DISCARD);
    kept->scl = (int32_t)bounded(query, 10, -1, 9);
    kept->generation = (uint64_t)query_int_at(query, 11);
    kept->because = query_text_at(query, 12);
    kept->by = query_text_at(query, 13);
    kept->name = query_text_at(query, 14);
    kept->findings = query_text_at(query, 15);
    kept->subject = query_text_at(query, 16);
    kept->from = query_text_at(query, 17);
    kept->session = session_new();
    take_session(query, kept->session);
    row->now = (enum state_now)bounded(query, 26, 0, STATE_DELETING);
    row->answer = query_text_at(query, 27);
}

static void rcpt_free(void *p)
{
    struct state_rcpt *rcpt = p;
    g_free(rcpt->answer);
    g_free(rcpt);
}

static bool take_rcpts(struct index *index, struct row *row, GError **error)
{
    struct query query;
    row->state.rcpts = g_ptr_array_new_with_free_func(rcpt_free);
    query_begin(&query, index->db,
                "SELECT rcpt, state, answer FROM rcpt WHERE id = ? ORDER BY n");
    query_text(&query, row->kept.id);
    while (query_step(&query)) {
        struct state_rcpt *rcpt = g_new0(struct state_rcpt, 1);
        char *address = query_text_at(&query, 0);
        rcpt->now =
            (enum state_rcpt_now)bounded(&query, 1, 0, STATE_RCPT_UNKNOWN);
        rcpt->answer = query_text_at(&query, 2);
        g_ptr_array_add(row->state.rcpts, rcpt);
        g_ptr_array_add(row->kept.session->rcpts,
                        address != NULL ? address : g_strdup(""));
    }
    return query_end(&query, error);
}

bool index_find(struct index *index, const char *id, bool *found,
                struct row *out, GError **error)
{
    struct query query;
    struct row row = {0};
    query_begin(&query, index->db,
                "SELECT " INDEX_COLUMNS " FROM mail WHERE id = ?");
    query_text(&query, id);
    bool is_there = query_step(&query);
    if (is_there)
        take_row(&query, &row);
    if (!query_end(&query, error) ||
        (is_there && !take_rcpts(index, &row, error))) {
        row_clear(&row);
        return false;
    }
    *found = is_there;
    if (is_there)
        *out = row;
    return true;
}

/* Each condition holds as well where its parameter is NULL or 0. */
static const char search_sql[] =
    "SELECT " INDEX_COLUMNS " FROM mail WHERE"
    " (?1 IS NULL OR instr(lower(coalesce(sender,'')), lower(?1)))"
    " AND (?2 IS NULL OR EXISTS(SELECT 1 FROM rcpt WHERE rcpt.id = mail.id"
    "  AND instr(lower(rcpt.rcpt), lower(?2))))"
    " AND (?3 IS NULL OR instr(lower(coalesce(subject,'')), lower(?3))"
    "  OR instr(lower(coalesce(from_field,'')), lower(?3)))"
    " AND (?4 IS NULL OR instr(lower(coalesce(name,'')), lower(?4))"
    "  OR CASE WHEN json_valid(findings) THEN EXISTS(SELECT 1"
    "   FROM json_each(findings) WHERE"
    "   instr(lower(json_extract(value, '$.name')), lower(?4))) ELSE 0 END)"
    " AND (?5 IS NULL OR instr(lower(coalesce(queue_id,'')), lower(?5)))"
    " AND (?6 IS NULL OR instr(lower(coalesce(client_ip,'')||' '||"
    "  coalesce(client_name,'')||' '||coalesce(helo,'')), lower(?6)))"
    " AND (?7 IS NULL OR substr(id, 1, length(?7)) = lower(?7))"
    " AND (?8 = 0 OR time_s >= ?8) AND (?9 = 0 OR time_s < ?9)"
    " AND (?10 < 0 OR kind = ?10) AND (?11 < 0 OR state = ?11)";

bool index_search(struct index *index, const struct search *search,
                  GPtrArray **rows, GError **error)
{
    struct query query;
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(row_free);
    g_autofree char *sql =
        g_strconcat(search_sql,
                    search->is_oldest_first ? " ORDER BY time_s, id"
                                            : " ORDER BY time_s DESC, id DESC",
                    " LIMIT ?12", NULL);
    query_begin(&query, index->db, sql);
    query_text(&query, search->sender);
    query_text(&query, search->rcpt);
    query_text(&query, search->subject);
    query_text(&query, search->name);
    query_text(&query, search->queue_id);
    query_text(&query, search->client);
    query_text(&query, search->id);
    query_int(&query, search->since_s);
    query_int(&query, search->until_s);
    query_int(&query, search->has_kind ? (int64_t)search->kind : -1);
    query_int(&query, search->has_state ? (int64_t)search->now : -1);
    query_int(&query, search->max == 0 ? -1 : (int64_t)search->max);
    while (query_step(&query)) {
        struct row *row = g_new0(struct row, 1);
        take_row(&query, row);
        g_ptr_array_add(found, row);
    }
    if (!query_end(&query, error))
        return false;
    for (unsigned i = 0; i < found->len; i++)
        if (!take_rcpts(index, found->pdata[i], error))
            return false;
    *rows = g_steal_pointer(&found);
    return true;
}
