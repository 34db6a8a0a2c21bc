/* SPDX-License-Identifier: MIT */
/*
 * Takes the first address of its class, and one that is not there: says in each
 * message what it got, and what the other side answers to "ping".
 */
#include "right.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

static char line[512];
static int32_t fd = -1;
static const struct assay_net *net;

static int32_t start(void *inst, const struct assay_start *start,
                     struct assay_buf *err)
{
    struct assay_str s;
    char address[200] = "";
    int32_t none = -1;
    (void)inst;
    (void)start;
    (void)err;
    net = host->get_ext(host, "assay.net/1");
    if (net == NULL || !ASSAY_HAS(net, address))
        return ASSAY_RC_NOTSUP;
    if (net->address(host, 0, &s) == ASSAY_RC_OK)
        snprintf(address, sizeof address, "%.*s", (int)s.n, s.p);
    int32_t first = net->connected(host, address, &fd);
    int32_t again = net->connected(host, address, &none);
    int32_t other = net->connected(host, "198.51.100.1:25", &none);
    snprintf(line, sizeof line,
             "%s: %" PRId32 " again %" PRId32 " other %" PRId32 " end %" PRId32,
             address, first, again, other, net->address(host, 9, &s));
    return ASSAY_RC_OK;
}

static int32_t handle(void *inst, const struct assay_task *task)
{
    char text[600];
    char answer[64] = "";
    int32_t none;
    (void)inst;
    ssize_t n = fd >= 0 && write(fd, "ping", 4) == 4
                    ? read(fd, answer, sizeof answer - 1)
                    : -1;
    snprintf(text, sizeof text, "%s, late %" PRId32 ", answer %s", line,
             net->connected(host, "x", &none), n > 0 ? answer : "none");
    return right_report(task, "net", text);
}

static const struct assay_plugin plugin = {RIGHT_PLUGIN,
                                           .flags_required = ASSAY_FLAG_NETWORK,
                                           .start = start, .handle = handle};
RIGHT_MODULE(plugin)
