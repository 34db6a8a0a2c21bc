/* SPDX-License-Identifier: GPL-2.0-only */
#include "notice.h"

#include <clamav.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    LINE_SIZE = 400
};

static struct {
    const struct assay_host *host;
    bool is_loading;
    char last[LINE_SIZE];
} current;

static void log_line(const struct assay_host *host, uint32_t level,
                     const char *text, size_t n)
{
    struct assay_str line = {.p = text, .n = n};
    host->log(host, NULL, level, line);
}

static void on_message(enum cl_msg severity, const char *full, const char *text,
                       void *context)
{
    (void)full;
    (void)context;
    size_t n = strcspn(text, "\r\n");
    if (n == 0 || current.host == NULL)
        return;
    uint32_t level = ASSAY_LOG_DEBUG;
    if (current.is_loading && severity == CL_MSG_WARN)
        level = ASSAY_LOG_WARNING;
    if (current.is_loading && severity == CL_MSG_ERROR)
        level = ASSAY_LOG_ERROR;
    if (severity == CL_MSG_ERROR)
        snprintf(current.last, sizeof current.last, "%.*s", (int)n, text);
    log_line(current.host, level, text, n);
}

void notice_use(const struct assay_host *host, bool is_loading)
{
    current.host = host;
    current.is_loading = is_loading;
    current.last[0] = '\0';
    cl_set_clcb_msg(on_message);
}

const char *notice_last(void)
{
    return current.last;
}

void notice_log(const struct assay_host *host, uint32_t level,
                const char *format, ...)
{
    char text[LINE_SIZE];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n < 0)
        return;
    log_line(host, level, text,
             (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}
