/* SPDX-License-Identifier: MIT */
#include "daemon/herald.h"

#include "base/error.h"
#include "base/log.h"
#include "daemon/herald_run.h"
#include "pool/rights.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MS_NS UINT64_C(1000000)

struct herald {
    int fd; /* -1: it has gone */
    pid_t pid;
    uint64_t every_ns;
    GString *body;   /* what the next mail says */
    unsigned raised; /* changes in it */
    unsigned cleared;
    unsigned left_out; /* changes that had no room */
    uint64_t due_ns;
    uint64_t sent_ns; /* 0: never */
    char *first;      /* name of the first alarm in it */
};

static bool fail(GError **error, const char *what)
{
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "alarm_to: cannot %s: %s",
                what, g_strerror(errno));
    return false;
}

static _Noreturn void be_herald(const struct herald_how *how, int fd,
                                pid_t begun_by)
{
    g_autoptr(GError) error = NULL;
    if (how->user != NULL &&
        !rights_drop_to(how->user->uid, how->user->gid, 0, &error))
        _exit(1);
    if (prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL, 0UL, 0UL, 0UL) != 0 ||
        getppid() != begun_by)
        _exit(1);
    herald_run(fd, how->sendmail, how->to);
}

bool herald_begin(const struct herald_how *how, struct herald **out,
                  GError **error)
{
    int ends[2];
    pid_t self = getpid();
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return fail(error, "talk to a process that sends mail");
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        be_herald(how, ends[1], self);
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return fail(error, "start a process that sends mail");
    }
    *out = g_new0(struct herald, 1);
    **out = (struct herald){
        .fd = ends[0],
        .pid = pid,
        .every_ns = how->every_ns,
        .body = g_string_new(NULL),
    };
    return true;
}

void herald_end(struct herald *herald)
{
    if (herald == NULL)
        return;
    if (herald->fd >= 0)
        close(herald->fd);
    /* It ends by itself; where there is a parent, that one buries it. */
    (void)waitpid(herald->pid, NULL, WNOHANG);
    g_string_free(herald->body, true);
    g_free(herald->first);
    g_free(herald);
}

static bool has_news(const struct herald *herald)
{
    return herald->raised + herald->cleared + herald->left_out > 0;
}

static void plan(struct herald *herald, uint64_t now_ns)
{
    uint64_t paced_ns =
        herald->sent_ns == 0 ? 0 : herald->sent_ns + herald->every_ns;
    herald->due_ns = MAX(now_ns + HERALD_WAIT_MS * MS_NS, paced_ns);
}

void herald_tell(struct herald *herald, const char *name, const char *text,
                 bool is_raised, uint64_t now_ns)
{
    if (!has_news(herald)) {
        plan(herald, now_ns);
        g_free(herald->first);
        herald->first = g_strdup(name);
    }
    g_autofree char *line =
        is_raised ? g_strdup_printf("raised   %s\n         %s\n", name, text)
                  : g_strdup_printf("cleared  %s\n", name);
    if (herald->body->len + strlen(line) > HERALD_BODY_MAX) {
        herald->left_out++;
        return;
    }
    g_string_append(herald->body, line);
    herald->raised += is_raised;
    herald->cleared += !is_raised;
}

void herald_pace(struct herald *herald, uint64_t every_ns)
{
    herald->every_ns = every_ns;
}

static char *mail_of(const struct herald *herald)
{
    g_autoptr(GString) mail = g_string_new(NULL);
    g_string_printf(mail,
                    "Subject: Assay on %s: alarm %s%s\n"
                    "Auto-Submitted: auto-generated\n"
                    "MIME-Version: 1.0\n"
                    "Content-Type: text/plain; charset=utf-8\n"
                    "Content-Transfer-Encoding: 8bit\n\n",
                    g_get_host_name(), herald->first,
                    herald->raised + herald->cleared > 1 ? " and others" : "");
    g_string_append(mail, herald->body->str);
    if (herald->left_out > 0)
        g_string_append_printf(mail, "... and %u more\n", herald->left_out);
    g_string_append(mail, "\nWhat is raised now: assay status --once\n");
    return g_string_free(g_steal_pointer(&mail), false);
}

static void say_gone(void)
{
    struct log_event event;
    log_begin(&event, LOG_LEVEL_ERROR, "alarm.mail");
    log_text(&event, "why",
             "the process that mails alarms has gone; the next start begins "
             "another one");
    log_end(&event);
}

static void forget(struct herald *herald)
{
    g_string_truncate(herald->body, 0);
    herald->raised = herald->cleared = herald->left_out = 0;
}

void herald_tend(struct herald *herald, uint64_t now_ns)
{
    if (!has_news(herald) || now_ns < herald->due_ns)
        return;
    if (herald->fd < 0) {
        forget(herald);
        return;
    }
    g_autofree char *mail = mail_of(herald);
    size_t n = strlen(mail);
    if (send(herald->fd, mail, n, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)n) {
        herald->sent_ns = now_ns;
        forget(herald);
    } else if (errno == EAGAIN || errno == EINTR || errno == ENOBUFS) {
        herald->due_ns = now_ns + HERALD_WAIT_MS * MS_NS;
    } else {
        close(herald->fd);
        herald->fd = -1;
        forget(herald);
        say_gone();
    }
}

uint64_t herald_next_ns(const struct herald *herald)
{
    return has_news(herald) ? herald->due_ns : UINT64_MAX;
}
