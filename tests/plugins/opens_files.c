/* SPDX-License-Identifier: MIT */
/*
 * Opens what is none of its business, and tells what it got: nothing of this may
 * succeed in a sandbox.
 */
#include "bad.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>

static void try_open(const struct assay_task *task, const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    close(fd);
    right_report(task, path, "opened");
}

static int32_t misbehave(const struct assay_task *task)
{
    static const char *const wanted[] = {
        "/etc/passwd",     "/etc/shadow", "/proc/self/environ",
        "/proc/1/cmdline", "/var/spool",  "/var/log"};
    static const char made[] = "/tmp/assay-bad-opens_files";
    Dl_info self;
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        try_open(task, wanted[i], O_RDONLY);
    try_open(task, made, O_WRONLY | O_CREAT);
    unlink(made);
    if (dladdr(wanted, &self) != 0)
        try_open(task, self.dli_fname, O_WRONLY);
    return bad_clean(task);
}

BAD_MODULE()
