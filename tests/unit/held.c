/* SPDX-License-Identifier: MIT */
#include "held.h"

#include "court.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int remove_one(const char *path, const struct stat *st, int type,
                      struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

char *held_file(const struct held *held, const char *name, const char *text)
{
    char *path = g_build_filename(held->dir, name, NULL);
    bool is_written = g_file_set_contents(path, text, -1, NULL);
    g_assert(is_written && chmod(path, 0600) == 0);
    return path;
}

void held_begin(struct held *held, const char *key)
{
    *held = (struct held){.dir = g_dir_make_tmp("held-XXXXXX", NULL)};
    g_assert(held->dir != NULL);
    bool is_read = quarantine_options_read(NULL, &held->options, NULL);
    g_assert(is_read);
    g_free(held->options.folder);
    held->options.folder = g_build_filename(held->dir, "q", NULL);
    held->options.min_free = 0;
    if (key != NULL)
        held->options.key_file = held_file(held, "key", key);
}

void held_open(struct held *held)
{
    GError *error = NULL;
    quarantine_close(held->q);
    held->q = NULL;
    if (!quarantine_open(&held->options, &held->q, &error)) {
        fprintf(stderr, "%s\n", error->message);
        CU_FAIL_FATAL("the quarantine does not open");
    }
}

void held_end(struct held *held)
{
    quarantine_close(held->q);
    quarantine_options_clear(&held->options);
    nftw(held->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    g_free(held->dir);
}

struct quarantine_item *held_item(const char *mail, const char *rcpts)
{
    static const struct court_says says[] = {
        {"av", ASSAY_KIND_MALWARE, "Eicar", .object = -1}, {.scanner = NULL}};
    struct court court;
    g_auto(GStrv) list = g_strsplit(rcpts, ",", -1);
    unsigned n = g_strv_length(list);
    g_autoptr(GBytes) raw = g_bytes_new(mail, strlen(mail));
    court_open(&court, "[policy]\nmalware = quarantine\n");
    struct session *session = court.fake.session;
    session->mail_from = g_strdup("sender@example.net");
    session->helo = g_strdup("helo.example.net");
    session->queue_id = g_strdup("4XYZ");
    session_set_client_ip(session, "192.0.2.1");
    for (unsigned i = 0; i < n; i++)
        court_rcpt(&court, list[i]);
    court_decide(&court, says);
    const struct quarantine_what what = {
        .scan = court.fake.scan,
        .verdict = court.verdict,
        .rcpts = (const char *const *)list,
        .rcpt_n = n,
        .action = ASSAY_ACTION_QUARANTINE,
        .generation = 7,
        .now_s = 1700000000,
    };
    struct quarantine_item *item = quarantine_item_new(raw, &what);
    court_close(&court);
    return item;
}

char *held_keep(struct held *held, const char *mail, const char *rcpts,
                GError **error)
{
    char *id = NULL;
    struct quarantine_item *item = held_item(mail, rcpts);
    if (!quarantine_keep(held->q, item, &id, error))
        id = NULL;
    quarantine_item_free(item);
    return id;
}

bool held_row(struct held *held, const char *id, struct row *out)
{
    bool found = false;
    bool is_read = index_find(&held->q->index, id, &found, out, NULL);
    return is_read && found;
}

static struct {
    const char *suffix;
    unsigned n;
} counted;

static int count_one(const char *path, const struct stat *st, int type,
                     struct FTW *ftw)
{
    (void)st;
    (void)ftw;
    counted.n += type == FTW_F && g_str_has_suffix(path, counted.suffix);
    return 0;
}

unsigned held_count(const struct held *held, const char *suffix)
{
    counted.suffix = suffix;
    counted.n = 0;
    nftw(held->options.folder, count_one, 16, FTW_PHYS);
    return counted.n;
}

GBytes *held_bytes(struct held *held, const char *id)
{
    struct sealed sealed = {0};
    GBytes *raw = NULL;
    const struct inside_wanted wanted = {SEALED_ALL, &sealed, NULL};
    if (inside_read(held->q, id, &wanted, NULL))
        raw = g_bytes_ref(sealed.raw);
    sealed_clear(&sealed);
    return raw;
}

void held_spoil(const char *path, long at)
{
    char c = 0;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    g_assert(fd >= 0);
    off_t where = lseek(fd, at, at < 0 ? SEEK_END : SEEK_SET);
    g_assert(pread(fd, &c, 1, where) == 1);
    c = (char)(c ^ 1);
    g_assert(pwrite(fd, &c, 1, where) == 1);
    close(fd);
}
