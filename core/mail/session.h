/* SPDX-License-Identifier: MIT */
/*
 * What SMTP knows about a message (RFC 5321), or what `assay scan` was told.
 */
#ifndef MAIL_SESSION_H
#define MAIL_SESSION_H

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/*
 * One session with one transaction.  Owned by its caller, read-only while a scan
 * runs.  Every pointer may be NULL: not known.
 */
struct session {
    char *client_ip;   /* canonical text, RFC 5952 */
    char *client_name; /* verified */
    char *helo;
    char *mail_from;  /* without <>; "" is the null sender */
    GPtrArray *rcpts; /* char *, without <>; never NULL, may be empty */
    char *auth_user;
    char *queue_id;
    char *local_ip;
    char *tls_version;
    char *tls_cipher;
    uint16_t client_port; /* 0: not known */
    uint16_t local_port;
    uint32_t direction; /* ASSAY_DIRECTION_* */
    bool is_trusted;    /* authenticated, or from a trusted network */
};

/* Empty: direction in, no recipients. */
struct session *session_new(void);
void session_free(struct session *session);
/* With everything that it points to; yours. */
struct session *session_copy(const struct session *from);

/* Takes "192.0.2.1", "IPv6:2001:db8::1" or "[...]"; false when it is no address. */
bool session_set_client_ip(struct session *session, const char *text);

#endif
