/* SPDX-License-Identifier: GPL-2.0-only */
#include "database.h"

#include "cvd.h"

#include <clamav.h>

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum {
    CVD_HEADER_SIZE = 512, /* version, count, MD5 and signature of the rest */
    PATH_SIZE = 4096
};

/* What libclamav loads from a folder (its CLI_DBEXT). */
static const char *const extensions[] = {
    "db",  "hdb", "hdu", "fp",   "mdb",  "mdu", "hsb",  "hsu", "sfp", "msb",
    "msu", "ndb", "ndu", "ldb",  "ldu",  "sdb", "zmd",  "rmd", "pdb", "gdb",
    "wdb", "cbc", "ftm", "cfg",  "cvd",  "cld", "cud",  "cdb", "cat", "crb",
    "idb", "ioc", "yar", "yara", "pwdb", "ign", "ign2", "imp",
};

/* How the names of signatures that ship with Assay begin: sigs/clamav/README.md. */
static const char test_stem[] = "assay-test.";

static const char *extension(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot == NULL ? "" : dot + 1;
}

static bool is_database(const char *name)
{
    for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; i++)
        if (strcasecmp(extension(name), extensions[i]) == 0)
            return true;
    return false;
}

static bool is_official(const char *name)
{
    const char *ext = extension(name);
    return strcasecmp(ext, "cvd") == 0 || strcasecmp(ext, "cld") == 0 ||
           strcasecmp(ext, "cud") == 0;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* Does field `index` (from 0, between colons) of `line` begin with `value`, and
 * end there? */
static bool field_is(const char *line, unsigned index, const char *value)
{
    for (; index > 0; index--) {
        line = strchr(line, ':');
        if (line == NULL)
            return false;
        line++;
    }
    size_t n = strcspn(line, ":\r\n");
    return n == strlen(value) && strncmp(line, value, n) == 0;
}

/* What the signature on `line` of a file of type `ext` needs. */
static uint32_t line_needs(const char *ext, const char *line)
{
    uint32_t needs = 0;
    if (strncasecmp(ext, "ld", 2) == 0) {
        if (strstr(line, "CL_TYPE_MAIL") != NULL) /* Container, Intermediates */
            needs |= NEEDS_INSIDE;
        if (strstr(line, "fuzzy_img#") != NULL)
            needs |= NEEDS_IMAGE_HASH;
    }
    if (strcasecmp(ext, "cdb") == 0 &&
        (field_is(line, 1, "CL_TYPE_MAIL") || field_is(line, 1, "*")))
        needs |= NEEDS_NAMES;
    if ((strcasecmp(ext, "pdb") == 0 || strcasecmp(ext, "gdb") == 0) &&
        line[0] != '#')
        needs |= NEEDS_LINKS;
    return needs;
}

/* For cvd_lines: true once nothing more can be learnt. */
static bool on_line(void *context, const char *ext, const char *line)
{
    struct database *db = context;
    db->needs |= line_needs(ext, line);
    return db->needs == NEEDS_ALL;
}

/* Another archive's name and version at the end of db->version. */
static void add_version(struct database *db, const char *name,
                        unsigned long version)
{
    size_t have = strlen(db->version);
    int stem = (int)strcspn(name, ".");
    snprintf(db->version + have, sizeof db->version - have, "%s%.*s:%lu",
             have == 0 ? "" : " ", stem, name, version);
}

/* An official archive: its head is signed and names everything in it. */
static bool add_official(struct database *db, const char *path, FILE *file)
{
    unsigned char head[CVD_HEADER_SIZE];
    size_t n = fread(head, 1, sizeof head, file);
    struct cl_cvd *cvd = cl_cvdhead(path);
    cl_update_hash(db->hash, head, n);
    if (cvd == NULL)
        return true; /* damaged: cl_load says so */
    if (!cvd_lines(path, on_line, db))
        db->needs = NEEDS_ALL;
    add_version(db, base_name(path), cvd->version);
    if ((int64_t)cvd->stime > db->official_time)
        db->official_time = (int64_t)cvd->stime;
    cl_cvdfree(cvd);
    return true;
}

/* Any other file: all of it counts. */
static bool add_local(struct database *db, const char *path, FILE *file)
{
    struct stat st;
    char *line = NULL;
    size_t cap = 0;
    const char *ext = extension(path);
    for (;;) {
        ssize_t n = getline(&line, &cap, file);
        if (n <= 0)
            break;
        cl_update_hash(db->hash, line, (size_t)n);
        db->needs |= line_needs(ext, line);
    }
    free(line);
    if (ferror(file) || fstat(fileno(file), &st) != 0)
        return false;
    db->local_files++;
    if (strncmp(base_name(path), test_stem, sizeof test_stem - 1) == 0)
        db->test_files++;
    if ((int64_t)st.st_mtime > db->local_time)
        db->local_time = (int64_t)st.st_mtime;
    return true;
}

static bool add_file(struct database *db, const char *path)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    const char *name = base_name(path);
    cl_update_hash(db->hash, name, strlen(name) + 1);
    bool ok = is_official(name) ? add_official(db, path, file)
                                : add_local(db, path, file);
    fclose(file);
    db->files++;
    return ok;
}

static int only_databases(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && is_database(entry->d_name);
}

/* All signature files in a folder, in the order of their names; none adds none. */
static bool add_folder(struct database *db, const char *path)
{
    struct dirent **entries = NULL;
    int found = scandir(path, &entries, only_databases, alphasort);
    bool ok = found >= 0;
    for (int i = 0; i < found; i++) {
        char file[PATH_SIZE];
        int length =
            snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name);
        if (length < 0 || length >= PATH_SIZE) {
            errno = ENAMETOOLONG;
            ok = false;
        }
        ok = ok && add_file(db, file);
        free(entries[i]);
    }
    free(entries);
    return ok;
}

uint64_t database_count(const char *path)
{
    struct stat st;
    uint64_t n = 0;
    if (stat(path, &st) != 0)
        return 0;
    if (!S_ISDIR(st.st_mode))
        return 1;
    DIR *dir = opendir(path);
    if (dir == NULL)
        return 0;
    for (struct dirent *entry = readdir(dir); entry != NULL;
         entry = readdir(dir))
        n += only_databases(entry) ? 1 : 0;
    closedir(dir);
    return n;
}

bool database_init(struct database *db)
{
    memset(db, 0, sizeof *db);
    db->hash = cl_hash_init("sha256");
    return db->hash != NULL;
}

bool database_add(struct database *db, const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return false;
    return S_ISDIR(st.st_mode) ? add_folder(db, path) : add_file(db, path);
}

void database_finish(struct database *db, const void *settings, uint64_t size)
{
    cl_finish_hash(db->hash, db->digest);
    if (db->local_files > 0) {
        size_t have = strlen(db->version);
        snprintf(db->version + have, sizeof db->version - have,
                 "%slocal:%" PRIu64 "-%02x%02x%02x%02x", have == 0 ? "" : " ",
                 db->local_files, db->digest[0], db->digest[1], db->digest[2],
                 db->digest[3]);
    }
    db->hash = cl_hash_init("sha256");
    if (db->hash == NULL)
        return; /* the signatures' own digest is the next best */
    cl_update_hash(db->hash, db->digest, sizeof db->digest);
    cl_update_hash(db->hash, settings, size);
    cl_finish_hash(db->hash, db->digest);
    db->hash = NULL;
}

int64_t database_time(const struct database *db)
{
    return db->official_time != 0 ? db->official_time : db->local_time;
}

bool database_is_test_only(const struct database *db)
{
    return db->files == db->test_files;
}
