/* SPDX-License-Identifier: MIT */
#include "mail/detect_part.h"

#include <glib.h>

#include <string.h>

enum {
    PLAIN_BYTES = 16 * 1024, /* so much is looked at to call it text */
    HEAD_BYTES = 1024,       /* ... to say which */
    ODD_SHARE = 64, /* one byte in so many may be one that text does not have:
                       compressed data has one in ten */
    MIN_WIDE = 16
};

/* BEL to CR, SUB (DOS' end of file) and ESC (ISO 2022) occur in text. */
static bool is_text_control(uint8_t c)
{
    return (c >= 7 && c <= 13) || c == 0x1a || c == 0x1b;
}

bool detect_is_plain(const uint8_t *p, size_t n)
{
    const uint64_t low = UINT64_C(0x2020202020202020);
    const uint64_t high = UINT64_C(0x8080808080808080);
    n = MIN(n, (size_t)PLAIN_BYTES);
    size_t odd = 0;
    size_t i = 0;
    while (i < n) {
        uint64_t word;
        /* Eight bytes at a time while none is below a blank. */
        while (n - i >= sizeof word) {
            memcpy(&word, p + i, sizeof word);
            if (((word - low) & ~word & high) != 0)
                break;
            i += sizeof word;
        }
        for (size_t k = 0; k < sizeof word && i < n; k++, i++) {
            if (p[i] == 0)
                return false;
            odd += p[i] < 0x20 && !is_text_control(p[i]);
        }
    }
    return odd <= n / ODD_SHARE;
}

