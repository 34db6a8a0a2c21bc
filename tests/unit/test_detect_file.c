/* SPDX-License-Identifier: MIT */
/* The samples of file(1), where they are there. */
#include "mail/detect.h"
#include "unit.h"

#include <glib.h>

#include <stdio.h>
#include <string.h>

/* file(1) 5.44's own samples: what its descriptions mean as types. */
static const struct {
    const char *description; /* beginning */
    const char *type;
    const char *other; /* NULL, or what we say, and why */
    const char *why;
} descriptions[] = {
    {"Apple Driver Map", "application/x-apple-diskimage", NULL, NULL},
    {"Audio file with ID3", "audio/mpeg", NULL, NULL},
    {"Android vdex", "application/octet-stream", NULL, NULL},
    {"ARJ archive", "application/x-arj", NULL, NULL},
    {"bcachefs", "application/octet-stream", NULL, NULL},
    {"a /usr/bin/cmd1", "text/x-script", NULL, NULL},
    {"a /usr/bin/cmd2", "text/x-script", NULL, NULL},
    {"a /usr/bin/cmd3", "application/octet-stream", NULL, NULL},
    {"a /usr/bin/cmd4", "application/octet-stream", NULL, NULL},
    {"DSDIFF audio", "audio/x-dff", NULL, NULL},
    {"DSF audio", "audio/x-dsf", NULL, NULL},
    {"Zip data", "application/zip", NULL, NULL},
    {"Linux rev 1.0 ext4", "application/octet-stream", NULL, NULL},
    {"FIT Map data", "application/octet-stream", NULL, NULL},
    {"GEDCOM", "text/plain", NULL, NULL},
    {"Gentoo GLEP 78", "application/vnd.gentoo.gpkg", "application/x-tar",
     "it is opened as the tar that it is"},
    {"HDD Raw Copy", "application/octet-stream", NULL, NULL},
    {"Microsoft Word 2007+",
     "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
     NULL, NULL},
    {"Microsoft Excel 2007+",
     "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", NULL,
     NULL},
    {"ASCII text", "text/plain", NULL, NULL},
    {"JSON", "application/json", "text/plain", "text is not parsed"},
    {"New Line Delimited JSON", "application/x-ndjson", "text/plain",
     "text is not parsed"},
    {"Adaptive Multi-Rate", "audio/amr", NULL, NULL},
    {"RTF1.0", "text/plain", "text/rtf",
     "a test of file's -k; Word opens {\\rt as RTF"},
    {"PCjr", "application/octet-stream", NULL, NULL},
    {"OpenPGP", "application/pgp-keys", NULL, NULL},
    {"Netpbm image data, size = 2 x 2, rawbits", "image/x-portable-greymap",
     NULL, NULL},
    {"Netpbm", "image/x-portable-anymap", "text/plain",
     "an image written as text is text"},
    {"Ansible Vault", "text/plain", NULL, NULL},
    {"UF2", "application/octet-stream", NULL, NULL},
    {"AMD/Xilinx", "application/octet-stream", NULL, NULL},
    {"Zstandard", "application/zstd", NULL, NULL},
};

/* Index in descriptions of what file says about a sample, or past the end. */
static size_t described(const char *text)
{
    size_t i = 0;
    while (i < G_N_ELEMENTS(descriptions) &&
           !g_str_has_prefix(text, descriptions[i].description))
        i++;
    return i;
}

static void try_sample(const char *folder, const char *base, unsigned *same,
                       unsigned *listed)
{
    g_autofree char *path = g_strdup_printf("%s/%s.testfile", folder, base);
    g_autofree char *told = g_strdup_printf("%s/%s.result", folder, base);
    g_autofree char *content = NULL;
    g_autofree char *wanted = NULL;
    gsize n = 0;
    CU_ASSERT_FATAL(g_file_get_contents(path, &content, &n, NULL));
    CU_ASSERT_FATAL(g_file_get_contents(told, &wanted, NULL, NULL));
    size_t i = described(wanted);
    CU_ASSERT_FATAL(i < G_N_ELEMENTS(descriptions));
    const char *type = detect_type((const uint8_t *)content, n);
    const char *other = descriptions[i].other;
    const char *right = other != NULL ? other : descriptions[i].type;
    if (strcmp(type, right) != 0)
        fprintf(stderr, "%s: detected %s, not %s\n", base, type, right);
    CU_ASSERT_STRING_EQUAL(type, right);
    *same += other == NULL && strcmp(type, right) == 0;
    *listed += other != NULL;
}

static void files_own_samples_are_known(void)
{
    static const char folder[] = "../shared/corpora/filetype-file-5.44";
    GDir *dir = g_dir_open(folder, 0, NULL);
    if (dir == NULL) {
        printf("  detect: skipped file's samples, %s is not there\n", folder);
        return;
    }
    unsigned seen = 0;
    unsigned same = 0;
    unsigned listed = 0;
    const char *name;
    while ((name = g_dir_read_name(dir)) != NULL) {
        if (!g_str_has_suffix(name, ".testfile"))
            continue;
        g_autofree char *base = g_strndup(name, strlen(name) - 9);
        seen++;
        try_sample(folder, base, &same, &listed);
    }
    g_dir_close(dir);
    printf("  detect: %u of %u of file's samples have the described type, %u "
           "are listed with reasons\n",
           same, seen, listed);
}

UNIT_MAIN("detect_file", UNIT(files_own_samples_are_known))
