/* SPDX-License-Identifier: MIT */
#include "pooled.h"

#include "base/clock.h"
#include "hand.h"
#include "mail/session.h"
#include "scan/finding.h"
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    RUN_MS = 10,
    NAP_US = 1000,
    DRAIN_MS = 30000
};

static const uint64_t ms_ns = 1000000;

/* One mail on its way. */
struct mail_sent {
    struct pooled *p;
    unsigned answers;
};

/* Everything that is read of a configuration, for one call. */
struct read {
    struct conf *conf;
    struct limits limits;
    struct pool_options options;
};

static bool read_open(struct read *read, const char *text, GError **error)
{
    g_autofree char *full = hand_conf(text);
    g_autofree char *dir = g_get_current_dir();
    limits_default(&read->limits);
    if (!conf_parse(full, strlen(full), "plugins.conf", dir, &read->conf,
                    error) ||
        !pool_options_read(read->conf, 2, &read->options, error))
        return false;
    /* Few processes, so that a test is not slow where it is one of many. */
    if (strstr(full, "workers_max") == NULL)
        read->options.workers_max = 2;
    return true;
}

static void read_close(struct read *read)
{
    pool_options_clear(&read->options);
    conf_free(read->conf);
}

static void on_changed(void *self)
{
    struct pooled *p = self;
    p->changed++;
}

struct pooled *pooled_start(const char *text)
{
    struct pooled *p = g_new0(struct pooled, 1);
    struct read read = {0};
    p->session = session_new();
    p->sent = g_ptr_array_new_with_free_func(g_free);
    p->program = g_canonicalize_filename(unit_build("assay"), NULL);
    if (!read_open(&read, text, &p->error)) {
        read_close(&read);
        return p;
    }
    const struct pool_how how = {.conf = read.conf,
                                 .limits = &read.limits,
                                 .options = &read.options,
                                 .program = p->program,
                                 .changed = on_changed,
                                 .changed_self = p};
    pool_start(&how, &p->pool, &p->error);
    read_close(&read);
    return p;
}

struct pooled *pooled_open(const char *text)
{
    struct pooled *p = pooled_start(text);
    if (p->pool != NULL && !pool_await(p->pool, &p->error))
        pool_free(g_steal_pointer(&p->pool));
    return p;
}

static void on_reloaded(void *self, bool is_done, const char *why)
{
    struct pooled *p = self;
    p->is_reloaded = true;
    p->told++;
    p->is_good = is_done;
    g_free(p->why);
    p->why = g_strdup(why);
}

bool pooled_reload(struct pooled *p, const char *text)
{
    struct read read = {0};
    g_autoptr(GError) error = NULL;
    bool is_begun = read_open(&read, text, &error);
    const struct pool_how how = {.conf = read.conf,
                                 .limits = &read.limits,
                                 .options = &read.options,
                                 .changed = on_changed,
                                 .changed_self = p};
    is_begun = is_begun && pool_reload(p->pool, &how, on_reloaded, p, &error);
    p->is_reloaded = false; /* what it told was of an earlier one */
    if (!is_begun)
        printf("  %s\n", error->message);
    read_close(&read);
    return is_begun;
}

static bool is_bad(struct pooled *p, const struct scan *scan)
{
    for (unsigned i = 0; i < scan->findings->len; i++) {
        const struct finding *finding = scan->findings->pdata[i];
        if (finding->kind == ASSAY_KIND_SPAM ||
            finding->kind == ASSAY_KIND_INFO)
            continue;
        g_free(p->last_found);
        p->last_found = g_strdup_printf("%s %s: %s", finding->plugin,
                                        finding->name, finding->text);
        return true;
    }
    return false;
}

static void on_answer(void *self, const struct pool_answer *answer)
{
    struct mail_sent *sent = self;
    struct pooled *p = sent->p;
    uint64_t now_ns = clock_mono_ns();
    p->longest_ns = MAX(p->longest_ns, now_ns - p->last_ns);
    p->last_ns = now_ns;
    p->answered++;
    p->twice += sent->answers++ > 0;
    p->unread += answer->is_unread;
    p->found += is_bad(p, answer->scan);
}

void pooled_submit(struct pooled *p, enum pool_priority priority)
{
    struct mail_sent *sent = g_new0(struct mail_sent, 1);
    sent->p = p;
    g_ptr_array_add(p->sent, sent);
    char *text = g_strdup_printf(
        "From: a@example.org\r\nTo: b@example.org\r\n"
        "Date: Thu, 01 Jan 2026 12:00:00 +0000\r\n"
        "Message-ID: <%" G_GUINT64_FORMAT "@example.org>\r\n"
        "Subject: number %" G_GUINT64_FORMAT "\r\n\r\nAs agreed.\r\n",
        p->submitted, p->submitted);
    GBytes *raw = g_bytes_new_take(text, strlen(text));
    const struct pool_request request = {
        .raw = raw, .session = p->session, .priority = priority};
    if (p->submitted++ == p->answered)
        p->last_ns = clock_mono_ns();
    pool_submit(p->pool, &request, on_answer, sent);
    g_bytes_unref(raw);
}

static void step(struct pooled *p, unsigned flight)
{
    while (p->submitted - p->answered < flight)
        pooled_submit(p, POOL_TRANSPORT);
    pool_run(p->pool, RUN_MS);
    /* A load, but not all that the machine can do: the other side loads meanwhile. */
    if (flight > 0)
        g_usleep(NAP_US);
}

void pooled_until_reloaded(struct pooled *p, unsigned flight, unsigned ms)
{
    uint64_t end_ns = clock_mono_ns() + ms * ms_ns;
    while (!p->is_reloaded && clock_mono_ns() < end_ns)
        step(p, flight);
}

void pooled_for(struct pooled *p, unsigned flight, unsigned ms)
{
    uint64_t end_ns = clock_mono_ns() + ms * ms_ns;
    while (clock_mono_ns() < end_ns)
        step(p, flight);
}

bool pooled_drain(struct pooled *p)
{
    uint64_t end_ns = clock_mono_ns() + DRAIN_MS * ms_ns;
    while (p->answered < p->submitted && clock_mono_ns() < end_ns)
        pool_run(p->pool, RUN_MS);
    return p->answered == p->submitted;
}

void pooled_free(struct pooled *p)
{
    pool_free(p->pool);
    CU_ASSERT_EQUAL(p->answered, p->submitted);
    CU_ASSERT_EQUAL(p->twice, 0);
    session_free(p->session);
    g_ptr_array_unref(p->sent);
    g_clear_error(&p->error);
    g_free(p->program);
    g_free(p->why);
    g_free(p->last_found);
    g_free(p);
}

/* --- the log --------------------------------------------------------------------------- */

static int log_fd = -1;
static int real_stderr = -1;

void pooled_log_begin(void)
{
    fflush(stderr);
    real_stderr = dup(STDERR_FILENO);
    log_fd = memfd_create("log", MFD_CLOEXEC);
    CU_ASSERT_FATAL(real_stderr >= 0 && log_fd >= 0);
    dup2(log_fd, STDERR_FILENO);
}

char *pooled_log_end(void)
{
    fflush(stderr);
    dup2(real_stderr, STDERR_FILENO);
    close(real_stderr);
    off_t n = lseek(log_fd, 0, SEEK_END);
    char *text = g_malloc0((size_t)n + 1);
    ssize_t got = pread(log_fd, text, (size_t)n, 0);
    (void)got;
    close(log_fd);
    return text;
}
