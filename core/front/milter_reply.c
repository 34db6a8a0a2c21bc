/* SPDX-License-Identifier: MIT */
#include "front/milter_reply.h"

#include "base/error.h"
#include "front/milter_put.h"

#include <string.h>

enum {
    LINES_MAX = 32,      /* libmilter's */
    LINE_MAX_SIZE = 512, /* RFC 5321 4.5.3.1.5, with CRLF */
};

void milter_put_plain(GByteArray *out, enum milter_response response)
{
    milter_put_close(out, milter_put_begin(out, (uint8_t)response));
}

void milter_put_agreed(GByteArray *out, const struct milter_offer *agreed,
                       const char *const lists[MILTER_LISTS])
{
    unsigned start = milter_put_begin(out, MILTER_NEGOTIATE);
    milter_put_u32(out, agreed->version);
    milter_put_u32(out, agreed->actions);
    milter_put_u32(out, agreed->protocol);
    for (uint32_t i = 0; i < MILTER_LISTS; i++) {
        if (lists[i] == NULL || !(agreed->actions & MILTER_MAY_SET_MACROS))
            continue;
        milter_put_u32(out, i);
        milter_put_string(out, lists[i]);
    }
    milter_put_close(out, start);
}

static bool is_number(const char *p, size_t n)
{
    if (n == 0 || n > 3 || (n > 1 && p[0] == '0'))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!g_ascii_isdigit(p[i]))
            return false;
    return true;
}

/* RFC 3463: class "." subject "." detail. */
static bool is_enhanced(const char *text, unsigned code)
{
    if ((unsigned)(text[0] - '0') != code / 100 || text[1] != '.')
        return false;
    const char *subject = text + 2;
    const char *dot = strchr(subject, '.');
    return dot != NULL && is_number(subject, (size_t)(dot - subject)) &&
           is_number(dot + 1, strlen(dot + 1));
}

static void put_doubled(GByteArray *out, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        milter_put_bytes(out, p + i, 1);
        if (p[i] == '%')
            milter_put_bytes(out, "%", 1);
    }
}

static bool put_lines(GByteArray *out, const struct milter_reply *reply,
                      const char *enhanced, GError **error)
{
    size_t room = LINE_MAX_SIZE - strlen("250  \r\n") - strlen(enhanced);
    const char *line = reply->text;
    for (unsigned i = 0;; i++) {
        size_t n = strcspn(line, "\n");
        if (i == LINES_MAX)
            return milter_put_refuse(error, "reply", "32 lines at most");
        if (n > room || !milter_put_is_printable(line, n))
            return milter_put_refuse(
                error, "reply", "printable ASCII, 512 bytes a line at most");
        bool is_last = line[n] == '\0';
        g_autofree char *head = g_strdup_printf("%03u%c%s ", reply->code,
                                                is_last ? ' ' : '-', enhanced);
        milter_put_bytes(out, head, strlen(head));
        put_doubled(out, line, n);
        if (is_last)
            break;
        milter_put_bytes(out, "\r\n", 2);
        line += n + 1;
    }
    milter_put_bytes(out, "", 1);
    return true;
}

bool milter_put_reply(GByteArray *out, const struct milter_reply *reply,
                      GError **error)
{
    if (reply->code < 400 || reply->code > 599)
        return milter_put_refuse(error, "reply", "a code from 400 to 599");
    const char *enhanced = reply->enhanced;
    if (enhanced == NULL)
        enhanced = reply->code < 500 ? "4.7.1" : "5.7.1";
    if (!is_enhanced(enhanced, reply->code))
        return milter_put_refuse(error, "reply",
                                 "an enhanced status code of the code's class");
    unsigned start = milter_put_begin(out, MILTER_REPLY_CODE);
    if (!put_lines(out, reply, enhanced, error)) {
        g_byte_array_set_size(out, start);
        return false;
    }
    return milter_put_end(out, start, error);
}
