/* SPDX-License-Identifier: MIT */
#include "cli/progress.h"

#include "base/clock.h"

#include <glib.h>

#include <inttypes.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    BAR_WIDTH = 24,
    DRAW_EVERY_NS = 100 * 1000 * 1000,
    /* Early rates are noise. */
    GUESS_AFTER_NS = 500 * 1000 * 1000
};

static void put(const char *text, size_t n)
{
    /* A bar that cannot be drawn is no loss. */
    ssize_t done = write(STDERR_FILENO, text, n);
    (void)done;
}

void progress_begin(struct progress *progress, size_t all)
{
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    bool is_terminal = isatty(STDERR_FILENO) == 1;
    if (is_terminal)
        ioctl(STDERR_FILENO, TIOCGWINSZ, &size);
    *progress = (struct progress){
        .is_on = is_terminal && all > size.ws_row,
        .columns = size.ws_col > 0 ? size.ws_col : 80,
        .all = all,
        .begun_ns = clock_mono_ns(),
    };
}

static void append_left(GString *line, const struct progress *progress,
                        size_t done, uint64_t spent_ns)
{
    if (done == 0 || spent_ns < GUESS_AFTER_NS)
        return;
    double seconds = (double)spent_ns / 1e9;
    double rate = (double)done / seconds;
    uint64_t left = (uint64_t)((double)(progress->all - done) / rate + 0.5);
    g_string_append_printf(line, "  %.0f mails/s  ", rate);
    if (left < 100)
        g_string_append_printf(line, "%" PRIu64 " s left", left);
    else
        g_string_append_printf(line, "%" PRIu64 " min left", (left + 59) / 60);
}

void progress_draw(struct progress *progress, size_t done)
{
    uint64_t now_ns = clock_mono_ns();
    if (!progress->is_on || now_ns - progress->drawn_ns < DRAW_EVERY_NS)
        return;
    g_autoptr(GString) line = g_string_new("[");
    size_t full = progress->all > 0 ? done * BAR_WIDTH / progress->all : 0;
    for (size_t i = 0; i < BAR_WIDTH; i++)
        g_string_append_c(line, i < full ? '#' : '.');
    g_string_append_printf(line, "]  %zu/%zu", done, progress->all);
    append_left(line, progress, done, now_ns - progress->begun_ns);
    if (line->len >= progress->columns)
        g_string_truncate(line, progress->columns - 1);
    g_string_prepend(line, "\r");
    g_string_append(line, "\033[K");
    put(line->str, line->len);
    progress->drawn_ns = now_ns;
    progress->is_shown = true;
}

void progress_hide(struct progress *progress)
{
    if (!progress->is_shown)
        return;
    put("\r\033[K", strlen("\r\033[K"));
    progress->is_shown = false;
    progress->drawn_ns = 0;
}
