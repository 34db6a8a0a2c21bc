/* SPDX-License-Identifier: MIT */
#include "pool/orders.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Room for the descriptors of one packet, aligned as the kernel wants it. */
union control {
    struct cmsghdr head;
    char room[CMSG_SPACE(sizeof(int) * ORDERS_FDS_MAX)];
};

bool orders_send(int fd, const void *packet, size_t n, const int *fds,
                 size_t fd_n)
{
    uint8_t copy[ORDERS_PACKET_MAX];
    struct iovec part = {.iov_base = copy, .iov_len = n};
    union control control = {0};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    g_assert(fd_n <= ORDERS_FDS_MAX && n <= sizeof copy);
    memcpy(copy, packet, n);
    if (fd_n > 0) {
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * fd_n);
        struct cmsghdr *head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof(int) * fd_n);
        memcpy(CMSG_DATA(head), fds, sizeof(int) * fd_n);
    }
    ssize_t done;
    do
        done = sendmsg(fd, &message, MSG_NOSIGNAL);
    while (done < 0 && errno == EINTR);
    return done == (ssize_t)n;
}

static void take_fds(struct msghdr *message, int *fds)
{
    size_t have = 0;
    for (struct cmsghdr *head = CMSG_FIRSTHDR(message); head != NULL;
         head = CMSG_NXTHDR(message, head)) {
        if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS)
            continue;
        size_t n = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < n; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(head) + i * sizeof fd, sizeof fd);
            if (have < ORDERS_FDS_MAX)
                fds[have++] = fd;
            else
                close(fd);
        }
    }
}

enum orders_got orders_take(int fd, void *packet, size_t n, int *fds)
{
    struct iovec part = {.iov_base = packet, .iov_len = n};
    union control control;
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control,
    };
    for (size_t i = 0; i < ORDERS_FDS_MAX; i++)
        fds[i] = -1;
    ssize_t got = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR ? ORDERS_NOTHING : ORDERS_END;
    take_fds(&message, fds);
    if (got == (ssize_t)n &&
        (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0)
        return ORDERS_GOT;
    for (size_t i = 0; i < ORDERS_FDS_MAX; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    return ORDERS_END;
}

int orders_blob(const void *p, size_t n)
{
    int fd = memfd_create("assay-blob", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    size_t done = 0;
    while (fd >= 0 && done < n) {
        ssize_t now = write(fd, (const char *)p + done, n - done);
        if (now < 0 && errno == EINTR)
            continue;
        if (now <= 0)
            break;
        done += (size_t)now;
    }
    if (fd >= 0 && (done < n || fcntl(fd, F_ADD_SEALS,
                                      F_SEAL_SHRINK | F_SEAL_GROW |
                                          F_SEAL_WRITE | F_SEAL_SEAL) != 0)) {
        int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

GBytes *orders_blob_read(int fd, size_t max)
{
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0 || st.st_size < 0 ||
        (size_t)st.st_size > max)
        return NULL;
    size_t n = (size_t)st.st_size;
    char *p = g_malloc(n + 1);
    size_t have = 0;
    while (have < n) {
        ssize_t now = pread(fd, p + have, n - have, (off_t)have);
        if (now < 0 && errno == EINTR)
            continue;
        if (now <= 0)
            break;
        have += (size_t)now;
    }
    return g_bytes_new_take(p, have);
}
