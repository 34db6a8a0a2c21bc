/* SPDX-License-Identifier: MIT */
/*
 * What is odd about the web addresses in a text.
 */
#ifndef SPAM_URL_H
#define SPAM_URL_H

#include <stddef.h>
#include <stdint.h>

enum {
    URL_IP = 1u << 0,       /* http://192.0.2.1/ instead of a name */
    URL_NUMBER = 1u << 1,   /* http://3221225985/, http://0xC0000201/ */
    URL_ESCAPED = 1u << 2,  /* percent escapes in the host */
    URL_USERINFO = 1u << 3, /* http://www.bank.example@203.0.113.9/ */
    URL_DIGITS = 1u << 4 /* a host name with a label of five digits or more */
};

/* All addresses with http or https; URL_* bits. */
uint32_t url_look(const char *p, size_t n);

#endif
