/* SPDX-License-Identifier: MIT */
#include "fronted.h"

#include "base/clock.h"
#include "front/listen.h"
#include "hand.h"
#include "unit.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    TURN_MS = 5,
    HEAR_S = 30,
    SILENT_TURNS = 20
};

static struct conf *read_conf(const struct fronted *f, const char *text,
                              const char *milter)
{
    /* Where the test says something of it, that is the end of its text. */
    bool is_begun = strstr(text, "[quarantine]") != NULL;
    g_autofree char *whole = g_strdup_printf(
        "%s%sfolder = %s/kept\n[milter]\nlisten = unix:%s\n%s", text,
        is_begun ? "" : "[quarantine]\n", f->dir, f->path, milter);
    g_autofree char *full = hand_conf(whole);
    g_autofree char *cwd = g_get_current_dir();
    struct conf *conf = NULL;
    GError *error = NULL;
    if (!conf_parse(full, strlen(full), "plugins.conf", cwd, &conf, &error))
        printf("  %s\n", error->message);
    CU_ASSERT_PTR_NOT_NULL_FATAL(conf);
    return conf;
}

static void open_front(struct fronted *f, const char *text, const char *milter)
{
    struct conf *conf = read_conf(f, text, milter);
    GArray *fds = NULL;
    GError *error = NULL;
    CU_ASSERT_TRUE_FATAL(listen_open_all(conf, &fds, &error));
    const struct front_how how = {.conf = conf,
                                  .pool = f->pooled->pool,
                                  .alarms = f->alarms,
                                  .fds = (const int *)(void *)fds->data,
                                  .fd_n = fds->len};
    if (!front_open(&how, &f->front, &error))
        printf("  %s\n", error->message);
    CU_ASSERT_PTR_NOT_NULL_FATAL(f->front);
    g_array_unref(fds);
    conf_free(conf);
    pool_listen(f->pooled->pool, front_fd(f->front));
}

struct fronted *fronted_open(const char *text, const char *milter)
{
    struct fronted *f = g_new0(struct fronted, 1);
    f->dir = g_dir_make_tmp("assay-front-XXXXXX", NULL);
    f->path = g_build_filename(f->dir, "milter.sock", NULL);
    f->pooled = pooled_open(text);
    if (f->pooled->error != NULL)
        printf("  %s\n", f->pooled->error->message);
    CU_ASSERT_PTR_NOT_NULL_FATAL(f->pooled->pool);
    f->alarms = alarms_new();
    open_front(f, text, milter);
    return f;
}

static void remove_all(const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    const char *name = NULL;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *below = g_build_filename(path, name, NULL);
        remove_all(below);
    }
    if (dir != NULL)
        g_dir_close(dir);
    g_remove(path);
}

void fronted_free(struct fronted *f)
{
    front_free(f->front);
    alarms_free(f->alarms);
    pooled_free(f->pooled);
    remove_all(f->dir);
    g_free(f->dir);
    g_free(f->path);
    g_free(f);
}

bool fronted_reload(struct fronted *f, const char *text)
{
    struct conf *conf = read_conf(f, text, "");
    GError *error = NULL;
    bool is_good = front_reload(f->front, conf, &error);
    g_clear_error(&error);
    conf_free(conf);
    return is_good;
}

void fronted_turn(struct fronted *f)
{
    pool_run(f->pooled->pool, TURN_MS);
    front_serve(f->front, clock_mono_ns() + f->ahead_ns);
}

/* --- MTAs ---------------------------------------------------------------------------- */

struct peer *peer_new(struct fronted *f)
{
    struct peer *peer = g_new0(struct peer, 1);
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    g_strlcpy(at.sun_path, f->path, sizeof at.sun_path);
    peer->f = f;
    peer->heard = g_byte_array_new();
    peer->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CU_ASSERT_EQUAL_FATAL(
        connect(peer->fd, (const struct sockaddr *)&at, sizeof at), 0);
    return peer;
}

void peer_free(struct peer *peer)
{
    if (peer == NULL)
        return;
    close(peer->fd);
    g_byte_array_unref(peer->heard);
    g_free(peer);
}

