/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <CUnit/TestRun.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* --- what each promise costs ------------------------------------------------------ */

static struct timespec begun;

static void note_begin(const CU_pTest test, const CU_pSuite suite)
{
    (void)test;
    (void)suite;
    clock_gettime(CLOCK_MONOTONIC, &begun);
}

static void tell_time(const CU_pTest test, const CU_pSuite suite,
                      const CU_pFailureRecord failure)
{
    struct timespec now;
    (void)suite;
    (void)failure;
    clock_gettime(CLOCK_MONOTONIC, &now);
    printf("  %6ld ms  %s\n",
           (now.tv_sec - begun.tv_sec) * 1000 +
               (now.tv_nsec - begun.tv_nsec) / 1000000,
           test->pName);
}

/* --- running ---------------------------------------------------------------------- */

int unit_run(const char *suite, const struct unit_test *tests, size_t n)
{
    /* What was said is not lost where a promise ends the process. */
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite s = CU_add_suite(suite, NULL, NULL);
    for (size_t i = 0; s != NULL && i < n; i++)
        if (CU_add_test(s, tests[i].name, tests[i].run) == NULL)
            return 2;
    if (getenv("ASSAY_TIMES") != NULL) {
        CU_set_test_start_handler(note_begin);
        CU_set_test_complete_handler(tell_time);
    }
    CU_run_all_tests();
    unsigned failed = CU_get_number_of_failures();
    for (CU_pFailureRecord f = CU_get_failure_list(); f != NULL; f = f->pNext)
        fprintf(stderr, "%s:%u: %s: %s\n", f->strFileName, f->uiLineNumber,
                f->pTest->pName, f->strCondition);
    printf("  UNIT    %-12s %2zu promises, %4u checks%s\n", suite, n,
           CU_get_number_of_asserts(), failed > 0 ? ", FAILED" : "");
    CU_cleanup_registry();
    return failed > 0 ? 1 : 0;
}

const char *unit_build(const char *relative)
{
    static char path[4096];
    const char *build = getenv("ASSAY_BUILD");
    snprintf(path, sizeof path, "%s/%s", build != NULL ? build : "build",
             relative);
    return path;
}
