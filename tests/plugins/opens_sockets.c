/* SPDX-License-Identifier: MIT */
/* Calls home. */
#include "bad.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

static int32_t misbehave(const struct assay_task *task)
{
    struct sockaddr_in home = {.sin_family = AF_INET,
                               .sin_port = htons(9),
                               .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return bad_clean(task);
    right_report(task, "socket", "");
    if (connect(fd, (struct sockaddr *)&home, sizeof home) == 0)
        right_report(task, "connected", "");
    close(fd);
    return ASSAY_RC_OK;
}

BAD_MODULE()
