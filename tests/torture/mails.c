/* SPDX-License-Identifier: MIT */
#include "mails.h"

#include "base/conf.h"
#include "base/error.h"
#include "host/host.h"
#include "mail/detect.h"
#include "mail/message.h"
#include "mailbox/source.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    MAIL_MAX = 4 << 20 /* larger mails say nothing new here */
};

static void mail_free(gpointer item)
{
    struct mail *mail = item;
    g_bytes_unref(mail->raw);
    g_free(mail);
}

static void add_mail(struct mails *mails, const struct source_item *item)
{
    GBytes *raw = NULL;
    gsize n;
    if (!source_read(item, MAIL_MAX, &raw, NULL))
        return;
    const void *p = g_bytes_get_data(raw, &n);
    struct mail *mail = g_new0(struct mail, 1);
    mail->name = item->name;
    mail->raw = raw;
    digest_sha256(p, n, mail->digest);
    mail->number = (uint16_t)(mail->digest[0] << 8 | mail->digest[1]);
    g_ptr_array_add(mails->all, mail);
}

static struct session *make_session(void)
{
    struct session *session = session_new();
    session_set_client_ip(session, "192.0.2.7");
    session->helo = g_strdup("mx.example.org");
    session->mail_from = g_strdup("ann@example.org");
    g_ptr_array_add(session->rcpts, g_strdup("bob@example.org"));
    g_ptr_array_add(session->rcpts, g_strdup("eve@example.org"));
    return session;
}

struct mails *mails_read(const char *const *paths, size_t n, unsigned max)
{
    struct mails *mails = g_new0(struct mails, 1);
    mails->all = g_ptr_array_new_with_free_func(mail_free);
    mails->items = g_ptr_array_new();
    mails->session = make_session();
    for (size_t i = 0; i < n; i++) {
        GPtrArray *items = source_list(&paths[i], 1);
        unsigned step = MAX(items->len / MAX(max, 1), 1);
        for (unsigned k = 0; k < items->len; k += step)
            add_mail(mails, items->pdata[k]);
        g_ptr_array_add(mails->items, items);
    }
    return mails;
}

void mails_free(struct mails *mails)
{
    if (mails == NULL)
        return;
    g_ptr_array_unref(mails->all);
    for (unsigned i = 0; i < mails->items->len; i++)
        g_ptr_array_unref(mails->items->pdata[i]);
    g_ptr_array_unref(mails->items);
    session_free(mails->session);
    if (mails->said != NULL)
        munmap(mails->said, mails->said_n);
    g_free(mails);
}

static void say_finding(GString *to, const struct finding *f)
{
    g_string_append_printf(
        to,
        "%s %s %s [%s] rcpt %" PRId32 " conf %" PRIu32 " odds %" PRId32
        " advice %" PRIu32 " reason %" PRIu32 ": %s\n",
        f->plugin, finding_kind_name(f->kind), f->name,
        f->object == NULL ? "-" : f->object->path, f->rcpt, f->confidence,
        f->log_odds_milli, f->advice, f->reason, f->text);
}

void mails_say(GString *to, const struct scan *scan, GHashTable *others)
{
    for (unsigned i = 0; i < scan->findings->len; i++) {
        const struct finding *f = scan->findings->pdata[i];
        if (others == NULL || !g_hash_table_contains(others, f->plugin))
            say_finding(to, f);
    }
    for (unsigned i = 0; i < scan->answers->len; i++) {
        const struct scan_answer *a =
            &g_array_index(scan->answers, struct scan_answer, i);
        if (others == NULL || !g_hash_table_contains(others, a->plugin))
            g_string_append_printf(to, "%s %s [%s] rcpt %" PRId32 "\n",
                                   a->plugin, finding_status_name(a->status),
                                   a->object == NULL ? "-" : a->object->path,
                                   a->rcpt);
    }
}

/* --- the undisturbed scan, in a child --------------------------------------------- */

static bool write_all(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t put = write(fd, p, n);
        if (put < 0)
            return false;
        p += put;
        n -= (size_t)put;
    }
    return true;
}

static bool scan_one(const struct mails *mails, const struct scan_plan *plan,
                     const struct mail *mail, int fd)
{
    struct message *message =
        message_new(mail->raw, mails->session, &plan->limits);
    struct scan *scan = scan_run(plan, message, MAILS_NOW_S);
    g_autoptr(GString) text = g_string_new(NULL);
    mails_say(text, scan, NULL);
    scan_free(scan);
    message_free(message);
    return write_all(fd, text->str, text->len + 1);
}

static bool scan_all(const struct mails *mails, const char *text, int fd,
                     GError **error)
{
    struct limits limits;
    struct conf *conf = NULL;
    struct host *host = NULL;
    g_autofree char *cwd = g_get_current_dir();
    limits_default(&limits);
    if (!conf_parse(text, strlen(text), "plugins.conf", cwd, &conf, error))
        return false;
    const struct host_how how = {.conf = conf, .limits = &limits};
    if (!host_open(&how, &host, error))
        return false;
    if (host->refusals->len > 0) {
        const struct refusal *r = host->refusals->pdata[0];
        g_set_error_literal(error, BASE_ERROR, BASE_ERROR_IO, r->text);
        return false;
    }
    detect_start();
    host_start(host);
    const struct scan_plan plan = {.scanners = host->scanners,
                                   .scanner_n = host->scanner_n,
                                   .limits = limits};
    bool is_good = true;
    for (unsigned i = 0; i < mails->all->len && is_good; i++)
        is_good = scan_one(mails, &plan, mails->all->pdata[i], fd);
    host_stop(host);
    host_close(host);
    conf_free(conf);
    return is_good;
}

static bool take_said(struct mails *mails, int fd)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || st.st_size == 0)
        return false;
    mails->said_n = (size_t)st.st_size;
    void *p = mmap(NULL, mails->said_n, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED)
        return false;
    mails->said = p;
    const char *at = p;
    const char *end = at + mails->said_n;
    for (unsigned i = 0; i < mails->all->len; i++) {
        struct mail *mail = mails->all->pdata[i];
        if (at == end)
            return false;
        mail->said = at;
        at += strlen(at) + 1;
    }
    return at == end;
}

bool mails_scan_undisturbed(struct mails *mails, const char *conf,
                            GError **error)
{
    int status = 0;
    int fd = memfd_create("torture-said", MFD_CLOEXEC);
    pid_t child = fd < 0 ? -1 : fork();
    if (child == 0) {
        GError *why = NULL;
        bool is_good = scan_all(mails, conf, fd, &why);
        if (why != NULL)
            g_printerr("torture: %s\n", why->message);
        _exit(is_good ? 0 : 1);
    }
    bool is_good = child > 0 && waitpid(child, &status, 0) == child &&
                   WIFEXITED(status) && WEXITSTATUS(status) == 0 &&
                   take_said(mails, fd);
    if (!is_good)
        g_set_error_literal(error, BASE_ERROR, BASE_ERROR_IO,
                            "the undisturbed scan failed");
    if (fd >= 0)
        close(fd);
    return is_good;
}
