/* SPDX-License-Identifier: MIT */
/*
 * For the tests of core/store: a quarantine in a folder of its own, and messages that a
 * fake scan said something about.
 */
#ifndef TESTS_HELD_H
#define TESTS_HELD_H

#include "store/inside.h"

#include <glib.h>

#include <stdbool.h>

#define HELD_KEY                                                               \
    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n"
#define HELD_OTHER_KEY                                                         \
    "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n"

/* Owned by its test: held_begin ... held_end. */
struct held {
    char *dir; /* holds the quarantine's folder "q" and key files */
    struct quarantine_options options;
    struct quarantine *q; /* NULL: closed */
};

/* An empty folder; with `key` (the text of a key file, NULL: none) it encrypts. */
void held_begin(struct held *held, const char *key);
/* Opens, or opens again; fails the test where it cannot. */
void held_open(struct held *held);
void held_end(struct held *held);

/* Writes a file in dir; its path, yours. */
char *held_file(const struct held *held, const char *name, const char *text);

/* A message that is malware to a fake engine, for recipients between commas. */
struct quarantine_item *held_item(const char *mail, const char *rcpts);
/* Holds it; its id, yours, or NULL with the error. */
char *held_keep(struct held *held, const char *mail, const char *rcpts,
                GError **error);
/* The row; false: there is none. */
bool held_row(struct held *held, const char *id, struct row *out);
/* How many files of that suffix there are. */
unsigned held_count(const struct held *held, const char *suffix);
/* The message's bytes, or NULL. */
GBytes *held_bytes(struct held *held, const char *id);
/* Changes one byte of a file; from its end where `at` is negative. */
void held_spoil(const char *path, long at);

#endif
