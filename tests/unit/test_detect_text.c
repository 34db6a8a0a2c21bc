/* SPDX-License-Identifier: MIT */
/* Text, and what only libmagic or nobody knows. */
#include "mail/detect.h"
#include "unit.h"

#include <glib.h>

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define STR(s) s, sizeof(s) - 1

static const char *of_text(const char *text)
{
    return detect_type((const uint8_t *)text, strlen(text));
}

static void text_is_named_by_what_it_is(void)
{
    static const struct {
        const char *text;
        const char *type;
    } cases[] = {
        {"Hello.\n", "text/plain"},
        {"MZ is not a program here.\n", "text/plain"},
        {"BM, PK and ID3 are words, too.\n", "text/plain"},
        {"RIFF and LZIP likewise\n", "text/plain"},
        {"caf\xe9 \xfc\xe4\n", "text/plain"},
        {"caf\xc3\xa9\n", "text/plain"},
        {"begin 644 x\n#86)C\n`\nend\n", "text/plain"},
        {"<html><body>x</body></html>", "text/html"},
        {"\r\n  <!DOCTYPE HTML PUBLIC \"x\">\n<p>", "text/html"},
        {"<!-- a --><!-- b -->\n<body>", "text/html"},
        {"\xef\xbb\xbf<html>", "text/html"},
        {"<script>alert(1)</script>", "text/html"},
        {"<b@example.org> wrote:\n", "text/plain"},
        {"<html><head><HTA:APPLICATION id=x></head>", "application/hta"},
        {"<?xml version=\"1.0\"?>\n<a/>", "text/xml"},
        {"<?xml version=\"1.0\"?><svg xmlns=\"x\">", "image/svg+xml"},
        {"<svg onload=x>", "image/svg+xml"},
        {"<job id=1><script language=VBScript>x</script></job>", "text/x-wsf"},
        {"<scriptlet>x</scriptlet>", "text/scriptlet"},
        {"#!/bin/sh\nexit\n", "text/x-shellscript"},
        {"#!/usr/bin/env python3\n", "text/x-script.python"},
        {"#! /usr/bin/perl -w\n", "text/x-perl"},
        {"#!/opt/thing\n", "text/x-script"},
        {"<?php echo 1;", "text/x-php"},
        {"@echo off\r\n", "text/x-msdos-batch"},
        {"-----BEGIN PGP MESSAGE-----\n", "application/pgp-encrypted"},
        {"-----BEGIN PGP SIGNATURE-----\n", "application/pgp-signature"},
        {"-----BEGIN PGP PUBLIC KEY BLOCK-----\n", "application/pgp-keys"},
        {"-----BEGIN PKCS7-----\n", "application/pkcs7-mime"},
        {"BEGIN:VCARD\r\n", "text/vcard"},
        {"BEGIN:VCALENDAR\r\n", "text/calendar"},
        {"Windows Registry Editor Version 5.00\r\n", "text/x-ms-regedit"},
        {"[InternetShortcut]\r\nURL=http://x\r\n", "application/x-mswinurl"},
        {"Received: from x\n\tby y\nFrom: a@b\nSubject: c\n\nd\n",
         "message/rfc822"},
        {"From a@b Mon Jan  1 00:00:00 2024\nFrom: a@b\nTo: c\nSubject: d\n\n",
         "application/mbox"},
        {"From: a\nthis is no field\nSubject: b\nTo: c\n", "text/plain"},
        {"Note: a\nAlso: b\nFrom: c\n\n", "text/plain"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *type = of_text(cases[i].text);
        if (strcmp(type, cases[i].type) != 0)
            fprintf(stderr, "\"%s\": detected %s\n", cases[i].text, type);
        CU_ASSERT_STRING_EQUAL(type, cases[i].type);
    }
}

static void wide_text_is_text(void)
{
    CU_ASSERT_STRING_EQUAL(
        detect_type((const uint8_t *)STR("\xff\xfeH\x00i\x00\n\x00")),
        "text/plain");
    CU_ASSERT_STRING_EQUAL(
        detect_type((const uint8_t *)STR("\xfe\xff\x00H\x00i\x00\n")),
        "text/plain");
    CU_ASSERT_STRING_EQUAL(detect_type((const uint8_t *)STR(
                               "\xff\xfe<\x00h\x00t\x00m\x00l\x00>\x00")),
                           "text/html");
    CU_ASSERT_STRING_EQUAL(
        detect_type((const uint8_t *)STR("n\x00o\x00 \x00m\x00"
                                         "a\x00r\x00k\x00 \x00"
                                         "a\x00t\x00 \x00"
                                         "a\x00l\x00l\x00")),
        "text/plain");
    CU_ASSERT_STRING_EQUAL(detect_type((const uint8_t *)STR(
                               "\xff\xfe\x00\x00H\x00\x00\x00i\x00\x00\x00")),
                           "text/plain");
}

static void binary_without_a_signature_is_not_text(void)
{
    uint8_t noise[4096];
    uint32_t seed = 1;
    for (size_t i = 0; i < sizeof noise; i++) {
        seed = seed * 1664525 + 1013904223;
        noise[i] = (uint8_t)(seed >> 24);
    }
    noise[0] = 0x81;
    CU_ASSERT_STRING_EQUAL(detect_type(noise, sizeof noise),
                           "application/octet-stream");
    CU_ASSERT(!detect_is_text("application/octet-stream"));
    CU_ASSERT(detect_is_text("text/plain"));
    CU_ASSERT(detect_is_text("application/pgp-encrypted"));
}

static void libmagic_knows_what_the_table_does_not_and_survives_a_fork(void)
{
    static const uint8_t pcap[64] = "\xd4\xc3\xb2\xa1\x02\x00\x04\x00";
    detect_start();
    CU_ASSERT_STRING_EQUAL(detect_type(pcap, sizeof pcap),
                           "application/vnd.tcpdump.pcap");
    pid_t child = fork();
    if (child == 0)
        _exit(strcmp(detect_type(pcap, sizeof pcap),
                     "application/vnd.tcpdump.pcap") == 0
                  ? 0
                  : 1);
    int status = -1;
    CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
    CU_ASSERT_EQUAL(status, 0);
}

/* file(1) 5.44's own samples: what its descriptions mean as types. */

UNIT_MAIN("detect_text", UNIT(text_is_named_by_what_it_is),
          UNIT(wide_text_is_text), UNIT(binary_without_a_signature_is_not_text),
          UNIT(libmagic_knows_what_the_table_does_not_and_survives_a_fork))
