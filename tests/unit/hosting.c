/* SPDX-License-Identifier: MIT */
#include "hosting.h"

#include "mail/message.h"
#include "unit.h"

#include <string.h>

const char hosting_mail[] =
    "From: Ann <ann@example.org>\r\n"
    "To: bob@example.org\r\n"
    "Subject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=b\r\n"
    "\r\n"
    "--b\r\n"
    "Content-Type: text/plain; charset=iso-8859-1\r\n"
    "\r\n"
    "caf\xe9\r\n"
    "--b\r\n"
    "Content-Type: application/octet-stream; name=\"a.bin\"\r\n"
    "Content-Disposition: attachment; filename=\"b.bin\"\r\n"
    "Content-Transfer-Encoding: base64\r\n"
    "\r\n"
    "AAECAwQFBgc=\r\n"
    "--b--\r\n";

/* Absolute, without symbolic links. */
static char *bad_dir(void)
{
    g_autofree char *dir = g_canonicalize_filename(unit_build("bad"), NULL);
    return g_steal_pointer(&dir);
}

static char *with_folder(const char *conf)
{
    g_autofree char *dir = bad_dir();
    g_auto(GStrv) parts = g_strsplit(conf, "@", -1);
    return g_strjoinv(dir, parts);
}

struct hosting *hosting_open_how(const char *conf, struct host_how how)
{
    struct hosting *h = g_new0(struct hosting, 1);
    g_autofree char *text = with_folder(conf);
    g_autofree char *cwd = g_get_current_dir();
    limits_default(&h->limits);
    if (!conf_parse(text, strlen(text), "plugins.conf", cwd, &h->conf,
                    &h->error))
        return h;
    how.conf = h->conf;
    how.limits = &h->limits;
    if (!host_open(&how, &h->host, &h->error))
        h->host = NULL;
    return h;
}

struct hosting *hosting_open(const char *conf)
{
    return hosting_open_how(conf, (struct host_how){0});
}

struct hosting *hosting_open_bad(const char *name)
{
    g_autofree char *conf =
        g_strdup_printf("[plugin %s]\nfile = @/%s.so\n", name, name);
    /* Long enough for a loaded machine, short enough for the one that hangs. */
    return hosting_open_how(conf, (struct host_how){.probe_timeout_ms = 3000});
}

static void clear_scan(struct hosting *h)
{
    scan_free(h->scan);
    message_free(h->message);
    session_free(h->session);
    h->scan = NULL;
    h->message = NULL;
    h->session = NULL;
}

void hosting_free(struct hosting *h)
{
    clear_scan(h);
    host_close(h->host);
    conf_free(h->conf);
    g_clear_error(&h->error);
    g_free(h);
}

struct session *hosting_session(void)
{
    struct session *session = session_new();
    session_set_client_ip(session, "192.0.2.7");
    session->helo = g_strdup("mx.example.org");
    session->mail_from = g_strdup("ann@example.org");
    g_ptr_array_add(session->rcpts, g_strdup("bob@example.org"));
    g_ptr_array_add(session->rcpts, g_strdup("eve@example.org"));
    return session;
}

void hosting_scan(struct hosting *h, const char *mail)
{
    const char *text = mail != NULL ? mail : hosting_mail;
    g_autoptr(GBytes) raw = g_bytes_new_static(text, strlen(text));
    clear_scan(h);
    h->session = hosting_session();
    h->message = message_new(raw, h->session, &h->limits);
    h->plan = (struct scan_plan){.scanners = h->host->scanners,
                                 .scanner_n = h->host->scanner_n,
                                 .limits = h->limits,
                                 .resolver = h->resolver};
    host_start(h->host);
    h->scan = scan_run(&h->plan, h->message, 1000000000);
    host_stop(h->host);
}

const char *hosting_refusal(const struct hosting *h)
{
    static char text[2048];
    text[0] = '\0';
    if (h->host == NULL || h->host->refusals->len != 1)
        return text;
    const struct refusal *refusal = h->host->refusals->pdata[0];
    g_autofree char *dir = bad_dir();
    const char *from = refusal->text;
    if (g_str_has_prefix(from, dir))
        from += strlen(dir) + 1;
    g_strlcpy(text, from, sizeof text);
    return text;
}

const char *hosting_findings(const struct hosting *h)
{
    static char text[1 << 16];
    text[0] = '\0';
    for (unsigned i = 0; i < h->scan->findings->len; i++) {
        const struct finding *f = h->scan->findings->pdata[i];
        if (f->kind == 0)
            continue;
        g_autofree char *line = g_strdup_printf(
            "%s %s %s: %s\n", finding_kind_name(f->kind), f->name,
            f->object != NULL ? f->object->path : "-", f->text);
        g_strlcat(text, line, sizeof text);
    }
    return text;
}
