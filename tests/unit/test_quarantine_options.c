/* SPDX-License-Identifier: MIT */
#include "store/options.h"
#include "unit.h"

#include <string.h>

static bool read_text(const char *text, struct quarantine_options *out,
                      GError **error)
{
    struct conf *conf = NULL;
    bool is_read =
        conf_parse(text, strlen(text), "t.conf", "/etc/x", &conf, error) &&
        quarantine_options_read(conf, out, error);
    conf_free(conf);
    return is_read;
}

static void the_table_is_well_made(void)
{
    GError *error = NULL;
    CU_ASSERT(option_table_check(quarantine_options_table, &error));
    CU_ASSERT_PTR_NULL(error);
}

static void defaults_are_what_the_documentation_says(void)
{
    struct quarantine_options got;
    CU_ASSERT_FATAL(quarantine_options_read(NULL, &got, NULL));
    CU_ASSERT_STRING_EQUAL(got.folder, "/var/lib/assay/quarantine");
    CU_ASSERT_STRING_EQUAL(got.sendmail, "/usr/sbin/sendmail");
    CU_ASSERT_PTR_NULL(got.key_file);
    CU_ASSERT_PTR_NULL(got.group);
    CU_ASSERT_EQUAL(got.old_keys->len, 0);
    CU_ASSERT_EQUAL(got.min_free, 256 << 20);
    CU_ASSERT_EQUAL(got.max_bytes, 0);
    CU_ASSERT_EQUAL(got.release_by, QUARANTINE_BY_SENDMAIL);
    for (unsigned kind = 0; kind < QUARANTINE_KINDS; kind++)
        CU_ASSERT_EQUAL(got.keep_s[kind], 30 * 86400);
    quarantine_options_clear(&got);
}

static void what_is_written_holds(void)
{
    struct quarantine_options got;
    CU_ASSERT_FATAL(read_text(
        "[quarantine]\nfolder = held\nkey_file = k1\nold_key_files = k2, /k3\n"
        "group = mail\nhide_subject = yes\nmin_free = 1 GiB\n"
        "max_bytes = 2 GiB\nkeep = 10 d\nkeep_spam = 3 d\nkeep_malware = 0\n"
        "release_by = lmtp\nrelease_to = /run/lmtp\nsendmail = /bin/s\n"
        "release_timeout = 7 s\n",
        &got, NULL));
    CU_ASSERT_STRING_EQUAL(got.folder, "/etc/x/held");
    CU_ASSERT_STRING_EQUAL(got.key_file, "/etc/x/k1");
    CU_ASSERT_EQUAL_FATAL(got.old_keys->len, 2);
    CU_ASSERT_STRING_EQUAL(got.old_keys->pdata[0], "/etc/x/k2");
    CU_ASSERT_STRING_EQUAL(got.old_keys->pdata[1], "/k3");
    CU_ASSERT_STRING_EQUAL(got.group, "mail");
    CU_ASSERT(got.is_subject_hidden);
    CU_ASSERT_EQUAL(got.min_free, UINT64_C(1) << 30);
    CU_ASSERT_EQUAL(got.max_bytes, UINT64_C(2) << 30);
    CU_ASSERT_EQUAL(got.keep_s[ASSAY_KIND_SPAM], 3 * 86400);
    CU_ASSERT_EQUAL(got.keep_s[ASSAY_KIND_MALWARE], 0);
    CU_ASSERT_EQUAL(got.keep_s[ASSAY_KIND_POLICY], 10 * 86400);
    CU_ASSERT_EQUAL(got.keep_s[0], 10 * 86400);
    CU_ASSERT_EQUAL(got.release_by, QUARANTINE_BY_LMTP);
    CU_ASSERT_STRING_EQUAL(got.release_to, "/run/lmtp");
    CU_ASSERT_STRING_EQUAL(got.sendmail, "/bin/s");
    CU_ASSERT_EQUAL(got.release_ms, 7000);
    quarantine_options_clear(&got);
}

static void no_folder_is_refused_with_its_line(void)
{
    struct quarantine_options got = {0};
    GError *error = NULL;
    CU_ASSERT_FALSE(
        read_text("[quarantine]\nkeep = 1 d\nfolder = \"\"\n", &got, &error));
    CU_ASSERT_PTR_NOT_NULL_FATAL(error);
    CU_ASSERT(g_str_has_prefix(error->message,
                               "t.conf:3: [quarantine] folder: it cannot be"));
    g_error_free(error);
    CU_ASSERT_PTR_NULL(got.folder);
}

UNIT_MAIN("q-options", UNIT(the_table_is_well_made),
          UNIT(defaults_are_what_the_documentation_says),
          UNIT(what_is_written_holds), UNIT(no_folder_is_refused_with_its_line))
