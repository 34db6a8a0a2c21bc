/* SPDX-License-Identifier: MIT */
#include "base/conf.h"
#include "base/error.h"
#include "host/host.h"
#include "mail/detect.h"
#include "mail/message.h"
#include "torture.h"

#include <string.h>

/* Nobody kills anybody here. */
static bool excuse_nobody(void *self, const struct bad *bad)
{
    (void)self;
    (void)bad;
    return false;
}

static void scan_each(struct torture *torture, const struct scan_plan *plan)
{
    for (unsigned i = 0; i < torture->mails->all->len; i++) {
        const struct mail *mail = torture->mails->all->pdata[i];
        struct message *message =
            message_new(mail->raw, torture->mails->session, &plan->limits);
        torture->tally.messages++;
        struct scan *scan = scan_run(plan, message, MAILS_NOW_S);
        tally_check(&torture->tally, mail, scan, excuse_nobody, NULL);
        torture->tally.answered++;
        scan_free(scan);
        message_free(message);
    }
}

bool torture_in_process(struct torture *torture, GError **error)
{
    struct limits limits;
    struct conf *conf = NULL;
    struct host *host = NULL;
    g_autofree char *cwd = g_get_current_dir();
    limits_default(&limits);
    if (!conf_parse(torture->conf, strlen(torture->conf), "plugins.conf", cwd,
                    &conf, error))
        return false;
    const struct host_how how = {.conf = conf, .limits = &limits};
    bool is_open = host_open(&how, &host, error);
    if (is_open) {
        detect_start();
        host_start(host);
        const struct scan_plan plan = {.scanners = host->scanners,
                                       .scanner_n = host->scanner_n,
                                       .limits = limits};
        scan_each(torture, &plan);
        host_stop(host);
        host_close(host);
    }
    conf_free(conf);
    return is_open;
}
