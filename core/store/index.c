/* SPDX-License-Identifier: MIT */
#include "store/index.h"

#include "base/clock.h"
#include "base/error.h"
#include "store/query.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    BUSY_MS = 10000,
    FILE_MODE = 0640,
    SCHEMA = 1
};

static const char name[] = "index.db";

static const char schema[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE IF NOT EXISTS mail("
    " id TEXT PRIMARY KEY, time_s INTEGER NOT NULL, last_s INTEGER NOT NULL,"
    " times INTEGER NOT NULL, content TEXT NOT NULL, size INTEGER NOT NULL,"
    " file_n INTEGER NOT NULL, key_id TEXT NOT NULL, kind INTEGER NOT NULL,"
    " action INTEGER NOT NULL, scl INTEGER NOT NULL,"
    " generation INTEGER NOT NULL, because TEXT, by TEXT, name TEXT,"
    " findings TEXT, subject TEXT, from_field TEXT, client_ip TEXT,"
    " client_name TEXT, helo TEXT, sender TEXT, user TEXT, queue_id TEXT,"
    " direction INTEGER NOT NULL, is_trusted INTEGER NOT NULL,"
    " state INTEGER NOT NULL, answer TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS mail_time ON mail(time_s);"
    "CREATE TABLE IF NOT EXISTS rcpt("
    " id TEXT NOT NULL, n INTEGER NOT NULL, rcpt TEXT NOT NULL,"
    " state INTEGER NOT NULL, answer TEXT,"
    " PRIMARY KEY(id, n)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS exemption("
    " hash TEXT PRIMARY KEY, id TEXT NOT NULL, bound TEXT NOT NULL,"
    " kind INTEGER NOT NULL, findings TEXT, is_anyway INTEGER NOT NULL,"
    " made_s INTEGER NOT NULL, used_s INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS exemption_id ON exemption(id);"
    "PRAGMA user_version = 1;"
    "COMMIT;";

/* The file is made before SQLite makes it: the WAL beside it gets its mode. */
static bool make_file(const struct place *place, struct index *index,
                      GError **error)
{
    struct stat st;
    int fd = openat(place->fd, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
                    FILE_MODE);
    bool is_made = fd >= 0 && fstat(fd, &st) == 0;
    index->is_new = is_made && st.st_size == 0;
    index->inode = is_made ? st.st_ino : 0;
    if (index->is_new)
        is_made = fchmod(fd, FILE_MODE) == 0 && place_give(place, fd) &&
                  fsync(place->fd) == 0;
    if (!is_made)
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                    "%s/%s: it cannot be opened: %s", place->folder, name,
                    g_strerror(errno));
    if (fd >= 0)
        close(fd);
    return is_made;
}

static bool get_version(sqlite3 *db, int64_t *version, GError **error)
{
    struct query query;
    query_begin(&query, db, "PRAGMA user_version");
    if (query_step(&query))
        *version = query_int_at(&query, 0);
    return query_end(&query, error);
}

static bool check(sqlite3 *db, GError **error)
{
    struct query query;
    query_begin(&query, db, "PRAGMA quick_check(1)");
    bool is_sound = query_step(&query);
    g_autofree char *told = is_sound ? query_text_at(&query, 0) : NULL;
    if (!query_end(&query, error))
        return false;
    if (g_strcmp0(told, "ok") == 0)
        return true;
    g_set_error(error, INDEX_ERROR, INDEX_ERROR_DAMAGED, "the index: %s",
                told != NULL ? told : "it cannot be checked");
    return false;
}

static bool prepare(sqlite3 *db, bool may_write, GError **error)
{
    int64_t version = 0;
    sqlite3_busy_timeout(db, BUSY_MS);
    sqlite3_extended_result_codes(db, 1);
    if (may_write && !query_run(db,
                                "PRAGMA journal_mode=WAL;"
                                "PRAGMA synchronous=FULL;",
                                error))
        return false;
    if (!query_run(db, "PRAGMA trusted_schema=OFF;", error) ||
        (may_write && !check(db, error)) || !get_version(db, &version, error))
        return false;
    if (version > SCHEMA || (version == 0 && !may_write)) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONF, "%s",
                    version == 0 ? "the index is empty"
                                 : "the index is of a newer version of Assay");
        return false;
    }
    return version == SCHEMA || query_run(db, schema, error);
}

/* Who may only read can make no memory to share with writers.  Where there is no WAL
 * nobody writes, and none is needed. */
static bool open_still(const struct place *place, const char *path,
                       struct index *index)
{
    struct stat st;
    g_autofree char *escaped = g_uri_escape_string(path, "/", FALSE);
    g_autofree char *uri = g_strconcat("file:", escaped, "?immutable=1", NULL);
    if (fstatat(place->fd, "index.db-wal", &st, AT_SYMLINK_NOFOLLOW) == 0 ||
        errno != ENOENT)
        return false;
    index_close(index);
    return sqlite3_open_v2(uri, &index->db,
                           SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX |
                               SQLITE_OPEN_URI,
                           NULL) == SQLITE_OK &&
           prepare(index->db, false, NULL);
}

static bool open_at(const char *path, bool may_write, struct index *index,
                    GError **error)
{
    int flags = may_write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    int rc = sqlite3_open_v2(path, &index->db,
                             flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW,
                             NULL);
    return rc == SQLITE_OK ? prepare(index->db, may_write, error)
                           : query_fail(index->db, rc, error);
}

bool index_open(const struct place *place, bool may_write, struct index *out,
                GError **error)
{
    struct index index = {0};
    GError *why = NULL;
    g_autofree char *path = g_build_filename(place->folder, name, NULL);
    if (may_write && !make_file(place, &index, error))
        return false;
    bool is_open = open_at(path, may_write, &index, &why);
    if (!is_open && !may_write && open_still(place, path, &index)) {
        is_open = true;
        g_clear_error(&why);
    }
    if (!is_open) {
        g_propagate_error(error, why);
        g_prefix_error(error, "%s: ", path);
        index_close(&index);
        return false;
    }
    *out = index;
    return true;
}

bool index_is_current(const struct index *index, const struct place *place)
{
    struct stat st;
    return index->db != NULL &&
           fstatat(place->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
           st.st_ino == index->inode;
}

void index_close(struct index *index)
{
    sqlite3_close_v2(index->db);
    *index = (struct index){0};
}

bool index_move_aside(const struct place *place, char **to, GError **error)
{
    static const char *const parts[] = {"-wal", "-shm", ""};
    g_autofree char *aside =
        g_strdup_printf("%s.bad-%" G_GINT64_FORMAT, name, clock_unix_s());
    g_assert(place->locks > 0);
    /* The database last: while it is there it is still to be moved. */
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *from = g_strconcat(name, parts[i], NULL);
        g_autofree char *there = g_strconcat(aside, parts[i], NULL);
        if (renameat(place->fd, from, place->fd, there) != 0 &&
            errno != ENOENT) {
            g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                        "%s/%s: it cannot be moved aside: %s", place->folder,
                        from, g_strerror(errno));
            return false;
        }
    }
    *to = g_build_filename(place->folder, aside, NULL);
    return true;
}
