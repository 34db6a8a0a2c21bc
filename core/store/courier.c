/* SPDX-License-Identifier: MIT */
#include "store/courier.h"

void courier_set_all(struct courier_job *job, enum state_rcpt_now from,
                     enum state_rcpt_now to, const char *answer)
{
    for (unsigned i = 0; i < job->rcpts->len; i++) {
        struct courier_rcpt *rcpt = job->rcpts->pdata[i];
        if (rcpt->now != from)
            continue;
        rcpt->now = to;
        g_free(rcpt->answer);
        rcpt->answer = g_strdup(answer);
    }
}

bool courier_send(struct courier_job *job, char **answer, GError **error)
{
    courier_set_all(job, STATE_RCPT_UNKNOWN, STATE_RCPT_HELD, NULL);
    courier_set_all(job, STATE_RCPT_REFUSED, STATE_RCPT_HELD, NULL);
    courier_set_all(job, STATE_RCPT_ACCEPTED, STATE_RCPT_HELD, NULL);
    bool is_sent = job->options->release_by == QUARANTINE_BY_SENDMAIL
                       ? courier_sendmail(job, answer, error)
                       : courier_smtp(job, answer, error);
    if (!is_sent) {
        courier_set_all(job, STATE_RCPT_UNKNOWN, STATE_RCPT_HELD, NULL);
        courier_set_all(job, STATE_RCPT_REFUSED, STATE_RCPT_HELD, NULL);
    }
    return is_sent;
}
