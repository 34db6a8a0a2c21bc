/* SPDX-License-Identifier: MIT */
#include "pool/worker_scan.h"

#include "mail/message.h"
#include "pool/reply.h"

void worker_scanner_init(struct worker_scanner *scanner,
                         const struct host *host, struct remote_link *link,
                         struct crumb *crumb)
{
    *scanner = (struct worker_scanner){
        .plan =
            {
                .scanners = host->scanners,
                .scanner_n = host->scanner_n,
                .limits = host->limits,
            },
        .link = link,
        .chosen = g_new0(const struct scanner *, host->scanner_n + 1),
    };
    crumb_watch_init(&scanner->watch, &scanner->plan, crumb);
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

void worker_scan(struct worker_scanner *scanner, const uint8_t *p, size_t n,
                 struct worker_result *out)
{
    struct unpacker from;
    struct request request;
    g_autoptr(GError) error = NULL;
    *out = (struct worker_result){0};
    unpacker_init(&from, p, n);
    if (!request_unpack(&scanner->reader, &from,
                        (uint32_t)scanner->plan.scanner_n, &request, &error)) {
        out->why = g_strdup(error->message);
        return;
    }
    choose(scanner, &request, &out->plan);
    out->with_digests = (request.flags & REQUEST_NEEDS_DIGESTS) != 0;
    lend_begin(&scanner->link->lend, request.raw, request.raw_n);
    GBytes *raw = g_bytes_new_static(request.raw, request.raw_n);
    out->message = message_new(raw, request.session, &out->plan.limits);
    g_bytes_unref(raw);
    out->scan = scan_run(&out->plan, out->message, request.now_s);
}

void worker_result_pack(const struct worker_result *result, struct packer *to)
{
    if (result->scan != NULL)
        reply_pack(result->scan, result->with_digests, to);
    else
        reply_pack_refused(result->why, to);
}

void worker_result_clear(struct worker_result *result)
{
    scan_free(result->scan);
    message_free(result->message);
    g_free(result->why);
    *result = (struct worker_result){0};
}