void peer_send(struct peer *peer, const void *p, size_t n)
{
    for (size_t at = 0; at < n;) {
        ssize_t sent = send(peer->fd, (const char *)p + at, n - at,
                            MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0)
            at += (size_t)sent;
        else if (errno == EAGAIN)
            fronted_turn(peer->f);
        else
            return; /* it has hung up, which peer_hear tells */
    }
}

void peer_say(struct peer *peer, char command, const void *data, size_t n)
{
    g_autoptr(GByteArray) packet = g_byte_array_new();
    uint32_t length = GUINT32_TO_BE((uint32_t)n + 1);
    g_byte_array_append(packet, (const guint8 *)&length, sizeof length);
    g_byte_array_append(packet, (const guint8 *)&command, 1);
    if (n > 0)
        g_byte_array_append(packet, data, (unsigned)n);
    peer_send(peer, packet->data, packet->len);
}

void peer_greet(struct peer *peer)
{
    static const uint32_t all[] = {6, 0x1ff, 0x1fffff};
    uint32_t offer[3];
    for (size_t i = 0; i < 3; i++)
        offer[i] = GUINT32_TO_BE(all[i]);
    peer_say(peer, 'O', offer, sizeof offer);
    CU_ASSERT_EQUAL(peer_hear(peer)[0], 'O');
    PEER_SAY(peer, 'C',
             "mail.example.org\0004\x1f\x90"
             "192.0.2.1");
    PEER_SAY(peer, 'H', "mail.example.org");
}

void peer_send_mail(struct peer *peer, const char *subject, const char *body)
{
    g_autofree char *header = g_strdup_printf("Subject%c %s", '\0', subject);
    PEER_SAY(peer, 'M', "<a@example.org>");
    PEER_SAY(peer, 'R', "<b@example.net>");
    peer_say(peer, 'L', header, strlen("Subject") + strlen(subject) + 3);
    peer_say(peer, 'N', NULL, 0);
    peer_say(peer, 'B', body, strlen(body));
    peer_say(peer, 'E', NULL, 0);
}

/* A packet that is there; NULL: not all of it. */
static char *take_packet(struct peer *peer)
{
    uint32_t length = 0;
    GByteArray *heard = peer->heard;
    if (heard->len < sizeof length + 1)
        return NULL;
    memcpy(&length, heard->data, sizeof length);
    length = GUINT32_FROM_BE(length);
    if (heard->len < sizeof length + length)
        return NULL;
    GString *text = g_string_new(NULL);
    g_string_append_c(text, (char)heard->data[sizeof length]);
    for (uint32_t i = 1; i < length; i++) {
        uint8_t c = heard->data[sizeof length + i];
        g_string_append(text, i == 1 ? "(" : "");
        if (c == '\0')
            g_string_append(text, "\\0");
        else
            g_string_append_c(text, (char)c);
    }
    g_string_append(text, length > 1 ? ")" : "");
    g_byte_array_remove_range(heard, 0, (unsigned)sizeof length + length);
    return g_string_free(text, false);
}

/* False: it has hung up. */
static bool hear_some(struct peer *peer)
{
    uint8_t bytes[4096];
    ssize_t n = recv(peer->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (n > 0)
        g_byte_array_append(peer->heard, bytes, (unsigned)n);
    return n > 0 || (n < 0 && errno == EAGAIN);
}

const char *peer_hear(struct peer *peer)
{
    static char *packet;
    uint64_t end_ns = clock_mono_ns() + HEAR_S * UINT64_C(1000000000);
    g_clear_pointer(&packet, g_free);
    while ((packet = take_packet(peer)) == NULL) {
        if (clock_mono_ns() > end_ns)
            return "nothing";
        if (!hear_some(peer))
            return "gone";
        fronted_turn(peer->f);
    }
    return packet;
}

bool peer_is_silent(struct peer *peer)
{
    for (unsigned i = 0; i < SILENT_TURNS; i++)
        fronted_turn(peer->f);
    return hear_some(peer) && peer->heard->len == 0;
}

struct peer *peer_greeted(struct fronted *f)
{
    struct peer *peer = peer_new(f);
    peer_greet(peer);
    return peer;
}

const char *peer_verdict(struct peer *peer)
{
    const char *packet = peer_hear(peer);
    while (strchr("hmi+-eqb", packet[0]) != NULL && packet[0] != '\0' &&
           strcmp(packet, "nothing") != 0)
        packet = peer_hear(peer);
    return packet;
}
