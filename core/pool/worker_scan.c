/* SPDX-License-Identifier: MIT */
#include "pool/worker_scan.h"

#include "mail/message.h"
#include "pool/reply.h"
#include "scan/wishes.h"

void worker_scanner_init(struct worker_scanner *scanner,
                         const struct host *host, struct remote_link *link,
                         const struct tray *tray)
{
    size_t half = (size_t)tray->shape.large_reply / 2;
    *scanner = (struct worker_scanner){
        .plan =
            {
                .scanners = host->scanners,
                .scanner_n = host->scanner_n,
                .limits = host->limits,
            },
        .link = link,
        .journal_max = MIN(half, (size_t)REPLY_JOURNAL_MAX),
        .chosen = g_new0(const struct scanner *, host->scanner_n + 1),
    };
    crumb_watch_init(&scanner->watch, &scanner->plan, &tray->head->crumb);
}

/* The plan less what the request leaves out. */
static void choose(const struct worker_scanner *scanner,
                   const struct request *request, struct scan_plan *out)
{
    *out = scanner->watch.plan;
    if (request->left_out_n == 0)
        return;
    size_t n = 0;
    uint32_t next = 0;
    for (size_t i = 0; i < out->scanner_n; i++) {
        if (next < request->left_out_n && request->left_out[next] == i)
            next++;
        else
            scanner->chosen[n++] = out->scanners[i];
    }
    out->scanners = scanner->chosen;
    out->scanner_n = n;
}

/* The journal with the answers in it; NULL: there is none, or *why says more. */
static struct journal *read_journal(const struct request *request, char **why)
{
    if (request->journal == NULL)
        return NULL;
    g_autoptr(GPtrArray) answers = wishes_new();
    struct unpacker from;
    unpacker_init(&from, request->answers, request->answers_n);
    if (request->answers_n > 0)
        wishes_unpack(&from, answers);
    if (!unpack_end(&from)) {
        *why = g_strdup_printf(
            "the answers to its wishes are not well made at byte %zu", from.at);
        return NULL;
    }
    struct journal *journal =
        journal_unpack(request->journal, request->journal_n);
    /* The worker that wrote it may have been taken over: that costs no more than what
     * it had found. */
    if (journal == NULL)
        return journal_anew(answers);
    for (unsigned i = 0; i < answers->len; i++)
        journal_answer(journal, answers->pdata[i]);
    return journal;
}

static void scan(struct worker_scanner *scanner, const struct request *request,
                 struct worker_result *out)
{
    choose(scanner, request, &out->plan);
    out->is_stage = request->until != 0;
    out->with_digests = (request->flags & REQUEST_NEEDS_DIGESTS) != 0;
    lend_begin(&scanner->link->lend, request->raw, request->raw_n);
    GBytes *raw = g_bytes_new_static(request->raw, request->raw_n);
    out->message = message_new(raw, request->session, &out->plan.limits);
    g_bytes_unref(raw);
    const struct scan_input input = {
        .message = out->message,
        .now_s = request->now_s,
        .deadline_ns = request->deadline_ns,
        .journal = out->journal,
        .until = request->until,
        .may_suspend = (request->flags & REQUEST_MAY_SUSPEND) != 0,
        .journal_max = scanner->journal_max,
    };
    out->scan = scan_run_input(&out->plan, &input);
}

void worker_scan(struct worker_scanner *scanner, const uint8_t *p, size_t n,
                 struct worker_result *out)
{
    struct unpacker from;
    struct request request;
    g_autoptr(GError) error = NULL;
    *out = (struct worker_result){0};
    unpacker_init(&from, p, n);
    if (request_unpack(&scanner->reader, &from,
                       (uint32_t)scanner->plan.scanner_n, &request, &error))
        out->journal = read_journal(&request, &out->why);
    else
        out->why = g_strdup(error->message);
    if (out->why == NULL)
        scan(scanner, &request, out);
}

static void pack_suspended(const struct scan *scan, struct packer *to)
{
    GByteArray *bytes = g_byte_array_new();
    struct packer wishes_to;
    packer_grow(&wishes_to, bytes, REPLY_WISHES_MAX);
    wishes_pack(scan->open, &wishes_to);
    GBytes *wishes = g_byte_array_free_to_bytes(bytes);
    reply_pack_suspended(scan->journal, wishes, to);
    to->is_full |= wishes_to.is_full;
    g_bytes_unref(wishes);
}

void worker_result_pack(const struct worker_result *result, struct packer *to)
{
    if (result->scan == NULL)
        reply_pack_refused(result->why, to);
    else if (result->scan->is_suspended)
        pack_suspended(result->scan, to);
    else if (result->is_stage)
        reply_pack_stage(result->scan, result->with_digests, to);
    else
        reply_pack(result->scan, result->with_digests, to);
}

void worker_result_clear(struct worker_result *result)
{
    scan_free(result->scan);
    message_free(result->message);
    journal_free(result->journal);
    g_free(result->why);
    *result = (struct worker_result){0};
}
