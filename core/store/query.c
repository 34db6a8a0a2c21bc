/* SPDX-License-Identifier: MIT */
#include "store/query.h"

#include "base/error.h"

G_DEFINE_QUARK(assay_index_error, index_error)

bool query_fail(sqlite3 *db, int rc, GError **error)
{
    int primary = rc & 0xff;
    bool is_corrupt = primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
    int code = primary == SQLITE_FULL ? BASE_ERROR_LIMIT : BASE_ERROR_IO;
    g_set_error(error, is_corrupt ? INDEX_ERROR : BASE_ERROR,
                is_corrupt ? INDEX_ERROR_DAMAGED : code, "the index: %s (%s)",
                sqlite3_errstr(rc),
                db != NULL ? sqlite3_errmsg(db) : "not open");
    return false;
}

bool query_run(sqlite3 *db, const char *sql, GError **error)
{
    int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK || query_fail(db, rc, error);
}

void query_begin(struct query *query, sqlite3 *db, const char *sql)
{
    *query = (struct query){.db = db};
    query->rc = sqlite3_prepare_v2(db, sql, -1, &query->stmt, NULL);
}

static void note(struct query *query, int rc)
{
    if (query->rc == SQLITE_OK)
        query->rc = rc;
}

void query_text(struct query *query, const char *text)
{
    query->bound++;
    if (query->rc == SQLITE_OK)
        note(query, text == NULL ? sqlite3_bind_null(query->stmt, query->bound)
                                 : sqlite3_bind_text(query->stmt, query->bound,
                                                     text, -1, SQLITE_STATIC));
}

void query_int(struct query *query, int64_t value)
{
    query->bound++;
    if (query->rc == SQLITE_OK)
        note(query, sqlite3_bind_int64(query->stmt, query->bound, value));
}

bool query_step(struct query *query)
{
    if (query->rc != SQLITE_OK)
        return false;
    int rc = sqlite3_step(query->stmt);
    if (rc == SQLITE_ROW)
        return true;
    if (rc != SQLITE_DONE)
        note(query, rc);
    return false;
}

char *query_text_at(const struct query *query, int at)
{
    return g_strdup((const char *)sqlite3_column_text(query->stmt, at));
}

int64_t query_int_at(const struct query *query, int at)
{
    return sqlite3_column_int64(query->stmt, at);
}

bool query_end(struct query *query, GError **error)
{
    int rc = query->rc;
    bool is_good = rc == SQLITE_OK || query_fail(query->db, rc, error);
    sqlite3_finalize(query->stmt);
    *query = (struct query){0};
    return is_good;
}
