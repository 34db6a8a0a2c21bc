/* SPDX-License-Identifier: MIT */
/*
 * One plugin's self-test in a process of its own: what crashes there is an answer,
 * not the end of the program.
 */
#ifndef CLI_SELF_TEST_H
#define CLI_SELF_TEST_H

#include "cli/plugins_view.h"
#include "host/host.h"

/* Fills `out`; its text is yours. */
void self_test_run(struct host *host, const struct instance *instance,
                   struct plugin_test *out);

#endif
