/* SPDX-License-Identifier: MIT */
/*
 * A zygote that opens nothing and forks adversaries (adversary.h): it speaks the
 * orders of pool/orders.h as the real one does, and says the truth.
 *
 * Its plugins are made up, by the names that hostile_conf gives them: two in "main",
 * one in class "other".
 */
#ifndef TESTS_HOSTILE_ZYGOTE_H
#define TESTS_HOSTILE_ZYGOTE_H

#include <stdint.h>

/* What the front reads as plugins.conf. */
extern const char hostile_conf[];

/* The whole program, on socket ZYGOTE_FD; its exit status. */
int hostile_zygote_main(void);

#endif
