/* SPDX-License-Identifier: MIT */
#include "front/connection.h"

#include "base/clock.h"
#include "base/log.h"
#include "front/front_inside.h"
#include "front/mail.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Told often enough for an MTA that waits (Postfix: 300 s for the end of a message). */
#define PROGRESS_NS (UINT64_C(10) * 1000000000)

/* --- its life ------------------------------------------------------------------------ */

static void begin_mail(struct connection *connection)
{
    connection->mail = mail_begin(connection);
    if (connection->mail != NULL)
        due_put(&connection->front->dues, &connection->due,
                connection->heard_ns + PROGRESS_NS);
}

static void asked(void *self, struct milter_session *milter,
                  enum milter_stage stage)
{
    struct connection *connection = self;
    (void)milter;
    if (stage == MILTER_STAGE_END)
        begin_mail(connection);
    else
        stages_reach(connection->stages, stage, true);
}

static void told(void *self, struct milter_session *milter,
                 enum milter_stage stage)
{
    struct connection *connection = self;
    (void)milter;
    if (connection->stages != NULL && stage != MILTER_STAGE_EOH)
        stages_reach(connection->stages, stage, false);
}

static void aborted(void *self, struct milter_session *milter)
{
    struct connection *connection = self;
    (void)milter;
    if (connection->mail != NULL)
        mail_abandon(g_steal_pointer(&connection->mail));
    if (connection->stages != NULL)
        stages_forget(connection->stages);
}

static const struct milter_owner owner = {asked, told, aborted};

static bool is_tcp(int fd)
{
    struct sockaddr_storage at = {0};
    socklen_t n = sizeof at;
    return getsockname(fd, (struct sockaddr *)&at, &n) == 0 &&
           (at.ss_family == AF_INET || at.ss_family == AF_INET6);
}

static void ready(struct source *source, uint32_t events, uint64_t now_ns);

struct connection *connection_open(struct front *front, int fd, uint64_t now_ns)
{
    struct connection *connection = g_new0(struct connection, 1);
    uint64_t wanted = scan_plan_stages(pool_plan(front->pool));
    const struct milter_options options = {
        .asks = stages_asks(wanted, front->options.refuse_at),
        .actions = MAIL_ACTIONS,
        .max_message_bytes = front->rules->limits.max_message_bytes,
        .max_envelope_bytes = front->options.max_envelope_bytes,
    };
    connection->source = (struct source){.fd = fd, .ready = ready};
    connection->front = front;
    connection->events = EPOLLIN | EPOLLRDHUP;
    connection->heard_ns = now_ns;
    connection->due.owner = connection;
    connection->is_tcp = is_tcp(fd);
    connection->stages = stages_new(connection, wanted);
    connection->milter = milter_session_new(&options, &owner, connection);
    g_hash_table_add(front->connections, connection);
    due_put(&front->dues, &connection->due, now_ns + front->options.idle_ns);
    if (front_watch(front, EPOLL_CTL_ADD, &connection->source,
                    connection->events))
        return connection;
    connection_close(connection);
    return NULL;
}

void connection_close(struct connection *connection)
{
    struct front *front = connection->front;
    if (connection->source.fd < 0)
        return;
    milter_session_hang_up(connection->milter);
    close(connection->source.fd);
    connection->source.fd = -1;
    due_drop(&front->dues, &connection->due);
    g_hash_table_steal(front->connections, connection);
    /* An event of it may still wait in this turn. */
    g_ptr_array_add(front->closed, connection);
}

void connection_free(struct connection *connection)
{
    stages_free(connection->stages);
    milter_session_free(connection->milter);
    if (connection->rest != NULL)
        g_byte_array_unref(connection->rest);
    g_free(connection);
}

/* --- bytes --------------------------------------------------------------------------- */

static bool is_over(const struct connection *connection)
{
    return milter_session_is_over(connection->milter, NULL);
}

/* Writes what the socket takes.  False: it takes nothing more, ever. */
static bool flush(struct connection *connection)
{
    size_t n = 0;
    const uint8_t *p = NULL;
    while ((p = milter_session_output(connection->milter, &n)) != NULL) {
        ssize_t sent = send(connection->source.fd, p, n, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR)
            return errno == EAGAIN;
        if (sent > 0)
            milter_session_sent(connection->milter, (size_t)sent);
    }
    return true;
}

/* Gives the session bytes, keeps what it does not take. */
static void feed(struct connection *connection, const uint8_t *p, size_t n)
{
    size_t taken = milter_session_feed(connection->milter, p, n);
    if (taken == n || is_over(connection))
        return;
    connection->rest = g_byte_array_new();
    g_byte_array_append(connection->rest, p + taken, (unsigned)(n - taken));
}

/* What was left over; false: it still is. */
static bool feed_rest(struct connection *connection)
{
    GByteArray *rest = g_steal_pointer(&connection->rest);
    if (rest == NULL)
        return true;
    feed(connection, rest->data, rest->len);
    bool is_taken =
        connection->rest == NULL || connection->rest->len < rest->len;
    g_byte_array_unref(rest);
    return is_taken;
}

