/* SPDX-License-Identifier: MIT */
#include "plan.h"

#include "../mta/smtp.h"

#include <stdio.h>

enum {
    BOXES = 8, /* of each kind */
    PERCENT = 100
};

static const char *const templates[] = {
    "clean-plain",
    "clean-german",
    "clean-newsletter",
    "clean-multipart-pdf-png",
    "clean-docx",
    "clean-japanese",
    "clean-zip",
    "malware-eicar",
    "malware-eicar-zip",
    "malware-eicar-nested",
    "spam-gtube",
    "spam-gtube-base64",
    "block-exe",
    "block-zip",
    "archive-encrypted-zip",
};

/* How many of a hundred are what, and which templates they have. */
static const struct {
    const char *kind;
    unsigned share;
    unsigned first;
    unsigned n;
} kinds[] = {
    {"clean", 56, 0, 7}, {"malware", 14, 7, 3}, {"spam", 10, 10, 2},
    {"block", 8, 12, 2}, {"mixed", 12, 14, 1},
};

static GBytes *texts[G_N_ELEMENTS(templates)];

bool plan_open(const char *folder)
{
    for (size_t i = 0; i < G_N_ELEMENTS(templates); i++) {
        g_autofree char *path =
            g_strdup_printf("%s/%s.eml", folder, templates[i]);
        g_autoptr(GError) error = NULL;
        char *text = NULL;
        size_t n = 0;
        if (!g_file_get_contents(path, &text, &n, &error)) {
            fprintf(stderr, "torture_mail: %s\n", error->message);
            return false;
        }
        texts[i] = g_bytes_new_take(text, n);
    }
    return true;
}

/* Spread evenly: 37 has no divisor in common with 100. */
static size_t kind_of(size_t number)
{
    unsigned at = (unsigned)(number * 37 % PERCENT);
    size_t kind = 0;
    while (at >= kinds[kind].share)
        at -= kinds[kind++].share;
    return kind;
}

static struct plan_rcpt rcpt(const char *prefix, size_t box,
                             enum plan_fate fate)
{
    return (struct plan_rcpt){g_strdup_printf("%s%zu", prefix, box), fate};
}

void plan_make(size_t number, struct plan_mail *out)
{
    static const enum plan_fate fates[] = {PLAN_INBOX, PLAN_QUARANTINE,
                                           PLAN_JUNK, PLAN_REJECT, PLAN_TAGGED};

    size_t kind = kind_of(number);
    size_t box = number / PERCENT % BOXES;
    *out = (struct plan_mail){
        .number = number,
        .kind = kinds[kind].kind,
        .sender = g_strdup_printf("t%zu@example.org", number),
        .template_at = kinds[kind].first + (unsigned)(number % kinds[kind].n),
    };
    out->rcpts[0] = rcpt("user", box, fates[kind]);
    /* One message, two outcomes: the rules of the torture hold it for held*. */
    if (fates[kind] == PLAN_TAGGED)
        out->rcpts[1] = rcpt("held", box, PLAN_QUARANTINE);
}

void plan_clear(struct plan_mail *mail)
{
    g_free(mail->sender);
    for (size_t i = 0; i < PLAN_RCPTS; i++)
        g_free(mail->rcpts[i].name);
    *mail = (struct plan_mail){0};
}

GString *plan_wire(const struct plan_mail *mail)
{
    size_t n = 0;
    const char *text = g_bytes_get_data(texts[mail->template_at], &n);
    g_autofree char *head =
        g_strdup_printf("X-Torture-Id: %zu\n", mail->number);
    g_autoptr(GString) whole = g_string_new(head);
    g_string_append_len(whole, text, (gssize)n);
    return smtp_wire(whole->str, whole->len);
}

const char *plan_fate_name(enum plan_fate fate)
{
    static const char *const names[] = {"inbox", "tagged", "junk", "quarantine",
                                        "reject"};
    return names[fate];
}
