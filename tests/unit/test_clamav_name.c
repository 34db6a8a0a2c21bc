/* SPDX-License-Identifier: MIT */
#include "../../plugins/clamav/name.h"
#include "unit.h"

#include <assay/plugin.h>

#include <stddef.h>

/* One of ClamAV's names and what it has to mean. */
static const struct {
    const char *name;
    uint32_t status;
    uint32_t kind_or_reason;
} cases[] = {
    {"Win.Trojan.Agent-1234", ASSAY_STATUS_FOUND, ASSAY_KIND_MALWARE},
    {"Eicar-Test-Signature.UNOFFICIAL", ASSAY_STATUS_FOUND, ASSAY_KIND_MALWARE},
    {"Html.Phishing.Bank-3", ASSAY_STATUS_FOUND, ASSAY_KIND_PHISHING},
    {"Phishing.Email-7", ASSAY_STATUS_FOUND, ASSAY_KIND_PHISHING},
    {"Email.PhishingKit-2", ASSAY_STATUS_FOUND, ASSAY_KIND_MALWARE},
    {"Sanesecurity.Phishing", ASSAY_STATUS_FOUND, ASSAY_KIND_PHISHING},
    {"Win.AntiPhishing.Tool", ASSAY_STATUS_FOUND, ASSAY_KIND_MALWARE},
    {"PUA.Win.Packer.Upx", ASSAY_STATUS_FOUND, ASSAY_KIND_SUSPICIOUS},
    {"Heuristics.Phishing.Email.SpoofedDomain", ASSAY_STATUS_FOUND,
     ASSAY_KIND_PHISHING},
    {"Heuristics.Safebrowsing.Suspected-malware_safebrowsing.clamav.net",
     ASSAY_STATUS_FOUND, ASSAY_KIND_PHISHING},
    {"Heuristics.Structured.CreditCardNumber", ASSAY_STATUS_FOUND,
     ASSAY_KIND_POLICY},
    {"Heuristics.OLE2.ContainsMacros.VBA", ASSAY_STATUS_FOUND,
     ASSAY_KIND_SUSPICIOUS},
    {"Heuristics.Broken.Executable", ASSAY_STATUS_FOUND, ASSAY_KIND_SUSPICIOUS},
    {"Heuristics.Exploit.W32.MS05-002", ASSAY_STATUS_FOUND, ASSAY_KIND_MALWARE},
    {"Heuristics.W32.Parite.B", ASSAY_STATUS_FOUND, ASSAY_KIND_MALWARE},
    {"Heuristics.Zip.OverlappingFiles", ASSAY_STATUS_FOUND,
     ASSAY_KIND_SUSPICIOUS},
    {"Heuristics.Encrypted.Zip", ASSAY_STATUS_UNSCANNABLE,
     ASSAY_REASON_ENCRYPTED},
    {"Heuristics.Encrypted.PDF", ASSAY_STATUS_UNSCANNABLE,
     ASSAY_REASON_ENCRYPTED},
    {"Heuristics.Limits.Exceeded.MaxFileSize", ASSAY_STATUS_UNSCANNABLE,
     ASSAY_REASON_LIMIT_SIZE},
    {"Heuristics.Limits.Exceeded.MaxScanSize", ASSAY_STATUS_UNSCANNABLE,
     ASSAY_REASON_LIMIT_BYTES},
    {"Heuristics.Limits.Exceeded.MaxFiles", ASSAY_STATUS_UNSCANNABLE,
     ASSAY_REASON_LIMIT_COUNT},
    {"Heuristics.Limits.Exceeded.MaxRecursion", ASSAY_STATUS_UNSCANNABLE,
     ASSAY_REASON_LIMIT_DEPTH},
    {"Heuristics.Limits.Exceeded.MaxScanTime", ASSAY_STATUS_UNSCANNABLE,
     ASSAY_REASON_LIMIT_TIME},
    {"Heuristics.Limits.Exceeded.SomethingNew", ASSAY_STATUS_UNSCANNABLE,
     ASSAY_REASON_LIMIT_BYTES},
    {"Heuristics.XZ.DicSizeLimit", ASSAY_STATUS_UNSCANNABLE,
     ASSAY_REASON_UNSUPPORTED},
};

static void every_name_has_its_meaning(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct name_meaning meaning = name_meaning(cases[i].name);
        CU_ASSERT_EQUAL(meaning.status, cases[i].status);
        CU_ASSERT_EQUAL(cases[i].status == ASSAY_STATUS_FOUND ? meaning.kind
                                                              : meaning.reason,
                        cases[i].kind_or_reason);
        CU_ASSERT_EQUAL(cases[i].status == ASSAY_STATUS_FOUND ? meaning.reason
                                                              : meaning.kind,
                        0);
        CU_ASSERT(meaning.text[0] != '\0');
    }
}

static void heuristics_are_less_sure_than_signatures(void)
{
    CU_ASSERT_EQUAL(name_meaning("Win.Trojan.Agent-1234").confidence, 100);
    CU_ASSERT_EQUAL(name_meaning("Html.Phishing.Bank-3").confidence, 100);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct name_meaning meaning = name_meaning(cases[i].name);
        bool is_guess = cases[i].name[0] == 'H' && cases[i].name[1] == 'e';
        if (is_guess && meaning.status == ASSAY_STATUS_FOUND)
            CU_ASSERT(meaning.confidence < 100);
        CU_ASSERT(meaning.confidence >= 1 && meaning.confidence <= 100);
    }
}

static void bounds_of_the_scan_are_told_from_those_of_the_mail_parser(void)
{
    CU_ASSERT(name_is_limit("Heuristics.Limits.Exceeded.MaxFiles"));
    CU_ASSERT(name_is_limit("Heuristics.Limits.Exceeded.MaxScanTime"));
    CU_ASSERT(!name_is_limit("Heuristics.Limits.Exceeded.EmailHeaders"));
    CU_ASSERT(!name_is_limit("Heuristics.Encrypted.Zip"));
    CU_ASSERT(
        name_meaning("Heuristics.Limits.Exceeded.EmailHeaders").is_mail_parser);
    CU_ASSERT(
        !name_meaning("Heuristics.Limits.Exceeded.MaxFiles").is_mail_parser);
}

UNIT_MAIN("clamav names", UNIT(every_name_has_its_meaning),
          UNIT(heuristics_are_less_sure_than_signatures),
          UNIT(bounds_of_the_scan_are_told_from_those_of_the_mail_parser))
