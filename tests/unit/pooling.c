/* SPDX-License-Identifier: MIT */
#include "pooling.h"

#include "base/clock.h"
#include "mail/session.h"
#include "unit.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    PATIENCE_MS = 30000
};

static const uint64_t ms_ns = 1000000;

uint64_t pooling_ms(void)
{
    return clock_mono_ns() / ms_ns;
}

/* --- opening and closing ------------------------------------------------------------ */

static bool parse(struct pooling *p, const char *conf)
{
    g_autofree char *dir = g_canonicalize_filename(unit_build("bad"), NULL);
    g_auto(GStrv) parts = g_strsplit(conf, "@", -1);
    g_autofree char *text = g_strjoinv(dir, parts);
    g_autofree char *cwd = g_get_current_dir();
    return conf_parse(text, strlen(text), "plugins.conf", cwd, &p->conf,
                      &p->error) &&
           pool_options_read(p->conf, 2, &p->options, &p->error);
}

static struct pooling *open_how(const char *conf, struct pool_how how,
                                uint64_t max_time_ms)
{
    struct pooling *p = g_new0(struct pooling, 1);
    g_autofree char *program =
        g_canonicalize_filename(unit_build("assay"), NULL);
    p->asked = g_ptr_array_new();
    p->session = session_new();
    p->log = memfd_create("log", MFD_CLOEXEC);
    p->stderr_before = dup(STDERR_FILENO);
    dup2(p->log, STDERR_FILENO);
    limits_default(&p->limits);
    if (max_time_ms != 0)
        p->limits.max_time_ms = max_time_ms;
    how.limits = &p->limits;
    how.options = &p->options;
    how.program = program;
    if (parse(p, conf)) {
        how.conf = p->conf;
        pool_open(&how, &p->pool, &p->error);
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(p->pool);
    return p;
}

struct pooling *pooling_open(const char *conf, const struct pool_how *how)
{
    return open_how(conf, how != NULL ? *how : (struct pool_how){0}, 0);
}

struct pooling *pooling_open_timed(const char *conf, uint64_t max_time_ms)
{
    return open_how(conf, (struct pool_how){0}, max_time_ms);
}

void pooling_free(struct pooling *p)
{
    pool_free(p->pool);
    for (unsigned i = 0; i < p->asked->len; i++) {
        struct asked *asked = p->asked->pdata[i];
        CU_ASSERT_PTR_NULL(asked->job);
        CU_ASSERT(asked->answers <= 1);
        g_free(asked->findings);
        g_free(asked->texts);
        g_free(asked);
    }
    g_ptr_array_unref(p->asked);
    session_free(p->session);
    pool_options_clear(&p->options);
    conf_free(p->conf);
    g_clear_error(&p->error);
    dup2(p->stderr_before, STDERR_FILENO);
    close(p->stderr_before);
    close(p->log);
    g_free(p);
}

/* --- asking ------------------------------------------------------------------------- */

char *pooling_names(const struct scan *scan)
{
    GString *names = g_string_new(NULL);
    for (unsigned i = 0; i < scan->findings->len; i++) {
        const struct finding *f = scan->findings->pdata[i];
        g_string_append_printf(names, "%s%s:%s", i > 0 ? " " : "", f->plugin,
                               f->name);
    }
    return g_string_free(names, false);
}

char *pooling_texts(const struct scan *scan)
{
    GString *texts = g_string_new(NULL);
    for (unsigned i = 0; i < scan->findings->len; i++) {
        const struct finding *f = scan->findings->pdata[i];
        g_string_append_printf(texts, "%s\n", f->text);
    }
    return g_string_free(texts, false);
}

static void take_answer(void *self, const struct pool_answer *answer)
{
    struct asked *asked = self;
    asked->answers++;
    asked->job = NULL;
    asked->place = ++asked->pooling->answers;
    asked->is_unread = answer->is_unread;
    asked->tries = answer->tries;
    asked->took_ns = answer->took_ns;
    g_free(asked->findings);
    g_free(asked->texts);
    asked->findings = pooling_names(answer->scan);
    asked->texts = pooling_texts(answer->scan);
    if (asked->then != NULL)
        asked->then(asked);
}

char *pooling_mail(const char *words)
{
    return words != NULL ? g_strdup_printf("Subject: test\r\n\r\n%s\r\n", words)
                         : g_strdup("Subject: test\r\n");
}

static struct asked *ask(struct pooling *p, const char *mail,
                         enum pool_priority priority, uint8_t key,
                         unsigned deadline_ms)
{
    g_autoptr(GBytes) raw = g_bytes_new(mail, strlen(mail));
    uint8_t whole_key[QUEUE_KEY_SIZE] = {key};
    struct asked *asked = g_new0(struct asked, 1);
    const struct pool_request request = {
        .raw = raw,
        .session = p->session,
        .priority = priority,
        .key = key != 0 ? whole_key : NULL,
        .deadline_ns =
            deadline_ms != 0 ? clock_mono_ns() + deadline_ms * ms_ns : 0,
    };
    asked->pooling = p;
    g_ptr_array_add(p->asked, asked);
    struct job *job = pool_submit(p->pool, &request, take_answer, asked);
    if (job != NULL)
        asked->job = job;
    return asked;
}

struct asked *pooling_ask_as(struct pooling *p, const char *words,
                             enum pool_priority priority, uint8_t key,
                             unsigned deadline_ms)
{
    g_autofree char *mail = pooling_mail(words);
    return ask(p, mail, priority, key, deadline_ms);
}

struct asked *pooling_ask_mail(struct pooling *p, const char *mail)
{
    return ask(p, mail, POOL_TRANSPORT, 0, 0);
}

struct asked *pooling_ask(struct pooling *p, const char *words,
                          enum pool_priority priority)
{
    return pooling_ask_as(p, words, priority, 0, 0);
}

void pooling_cancel(struct asked *asked)
{
    pool_cancel(asked->pooling->pool, asked->job);
    asked->job = NULL;
}

bool pooling_wait(struct pooling *p, const struct asked *asked)
{
    uint64_t end_ms = pooling_ms() + PATIENCE_MS;
    while (asked != NULL ? asked->job != NULL : pool_unanswered(p->pool) > 0) {
        if (pooling_ms() > end_ms)
            return false;
        pool_run(p->pool, 20);
    }
    return true;
}

void pooling_run(struct pooling *p, unsigned ms)
{
    uint64_t end_ms = pooling_ms() + ms;
    for (uint64_t now_ms; (now_ms = pooling_ms()) < end_ms;)
        pool_run(p->pool, (int)(end_ms - now_ms));
}

const char *pooling_scan(struct pooling *p, const char *words)
{
    const struct asked *asked = pooling_ask(p, words, POOL_TRANSPORT);
    return pooling_wait(p, asked) ? asked->findings : "(no answer)";
}

/* --- what is there ------------------------------------------------------------------ */

bool pooling_wait_ready(struct pooling *p, unsigned n)
{
    uint64_t end_ms = pooling_ms() + PATIENCE_MS;
    while (pool_ready(p->pool) < n) {
        if (pooling_ms() > end_ms)
            return false;
        pool_run(p->pool, 5);
    }
    return true;
}

unsigned pooling_logged(const struct pooling *p, const char *text)
{
    unsigned n = 0;
    off_t size = lseek(p->log, 0, SEEK_CUR);
    g_autofree char *all = g_malloc0((size_t)size + 1);
    ssize_t got = pread(p->log, all, (size_t)size, 0);
    for (const char *at = got > 0 ? all : ""; (at = strstr(at, text)) != NULL;
         at++)
        n++;
    return n;
}

static void note_pid(void *self, const char *class_name, unsigned number,
                     pid_t pid)
{
    g_string_append_printf(self, "%s %u %d\n", class_name, number, (int)pid);
}

char *pooling_pids(const struct pooling *p)
{
    GString *pids = g_string_new(NULL);
    pool_each_worker(p->pool, note_pid, pids);
    return g_string_free(pids, false);
}

static void kill_worker(void *self, const char *class_name, unsigned number,
                        pid_t pid)
{
    unsigned *n = self;
    (void)class_name;
    (void)number;
    *n += kill(pid, SIGKILL) == 0;
}

static void kill_zygote(void *self, const char *class_name, pid_t pid)
{
    kill_worker(self, class_name, 0, pid);
}

unsigned pooling_kill_workers(struct pooling *p)
{
    unsigned n = 0;
    pool_each_worker(p->pool, kill_worker, &n);
    return n;
}

unsigned pooling_kill_zygotes(struct pooling *p)
{
    unsigned n = 0;
    pool_each_zygote(p->pool, kill_zygote, &n);
    return n;
}
