/* SPDX-License-Identifier: MIT */
/*
 * One SQL statement: bind, step, read, end.  Errors are remembered and told once, by
 * query_end.  Private to the index.
 */
#ifndef STORE_QUERY_H
#define STORE_QUERY_H

#include <glib.h>

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

/* Of errors that are about the index; others are BASE_ERROR's. */
#define INDEX_ERROR (index_error_quark())

enum index_error {
    INDEX_ERROR_DAMAGED /* it is no sound database: it can be made again */
};

GQuark index_error_quark(void);

/* Lives on the stack between query_begin and query_end. */
struct query {
    sqlite3 *db;
    sqlite3_stmt *stmt; /* NULL: it could not be made */
    int bound;          /* parameters so far */
    int rc;             /* of the first thing that failed; SQLITE_OK */
};

void query_begin(struct query *query, sqlite3 *db, const char *sql);
/* The next parameter; NULL is NULL.  Texts are lent until query_end. */
void query_text(struct query *query, const char *text);
void query_int(struct query *query, int64_t value);
/* Is there a row? */
bool query_step(struct query *query);
/* Column `at` of the row; NULL is NULL; yours. */
char *query_text_at(const struct query *query, int at);
int64_t query_int_at(const struct query *query, int at);
/* True: nothing has failed.  INDEX_ERROR: it is no sound database. */
bool query_end(struct query *query, GError **error);

/* Statements without parameters or rows. */
bool query_run(sqlite3 *db, const char *sql, GError **error);
/* The error of `rc`, with a hint at what is wrong.  Returns false. */
bool query_fail(sqlite3 *db, int rc, GError **error);

#endif
