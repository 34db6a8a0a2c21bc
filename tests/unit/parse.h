/* SPDX-License-Identifier: MIT */
/*
 * A message from text, for tests of core/mail.
 */
#ifndef TESTS_PARSE_H
#define TESTS_PARSE_H

#include "mail/message.h"

#include <stdbool.h>
#include <stddef.h>

/* A mail, its session and the limits it was read with.  Owned by the test:
 * parse_free. */
struct parsed {
    struct session *session;
    struct limits limits;
    struct message *message;
};

/* The field before parts between lines "--b". */
#define PARSE_MIXED "Content-Type: multipart/mixed; boundary=b\n"

/* Reads `mail` (n 0: up to its NUL) within `limits` (NULL: the defaults). */
struct parsed *parse(const char *mail, size_t n, const struct limits *limits);
void parse_free(struct parsed *parsed);

/* The object with that path, or NULL. */
struct object *parse_object(const struct parsed *parsed, const char *path);
/* Does its content equal `text`? */
bool parse_holds(const struct parsed *parsed, const char *path,
                 const char *text);
/* All paths in order, one blank between them; lent until the next call. */
const char *parse_paths(const struct parsed *parsed);
/* All notes in order, "kind:name@path", one blank between them; the same. */
const char *parse_notes(const struct parsed *parsed);

#endif
