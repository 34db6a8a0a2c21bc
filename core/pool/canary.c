/* SPDX-License-Identifier: MIT */
#include "pool/canary.h"

#include <assay/plugin.h>

#include <string.h>

static const char head[] = "From: Assay <assay@localhost>\r\n"
                           "To: Assay <assay@localhost>\r\n"
                           "Date: Thu, 01 Jan 2026 12:00:00 +0000\r\n"
                           "Message-ID: <canary@assay.localhost>\r\n"
                           "MIME-Version: 1.0\r\n";

static const char clean[] =
    "Subject: Minutes of Thursday's meeting\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "\r\n"
    "Dear all,\r\n"
    "\r\n"
    "the next meeting is on the 12th at ten, in the small room as before.\r\n"
    "Please send what you would like to talk about by Monday.\r\n"
    "\r\n"
    "Kind regards\r\n";

/* Halves, so that neither the program nor its source is what it tests for. */
static const char eicar_a[] = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-";
static const char eicar_b[] = "ANTIVIRUS-TEST-FILE!$H+H*";
static const char gtube_a[] = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-";
static const char gtube_b[] = "ANTI-UBE-TEST-EMAIL*C.34X";

static char *make_eicar(void)
{
    g_autofree char *file = g_strconcat(eicar_a, eicar_b, NULL);
    g_autofree char *encoded =
        g_base64_encode((const guchar *)file, strlen(file));
    return g_strconcat(
        head, "Subject: Test file\r\n",
        "Content-Type: application/octet-stream; name=\"eicar.com\"\r\n"
        "Content-Disposition: attachment; filename=\"eicar.com\"\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n",
        encoded, "\r\n", NULL);
}

GBytes *canary_mail(enum canary canary)
{
    char *text = NULL;
    switch (canary) {
    case CANARY_EICAR:
        text = make_eicar();
        break;
    case CANARY_GTUBE:
        text = g_strconcat(head, "Subject: Test text\r\n",
                           "Content-Type: text/plain\r\n\r\n", gtube_a, gtube_b,
                           "\r\n", NULL);
        break;
    case CANARY_CLEAN:
    case CANARIES:
    default:
        text = g_strconcat(head, clean, NULL);
        break;
    }
    return g_bytes_new_take(text, strlen(text));
}

const char *canary_words(enum canary canary)
{
    static const char *const words[CANARIES] = {
        "the EICAR test file", "the GTUBE test text", "a clean message"};
    return words[canary];
}

unsigned canary_kind(enum canary canary)
{
    static const unsigned kinds[CANARIES] = {ASSAY_KIND_MALWARE,
                                             ASSAY_KIND_SPAM, 0};
    return kinds[canary];
}