/* Bytes of a unit (2, 4) and which of them holds ASCII; 0: not wide. */
static unsigned wide_unit(const uint8_t *p, size_t n, unsigned *at)
{
    static const struct {
        uint8_t mark[4];
        uint8_t mark_n;
        uint8_t unit;
        uint8_t at;
    } marks[] = {
        {{0xff, 0xfe, 0, 0}, 4, 4, 0},
        {{0, 0, 0xfe, 0xff}, 4, 4, 3},
        {{0xff, 0xfe}, 2, 2, 0},
        {{0xfe, 0xff}, 2, 2, 1},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
        if (n >= marks[i].mark_n &&
            memcmp(p, marks[i].mark, marks[i].mark_n) == 0) {
            *at = marks[i].at;
            return marks[i].unit;
        }
    if (n < MIN_WIDE)
        return 0;
    *at = p[0] == 0 ? 1 : 0;
    return 2;
}

/* Is the unit's other half zero and this one a character of text? */
static bool is_ascii_unit(const uint8_t *p, unsigned unit, unsigned at)
{
    for (unsigned k = 0; k < unit; k++)
        if (k != at && p[k] != 0)
            return false;
    return p[at] >= 0x20 ? p[at] < 0x7f : is_text_control(p[at]);
}

bool detect_is_wide(const uint8_t *p, size_t n)
{
    unsigned at = 0;
    unsigned unit = wide_unit(p, n, &at);
    if (unit == 0)
        return false;
    bool is_marked = p[0] >= 0xfe || (p[0] == 0 && p[1] == 0);
    size_t units = MIN(n, (size_t)HEAD_BYTES) / unit;
    size_t ascii = 0;
    size_t controls = 0;
    for (size_t i = is_marked ? 1 : 0; i < units; i++) {
        const uint8_t *u = p + i * unit;
        ascii += is_ascii_unit(u, unit, at);
        controls += unit == 2 && u[1 - at] == 0 && u[at] < 0x20 &&
                    !is_text_control(u[at]);
    }
    /* Without a mark only text that is nearly all ASCII is recognised. */
    return controls == 0 && (is_marked || ascii * 10 >= units * 9);
}

static bool has(const uint8_t *p, size_t n, const char *word)
{
    size_t word_n = strlen(word);
    for (size_t i = 0; i + word_n <= n; i++)
        if (g_ascii_strncasecmp((const char *)p + i, word, word_n) == 0)
            return true;
    return false;
}

static bool begins(const uint8_t *p, size_t n, const char *word)
{
    size_t word_n = strlen(word);
    return n >= word_n &&
           g_ascii_strncasecmp((const char *)p, word, word_n) == 0;
}

static const char *script(const uint8_t *p, size_t n)
{
    static const struct {
        const char *name;
        const char *type;
    } shells[] = {
        {"python", "text/x-script.python"},
        {"perl", "text/x-perl"},
        {"ruby", "text/x-ruby"},
        {"node", "application/javascript"},
        {"php", "text/x-php"},
        {"awk", "text/x-awk"},
        {"tclsh", "text/x-tcl"},
        {"wish", "text/x-tcl"},
        {"lua", "text/x-lua"},
        {"sh", "text/x-shellscript"},
    };

    const uint8_t *eol = memchr(p, '\n', n);
    size_t line = MIN(eol == NULL ? n : (size_t)(eol - p), 128);
    for (size_t i = 0; i < G_N_ELEMENTS(shells); i++)
        if (has(p, line, shells[i].name))
            return shells[i].type;
    return "text/x-script";
}

/* Text whose first words say what it is. */
static const char *by_first_words(const uint8_t *p, size_t n)
{
    static const struct {
        const char *words;
        const char *type;
    } starts[] = {
        {"-----BEGIN PGP MESSAGE", "application/pgp-encrypted"},
        {"-----BEGIN PGP SIGNATURE", "application/pgp-signature"},
        {"-----BEGIN PGP PUBLIC KEY", "application/pgp-keys"},
        {"-----BEGIN PGP PRIVATE KEY", "application/pgp-keys"},
        {"-----BEGIN PKCS7", "application/pkcs7-mime"},
        {"-----BEGIN CERTIFICATE", "application/x-pem-file"},
        {"BEGIN:VCARD", "text/vcard"},
        {"BEGIN:VCALENDAR", "text/calendar"},
        {"Windows Registry Editor", "text/x-ms-regedit"},
        {"REGEDIT4", "text/x-ms-regedit"},
        {"[InternetShortcut]", "application/x-mswinurl"},
        {"{000214A0-0000-0000-C000-000000000046}", "application/x-mswinurl"},
        {"<?php", "text/x-php"},
        {"@echo off", "text/x-msdos-batch"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(starts); i++)
        if (begins(p, n, starts[i].words))
            return starts[i].type;
    if (begins(p, n, "[{000214A0-"))
        return "application/x-mswinurl";
    return n > 2 && p[0] == '#' && p[1] == '!' ? script(p, n) : NULL;
}

/* Behind blanks, declarations and comments that may stand before the first tag. */
static size_t skip_markup(const uint8_t *p, size_t n)
{
    size_t i = 0;
    for (;;) {
        while (i < n && g_ascii_isspace(p[i]))
            i++;
        const char *end = begins(p + i, n - i, "<!--")    ? "-->"
                          : begins(p + i, n - i, "<?xml") ? "?>"
                                                          : NULL;
        const uint8_t *found =
            end == NULL ? NULL : memmem(p + i, n - i, end, strlen(end));
        if (found == NULL)
            return i;
        i = (size_t)(found - p) + strlen(end);
    }
}

static const char *markup(const uint8_t *p, size_t n)
{
    static const struct {
        const char *tag;
        const char *type;
    } tags[] = {
        {"<!doctype html", "text/html"},
        {"<html", "text/html"},
        {"<head", "text/html"},
        {"<body", "text/html"},
        {"<title", "text/html"},
        {"<script", "text/html"},
        {"<meta", "text/html"},
        {"<style", "text/html"},
        {"<table", "text/html"},
        {"<iframe", "text/html"},
        {"<div", "text/html"},
        {"<center", "text/html"},
        {"<font", "text/html"},
        {"<svg", "image/svg+xml"},
        {"<!doctype svg", "image/svg+xml"},
        {"<job", "text/x-wsf"},
        {"<package", "text/x-wsf"},
        {"<scriptlet", "text/scriptlet"},
        {"<component", "text/scriptlet"},
    };

    size_t at = skip_markup(p, n);
    if (at == n || p[at] != '<')
        return NULL;
    bool is_xml = has(p, at, "<?xml");
    for (size_t i = 0; i < G_N_ELEMENTS(tags); i++) {
        size_t end = at + strlen(tags[i].tag);
        /* "<b@example.org> wrote:" is no tag. */
        if (!begins(p + at, n - at, tags[i].tag) || end >= n ||
            !(g_ascii_isspace(p[end]) || p[end] == '>' || p[end] == '/'))
            continue;
        if (strcmp(tags[i].type, "text/html") == 0 &&
            has(p, n, "<hta:application"))
            return "application/hta";
        bool is_wsf = strcmp(tags[i].type, "text/x-wsf") == 0;
        if (!is_wsf || has(p, n, "<script"))
            return tags[i].type;
    }
    return is_xml ? "text/xml" : NULL;
}

const char *detect_text(const uint8_t *p, size_t n)
{
    if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
        p += 3;
        n -= 3;
    }
    size_t head = MIN(n, (size_t)HEAD_BYTES);
    size_t at = 0;
    while (at < head && g_ascii_isspace(p[at]))
        at++;
    const char *type = by_first_words(p + at, head - at);
    if (type == NULL && at < head && p[at] == '<')
        type = markup(p + at, MIN(n - at, (size_t)4 * HEAD_BYTES));
    if (type == NULL && at == 0)
        type = detect_mail(p, MIN(n, (size_t)PLAIN_BYTES));
    return type == NULL ? "text/plain" : type;
}

const char *detect_wide(const uint8_t *p, size_t n)
{
    uint8_t narrow[HEAD_BYTES];
    unsigned at = 0;
    unsigned unit = wide_unit(p, n, &at);
    size_t units = MIN(n / unit, sizeof narrow);
    size_t used = 0;
    for (size_t i = 0; i < units; i++)
        if (is_ascii_unit(p + i * unit, unit, at))
            narrow[used++] = p[i * unit + at];
    return detect_text(narrow, used);
}
