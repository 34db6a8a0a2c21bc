/* SPDX-License-Identifier: MIT */
#include "pool/account.h"
#include "unit.h"

#include <pwd.h>
#include <string.h>

static void without_a_name_it_is_an_ordinary_user(void)
{
    struct account got = {0};
    CU_ASSERT_FATAL(account_find(NULL, &got, NULL));
    const struct passwd *want = getpwnam("assay-worker");
    if (want == NULL)
        want = getpwnam("nobody");
    CU_ASSERT_PTR_NOT_NULL_FATAL(want);
    CU_ASSERT_EQUAL(got.uid, want->pw_uid);
    CU_ASSERT_EQUAL(got.gid, want->pw_gid);
    CU_ASSERT_NOT_EQUAL(got.uid, 0);
}

static void a_user_is_found_by_name(void)
{
    struct account got = {0};
    const struct passwd *want = getpwnam("daemon");
    CU_ASSERT_PTR_NOT_NULL_FATAL(want);
    uid_t uid = want->pw_uid;
    CU_ASSERT_FATAL(account_find("daemon", &got, NULL));
    CU_ASSERT_EQUAL(got.uid, uid);
}

static void root_and_users_that_there_are_not_are_refused(void)
{
    static const struct {
        const char *name;
        const char *says;
    } rows[] = {
        {"root", "user: \"root\" is root"},
        {"no-such-user", "user: there is no user \"no-such-user\""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct account untouched = {.uid = 7, .gid = 8};
        GError *error = NULL;
        CU_ASSERT_FATAL(!account_find(rows[i].name, &untouched, &error));
        CU_ASSERT(g_str_has_prefix(error->message, rows[i].says));
        CU_ASSERT_EQUAL(untouched.uid, 7);
        g_clear_error(&error);
    }
}

UNIT_MAIN("account", UNIT(without_a_name_it_is_an_ordinary_user),
          UNIT(a_user_is_found_by_name),
          UNIT(root_and_users_that_there_are_not_are_refused))
