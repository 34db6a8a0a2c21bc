/* SPDX-License-Identifier: MIT */
#include "mail/detect.h"

#include "mail/detect_part.h"

#include <glib.h>

#include <string.h>

enum {
    PDF_BYTES = 1024 /* readers look for its head so far (ISO 32000, H.3.4.1) */
};

/* A PDF behind something else. */
static bool is_late_pdf(const uint8_t *p, size_t n)
{
    const uint8_t *head = memmem(p, MIN(n, (size_t)PDF_BYTES), "%PDF-", 5);
    if (head == NULL)
        return false;
    size_t left = n - (size_t)(head - p);
    return left > 16 && g_ascii_isdigit(head[5]) &&
           memmem(head, MIN(left, (size_t)4 * PDF_BYTES), " obj", 4) != NULL;
}

const char *detect_type(const uint8_t *p, size_t n)
{
    if (n == 0)
        return "inode/x-empty";
    bool is_plain = detect_is_plain(p, n);
    const char *type = detect_table(p, n, is_plain);
    if (type != NULL)
        return type;
    if (is_late_pdf(p, n))
        return "application/pdf";
    if (is_plain)
        return detect_text(p, n);
    if (detect_is_wide(p, n))
        return detect_wide(p, n);
    if (detect_is_zip_tail(p, n))
        return "application/zip";
    return detect_magic(p, n);
}

bool detect_is_text(const char *type)
{
    static const char *const others[] = {
        "application/javascript",
        "application/hta",
        "application/x-mswinurl",
        "application/pgp-encrypted",
        "application/pgp-signature",
        "application/pgp-keys",
        "application/x-pem-file",
        "application/mac-binhex40",
        "image/svg+xml",
        "message/rfc822",
        "application/mbox",
    };
    if (strncmp(type, "text/", 5) == 0)
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        if (strcmp(type, others[i]) == 0)
            return true;
    return false;
}