static bool has_output(const struct connection *connection)
{
    size_t n;
    return milter_session_output(connection->milter, &n) != NULL;
}

static void tell_end(const struct connection *connection)
{
    const char *why = NULL;
    if (!milter_session_is_over(connection->milter, &why) || why == NULL)
        return;
    struct log_event event;
    log_begin(&event, LOG_LEVEL_INFO, "milter.bad");
    log_text(&event, "why", why);
    log_end(&event);
}

static void watch(struct connection *connection)
{
    uint32_t events = EPOLLRDHUP;
    if (connection->rest == NULL)
        events |= EPOLLIN;
    if (has_output(connection))
        events |= EPOLLOUT;
    if (events == connection->events)
        return;
    connection->events = events;
    front_watch(connection->front, EPOLL_CTL_MOD, &connection->source, events);
}

/* After bytes or an answer: writes, and takes up what was left, as far as it goes. */
static void turn(struct connection *connection)
{
    bool is_writable = true;
    connection->is_turning = true;
    do
        is_writable = flush(connection);
    while (is_writable && !has_output(connection) && connection->rest != NULL &&
           feed_rest(connection));
    is_writable = is_writable && flush(connection);
    connection->is_turning = false;
    if (!is_writable || (is_over(connection) && !has_output(connection))) {
        tell_end(connection);
        connection_close(connection);
        return;
    }
    if (connection->front->is_draining)
        connection_drain(connection);
    if (connection->source.fd >= 0)
        watch(connection);
}

static void read_some(struct connection *connection)
{
    struct front *front = connection->front;
    int on = 1;
    ssize_t n = recv(connection->source.fd, front->buffer, FRONT_BUFFER, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    /* The MTA sends small segments and waits for each to be acknowledged; the kernel
     * forgets this wish again. */
    if (connection->is_tcp)
        setsockopt(connection->source.fd, IPPROTO_TCP, TCP_QUICKACK, &on,
                   sizeof on);
    if (n <= 0) {
        connection_close(connection);
        return;
    }
    connection->is_turning = true;
    feed(connection, front->buffer, (size_t)n);
    turn(connection);
}

static void ready(struct source *source, uint32_t events, uint64_t now_ns)
{
    struct connection *connection = (struct connection *)source;
    connection->heard_ns = now_ns;
    if (events & EPOLLIN)
        read_some(connection);
    else if (events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP))
        connection_close(connection);
    if (source->fd >= 0 && events & EPOLLOUT)
        turn(connection);
}

/* --- answers and time ---------------------------------------------------------------- */

bool connection_answer(struct connection *connection,
                       const struct milter_answer *answer, GError **error)
{
    struct mail *mail = g_steal_pointer(&connection->mail);
    if (milter_session_is_asking(connection->milter) == MILTER_STAGE_END &&
        connection->stages != NULL)
        stages_forget(connection->stages);
    connection->heard_ns = clock_mono_ns();
    due_put(&connection->front->dues, &connection->due,
            connection->heard_ns + connection->front->options.idle_ns);
    /* This may take up what has come meanwhile, and the next message be answered from
     * inside: that one's turn is ours. */
    bool was_turning = connection->is_turning;
    connection->is_turning = true;
    bool is_said = milter_session_answer(connection->milter, answer, error);
    connection->is_turning = was_turning;
    if (!is_said)
        connection->mail = mail;
    else if (!was_turning)
        turn(connection);
    return is_said;
}

void connection_expire(struct connection *connection, uint64_t now_ns)
{
    uint64_t idle_ns = connection->front->options.idle_ns;
    if (connection->mail != NULL && mail_is_late(connection->mail, now_ns)) {
        mail_give_up(connection->mail, "late");
    } else if (connection->mail != NULL) {
        milter_session_progress(connection->milter);
        due_put(&connection->front->dues, &connection->due,
                now_ns + PROGRESS_NS);
        turn(connection);
    } else if (now_ns - connection->heard_ns >= idle_ns) {
        connection_close(connection);
    } else {
        due_put(&connection->front->dues, &connection->due,
                connection->heard_ns + idle_ns);
    }
}

void connection_drain(struct connection *connection)
{
    if (connection->mail == NULL &&
        !milter_session_is_in_mail(connection->milter) &&
        !has_output(connection))
        connection_close(connection);
}

void connection_give_up(struct connection *connection)
{
    static const struct milter_answer later = {.verdict = MILTER_TEMPFAIL};
    if (connection->mail != NULL)
        mail_give_up(connection->mail, "shutdown");
    else if (milter_session_is_asking(connection->milter) != MILTER_STAGE_NONE)
        connection_answer(connection, &later, NULL);
    if (connection->source.fd >= 0 && !has_output(connection))
        connection_close(connection);
}
