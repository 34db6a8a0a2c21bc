/* SPDX-License-Identifier: MIT */
/* Facts, counts and proposed edits: which are taken, and who gets them. */
#include "fake.h"
#include "unit.h"

static const char *const provided[] = {"p.one", "p.sub.*", NULL};
static const char *const read_by_q[] = {"p.*", NULL};

static int32_t set_facts(void *self, struct task *task)
{
    (void)self;
    const char *value = NULL;
    CU_ASSERT_EQUAL(task_fact_set(task, "p.one", "1", 1), ASSAY_RC_OK);
    CU_ASSERT_EQUAL(task_fact_set(task, "p.one", "22", 2), ASSAY_RC_OK);
    CU_ASSERT_EQUAL(task_fact_set(task, "p.sub.x", "", 0), ASSAY_RC_OK);
    CU_ASSERT_EQUAL(task_fact_get(task, "p.one", &value), ASSAY_RC_OK);
    CU_ASSERT_STRING_EQUAL(value, "22");
    return ASSAY_RC_OK;
}

static int32_t get_facts(void *self, struct task *task)
{
    (void)self;
    const char *value = "untouched";
    CU_ASSERT_EQUAL(task_fact_get(task, "p.none", &value), ASSAY_RC_NOTFOUND);
    CU_ASSERT_STRING_EQUAL(value, "untouched");
    CU_ASSERT_EQUAL(task_fact_get(task, "p.one", &value), ASSAY_RC_OK);
    CU_ASSERT_STRING_EQUAL(value, "22");
    return ASSAY_RC_OK;
}

static int32_t get_unlisted_fact(void *self, struct task *task)
{
    (void)self;
    const char *value;
    CU_ASSERT_EQUAL(task_fact_get(task, "p.one", &value), ASSAY_RC_NOTFOUND);
    return ASSAY_RC_OK;
}

static void facts_reach_who_has_listed_them(void)
{
    struct fake fake;
    fake_begin(&fake);
    struct scanner *p = fake_scanner(&fake, "p", set_facts);
    p->provides = provided;
    p->reads = read_by_q; /* its own too, if it says so */
    fake_scanner(&fake, "q", get_facts)->reads = read_by_q;
    fake_scanner(&fake, "r", get_unlisted_fact);
    fake_run(&fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_found(&fake, ""));
    CU_ASSERT_EQUAL(g_hash_table_size(fake.scan->facts), 2);
    CU_ASSERT_STRING_EQUAL(g_hash_table_lookup(fake.scan->facts, "p.one"),
                           "22");
    fake_end(&fake);
}

#define KEY_64                                                                 \
    "p.sub.7890123456789012345678901234567890123456789012345678901234"

static struct {
    const char *key;
    const char *value;
    size_t n;
    int32_t rc;
} fact;

static int32_t set_one_fact(void *self, struct task *task)
{
    (void)self;
    fact.rc = task_fact_set(task, fact.key, fact.value, fact.n);
    return ASSAY_RC_OK;
}

