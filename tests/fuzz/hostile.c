/* SPDX-License-Identifier: MIT */
#include "hostile.h"

#include "base/clock.h"
#include "mail/message.h"
#include "scan/finding.h"

#include <glib.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    SECONDS = 10
};

const char *const hostile_mails[HOSTILE_MAILS] = {
    "",
    "From: a@example.org\r\n\r\nhello\r\n",
    "From: a@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    "--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
    "--b\r\nContent-Type: application/zip; name=\"a.zip\"\r\n\r\nPK\r\n--b--\r\n",
    "From: a\r\nContent-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\ninner\r\n",
};

void hostile_args(int argc, char **argv, uint64_t *seconds, uint64_t *seed)
{
    *seconds = argc > 1 ? strtoull(argv[1], NULL, 10) : SECONDS;
    *seed = (argc > 2 ? strtoull(argv[2], NULL, 10) : clock_mono_ns()) | 1;
    printf("%s: seed %" PRIu64 "\n", program_invocation_short_name, *seed);
    fflush(stdout);
}

/* xorshift64*. */
uint64_t hostile_chance(uint64_t *seed, uint64_t n)
{
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return (*seed * UINT64_C(2685821657736338717) >> 16) % n;
}

void hostile_die(const char *why)
{
    fprintf(stderr, "%s: %s\n", program_invocation_short_name, why);
    abort();
}

static void check_finding(const struct scan *scan, const struct finding *f)
{
    if (!g_utf8_validate(f->name, -1, NULL) ||
        !g_utf8_validate(f->text, -1, NULL) || finding_kind_rank(f->kind) == 0)
        hostile_die("a finding that cannot be was believed");
    for (const char *c = f->text; *c != '\0'; c++)
        if ((uint8_t)*c < ' ')
            hostile_die("a finding's text has a control character");
    if (f->object != NULL &&
        scan->message->objects->pdata[f->object->id] != f->object)
        hostile_die("a finding is about a foreign object");
}

void hostile_check(const struct scan *scan)
{
    for (unsigned i = 0; i < scan->findings->len; i++)
        check_finding(scan, scan->findings->pdata[i]);
}
