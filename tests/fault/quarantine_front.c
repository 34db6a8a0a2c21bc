/* SPDX-License-Identifier: MIT */
/*
 * A front of few words, for scripts:
 *
 *     quarantine_front keep CONFIG FILE SENDER RCPT...   holds the message; prints its id
 *     quarantine_front ask CONFIG FILE SENDER RCPT...    "exempt ID" or "not exempt"
 *
 * What has the word EICAR in it is malware "Eicar" to it, all else is suspicious.
 */
#include "base/clock.h"
#include "base/conf.h"
#include "store/quarantine.h"

#include <stdio.h>
#include <string.h>

static int32_t look(void *self, struct task *task)
{
    const struct object *object = task->object;
    struct finding *finding = finding_new(NULL);
    (void)self;
    bool is_eicar =
        memmem(object->data, object->size, "EICAR", strlen("EICAR")) != NULL;
    finding->status = ASSAY_STATUS_FOUND;
    finding->kind = is_eicar ? ASSAY_KIND_MALWARE : ASSAY_KIND_SUSPICIOUS;
    finding->name = g_strdup(is_eicar ? "Eicar" : "Odd");
    finding->object = task->object;
    return task_report(task, finding);
}

static int fail(GError *error)
{
    fprintf(stderr, "quarantine_front: %s\n",
            error != NULL ? error->message
                          : "keep|ask CONFIG FILE SENDER RCPT...");
    g_clear_error(&error);
    return 2;
}

static int keep(struct quarantine *q, GBytes *raw, char **envelope, int n)
{
    struct session *session = session_new();
    struct scanner scanner = {
        .name = "front",
        .stages = ASSAY_STAGE_BIT(ASSAY_STAGE_MESSAGE),
        .handle = look,
    };
    const struct scanner *const list[] = {&scanner};
    struct scan_plan plan = {.scanners = list, .scanner_n = 1};
    struct policy *policy = NULL;
    char *id = NULL;
    GError *error = NULL;
    limits_default(&plan.limits);
    if (!policy_new(NULL, &policy, &error))
        return fail(error);
    session->mail_from = g_strdup(envelope[0]);
    session->queue_id = g_strdup("4FRONT");
    session_set_client_ip(session, "192.0.2.7");
    for (int i = 1; i < n; i++)
        g_ptr_array_add(session->rcpts, g_strdup(envelope[i]));
    struct message *message = message_new(raw, session, &plan.limits);
    struct scan *scan = scan_run(&plan, message, 0);
    struct verdict *verdict = verdict_new(policy, scan);
    const struct quarantine_what what = {
        .scan = scan,
        .verdict = verdict,
        .rcpts = (const char *const *)session->rcpts->pdata,
        .rcpt_n = session->rcpts->len,
        .action = ASSAY_ACTION_QUARANTINE,
        .now_s = clock_unix_s(),
    };
    struct quarantine_item *item = quarantine_item_new(raw, &what);
    int status = quarantine_keep(q, item, &id, &error) ? 0 : fail(error);
    if (id != NULL)
        puts(id);
    g_free(id);
    quarantine_item_free(item);
    verdict_free(verdict);
    scan_free(scan);
    message_free(message);
    session_free(session);
    policy_free(policy);
    return status;
}

static int ask(struct quarantine *q, GBytes *raw, char **envelope, int n)
{
    struct quarantine_exemption exemption = {0};
    GError *error = NULL;
    const struct quarantine_asked asked = {
        .raw = raw,
        .rcpts = (const char *const *)envelope + 1,
        .rcpt_n = (size_t)n - 1,
        .now_s = clock_unix_s(),
    };
    if (quarantine_take_exemption(q, &asked, &exemption, &error))
        printf("exempt %s\n", exemption.id);
    else if (error == NULL)
        puts("not exempt");
    quarantine_exemption_clear(&exemption);
    return error != NULL ? fail(error) : 0;
}

int main(int argc, char **argv)
{
    struct conf *conf = NULL;
    struct quarantine_options options = {0};
    struct quarantine *q = NULL;
    GError *error = NULL;
    g_autofree char *bytes = NULL;
    gsize n = 0;
    if (argc < 6)
        return fail(NULL);
    if (!conf_read(argv[2], &conf, &error) ||
        !quarantine_options_read(conf, &options, &error) ||
        !quarantine_open(&options, &q, &error) ||
        !g_file_get_contents(argv[3], &bytes, &n, &error))
        return fail(error);
    g_autoptr(GBytes) raw = g_bytes_new_take(g_steal_pointer(&bytes), n);
    int status = strcmp(argv[1], "keep") == 0 ? keep(q, raw, argv + 4, argc - 4)
                                              : ask(q, raw, argv + 4, argc - 4);
    quarantine_close(q);
    quarantine_options_clear(&options);
    conf_free(conf);
    return status;
}