static void facts_that_break_a_rule_are_refused(void)
{
    static char large[4097];
    memset(large, 'x', sizeof large);

    static const struct {
        const char *key;
        const char *value;
        size_t n;
        int32_t rc;
    } rows[] = {
        {"p.one", large, 4096, ASSAY_RC_OK},
        {"p.one", large, 4097, ASSAY_RC_INVAL},
        {"p.one", "\xff", 1, ASSAY_RC_INVAL},
        {"p.one", "a\0b", 3, ASSAY_RC_INVAL},
        {"p.two", "x", 1, ASSAY_RC_STATE},
        {"p.sub", "x", 1, ASSAY_RC_STATE},
        {"p.sub.P", "x", 1, ASSAY_RC_INVAL},
        {"p.sub. ", "x", 1, ASSAY_RC_INVAL},
        {"", "x", 1, ASSAY_RC_INVAL},
        {KEY_64, "x", 1, ASSAY_RC_OK},
        {KEY_64 "x", "x", 1, ASSAY_RC_INVAL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct fake fake;
        fake_begin(&fake);
        fake_scanner(&fake, "p", set_one_fact)->provides = provided;
        fact.key = rows[i].key;
        fact.value = rows[i].value;
        fact.n = rows[i].n;
        fake_run(&fake, FAKE_TEXT_MAIL);
        CU_ASSERT_EQUAL(fact.rc, rows[i].rc);
        CU_ASSERT(
            fake_found(&fake, fact.rc == ASSAY_RC_OK ? "" : "p failed rule 1"));
        fake_end(&fake);
    }
}

static int32_t count_things(void *self, struct task *task)
{
    (void)self;
    CU_ASSERT_EQUAL(task_count(task, "p.mails", "k", 1, 2), ASSAY_RC_OK);
    CU_ASSERT_EQUAL(task_count(task, "p.mails", "", 0, -1), ASSAY_RC_OK);
    CU_ASSERT_EQUAL(task_count(task, "nodot", "k", 1, 2), ASSAY_RC_INVAL);
    CU_ASSERT_EQUAL(task_count(task, "p.mails", "a\0b", 3, 2), ASSAY_RC_INVAL);
    return ASSAY_RC_OK;
}

static void counts_are_kept_in_order(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake_scanner(&fake, "p", count_things);
    fake_run(&fake, FAKE_TEXT_MAIL);
    CU_ASSERT_EQUAL_FATAL(fake.scan->counts->len, 2);
    const struct scan_count *count = fake.scan->counts->pdata[0];
    CU_ASSERT_STRING_EQUAL(count->name, "p.mails");
    CU_ASSERT_STRING_EQUAL(count->key, "k");
    CU_ASSERT_EQUAL(count->n, 2);
    CU_ASSERT(fake_found(&fake, "p failed rule 1"));
    fake_end(&fake);
}

static struct {
    struct assay_edit edit;
    int32_t rc;
} edit;

static int32_t propose(void *self, struct task *task)
{
    (void)self;
    edit.rc = task_edit(task, &edit.edit);
    return ASSAY_RC_OK;
}

static void edits_that_are_not_well_made_are_refused(void)
{
    static const struct {
        uint32_t kind;
        uint64_t offset;
        uint64_t length;
        const char *name;
        const char *value;
        int32_t rc;
    } rows[] = {
        {ASSAY_EDIT_HEADER_ADD, 0, 0, "X-A", "v", ASSAY_RC_OK},
        {ASSAY_EDIT_HEADER_ADD, 0, 0, "X-A", "v\r\n w", ASSAY_RC_OK},
        {ASSAY_EDIT_HEADER_ADD, 0, 0, "X-A", "v\nw", ASSAY_RC_INVAL},
        {ASSAY_EDIT_HEADER_ADD, 0, 0, "X-A", "v\r\nw", ASSAY_RC_INVAL},
        {ASSAY_EDIT_HEADER_ADD, 0, 0, "X-A", "v\r\n", ASSAY_RC_INVAL},
        {ASSAY_EDIT_HEADER_ADD, 0, 0, "X-A", "v\r\n ", ASSAY_RC_INVAL},
        {ASSAY_EDIT_HEADER_ADD, 0, 0, "X A", "v", ASSAY_RC_INVAL},
        {ASSAY_EDIT_HEADER_ADD, 0, 0, "X:A", "v", ASSAY_RC_INVAL},
        {ASSAY_EDIT_HEADER_ADD, 0, 0, "", "v", ASSAY_RC_INVAL},
        {ASSAY_EDIT_HEADER_DELETE, 0, 0, "X-A", "", ASSAY_RC_OK},
        {ASSAY_EDIT_RCPT_ADD, 0, 0, "", "a@b", ASSAY_RC_OK},
        {ASSAY_EDIT_RCPT_ADD, 0, 0, "", "a\r\n@b", ASSAY_RC_INVAL},
        {ASSAY_EDIT_RCPT_ADD, 0, 0, "", "", ASSAY_RC_INVAL},
        {ASSAY_EDIT_SENDER, 0, 0, "", "", ASSAY_RC_OK},
        {ASSAY_EDIT_REPLACE, 0, sizeof FAKE_TEXT_MAIL - 1, "", "x",
         ASSAY_RC_OK},
        {ASSAY_EDIT_REPLACE, 0, sizeof FAKE_TEXT_MAIL, "", "x", ASSAY_RC_INVAL},
        {ASSAY_EDIT_REPLACE, 1, UINT64_MAX, "", "x", ASSAY_RC_INVAL},
        {ASSAY_EDIT_REPLACE, UINT64_MAX, 1, "", "x", ASSAY_RC_INVAL},
        {0, 0, 0, "X", "v", ASSAY_RC_INVAL},
        {9, 0, 0, "X", "v", ASSAY_RC_INVAL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct fake fake;
        fake_begin(&fake);
        fake_scanner(&fake, "p", propose)->flags = ASSAY_FLAG_EDITS;
        edit.edit = (struct assay_edit){
            .struct_size = sizeof edit.edit,
            .kind = rows[i].kind,
            .offset = rows[i].offset,
            .length = rows[i].length,
            .name = {rows[i].name, strlen(rows[i].name)},
            .value = {rows[i].value, strlen(rows[i].value)}};
        fake_run(&fake, FAKE_TEXT_MAIL);
        CU_ASSERT_EQUAL(edit.rc, rows[i].rc);
        CU_ASSERT_EQUAL(fake.scan->edits->len, rows[i].rc == ASSAY_RC_OK);
        fake_end(&fake);
    }
}

static void edits_need_their_flag(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake_scanner(&fake, "p", propose);
    edit.edit = (struct assay_edit){.struct_size = sizeof edit.edit,
                                    .kind = ASSAY_EDIT_HEADER_DELETE,
                                    .name = {"X", 1},
                                    .value = {"", 0}};
    fake_run(&fake, FAKE_TEXT_MAIL);
    CU_ASSERT_EQUAL(edit.rc, ASSAY_RC_STATE);
    CU_ASSERT(fake_found(&fake, "p failed rule 1"));
    fake_end(&fake);
}

UNIT_MAIN("scan_facts", UNIT(facts_reach_who_has_listed_them),
          UNIT(facts_that_break_a_rule_are_refused),
          UNIT(counts_are_kept_in_order),
          UNIT(edits_that_are_not_well_made_are_refused),
          UNIT(edits_need_their_flag))
