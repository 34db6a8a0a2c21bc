/* SPDX-License-Identifier: MIT */
/*
 * CUnit with less ceremony: a file is a suite, a function is a promise, its name is
 * a sentence.
 *
 *     static void other_abi_is_refused(void) { CU_ASSERT(...); }
 *     UNIT_MAIN("load", UNIT(other_abi_is_refused), ...)
 */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <CUnit/CUnit.h>

#include <stddef.h>

/* One promise and the function that checks it.  Static. */
struct unit_test {
    const char *name;
    void (*run)(void);
};

/* Runs all, prints one line and every failure; 0 when all passed.  With ASSAY_TIMES in
 * the environment it tells what each promise costs. */
int unit_run(const char *suite, const struct unit_test *tests, size_t n);

/* Path of something in the build folder (ASSAY_BUILD, default "build"); lent until
 * the next call. */
const char *unit_build(const char *relative);

/* clang-format off */
#define UNIT(function) {#function, function}
#define UNIT_MAIN(suite, ...)                                                   \
    int main(void)                                                              \
    {                                                                           \
        static const struct unit_test tests[] = {__VA_ARGS__};                  \
        return unit_run(suite, tests, sizeof(tests) / sizeof(tests[0]));        \
    }
/* clang-format on */

#endif
