/* SPDX-License-Identifier: MIT */
#include "pool/worker_start.h"

#include "base/escape.h"
#include "host/paths.h"
#include "pool/hello.h"
#include "pool/options.h"
#include "pool/starved.h"

#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    /* A scan takes and gives back what the last one took and gave back: memory that
     * is returned to the kernel in between costs a fault a page. */
    KEEP_BYTES = 16 << 20,
    MAP_FROM_BYTES = 4 << 20,
    GROW_BYTES = 256 << 10
};

static void reset_signals(void)
{
    for (int s = 1; s < NSIG; s++)
        if (s != SIGKILL && s != SIGSTOP)
            signal(s, SIG_DFL);
    /* A terminal's ^C is for the front, which ends its workers. */
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    sigset_t none;
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, NULL);
}

static void keep_memory(void)
{
    /* NOLINTBEGIN(concurrency-mt-unsafe): there is one thread */
    mallopt(M_TRIM_THRESHOLD, KEEP_BYTES);
    mallopt(M_MMAP_THRESHOLD, MAP_FROM_BYTES);
    mallopt(M_TOP_PAD, GROW_BYTES);
    /* NOLINTEND(concurrency-mt-unsafe) */
}

static void set_output(int log_fd)
{
    fflush(NULL);
    dup2(log_fd, STDOUT_FILENO);
    dup2(log_fd, STDERR_FILENO);
    close(log_fd);
    setvbuf(stdout, NULL, _IOLBF, 0);
}

static void add_system(GPtrArray *to)
{
    const char *const *paths = sandbox_system_paths();
    for (size_t i = 0; paths[i] != NULL; i++)
        g_ptr_array_add(to, g_strdup(paths[i]));
}

static bool shut_in(const struct worker_how *how, struct tray *tray,
                    struct hello *hello, GError **error)
{
    g_autoptr(GPtrArray) read_paths = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) write_paths = g_ptr_array_new_with_free_func(g_free);
    add_system(read_paths);
    paths_read(how->host, read_paths);
    if (!paths_write(how->host, write_paths, error))
        return false;
    g_ptr_array_add(read_paths, NULL);
    g_ptr_array_add(write_paths, NULL);
    g_autofree int *keep = g_new(int, how->extra_n + 2);
    keep[0] = how->bell_fd;
    keep[1] = how->chime_fd;
    for (size_t i = 0; i < how->extra_n; i++)
        keep[i + 2] = how->extra_fds[i];
    struct sandbox_rules rules = *how->rules;
    rules.read_paths = (const char *const *)read_paths->pdata;
    rules.write_paths = (const char *const *)write_paths->pdata;
    rules.keep_fds = keep;
    rules.keep_fd_n = how->extra_n + 2;
    rules.denied = &tray->head->crumb.denied;
    starved_watch(&tray->head->crumb.starved);
    return sandbox_enter(how->sandbox, &rules, &hello->sandbox, error);
}

static bool is_socket(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode);
}

static void add_connections(const struct worker_how *how)
{
    for (unsigned i = 0; i < how->net->len; i++) {
        const struct class_address *to = how->net->pdata[i];
        bool is_there = i < how->extra_n && is_socket(how->extra_fds[i]);
        const struct host_address address = {
            .class_name = how->class_name,
            .text = to->text,
            .host = to->host,
            .port = to->port,
            .path = to->path,
            .fd = is_there ? how->extra_fds[i] : -1,
        };
        host_net_add(how->host, &address);
    }
}

/* Plugins that could not be started here, by their places. */
static void add_downs(const struct host *host, struct hello *hello)
{
    for (size_t place = 0; place < host->scanner_n; place++)
        for (unsigned i = 0; i < host->instances->len; i++) {
            const struct instance *instance = host->instances->pdata[i];
            if (host->scanners[place] == &instance->scanner &&
                instance->down != NULL)
                hello_add(hello, (uint32_t)place, instance->down);
        }
}

static void say_hello(struct tray *tray, const struct hello *hello)
{
    size_t size;
    uint8_t *room = tray_reply(tray, 0, false, &size);
    struct packer to;
    packer_fixed(&to, room, size);
    hello_pack(hello, &to);
    tray->head->hello_n = (uint32_t)to.n;
    atomic_store_explicit(&tray->head->phase, TRAY_READY, memory_order_release);
}

static void say_error(const char *text)
{
    g_autofree char *clean = escape_dup(text, strlen(text), 0);
    fprintf(stderr, "assay: a worker cannot begin: %s\n", clean);
    fflush(stderr);
}

bool worker_start(const struct worker_how *how, struct tray *tray,
                  struct worker_guest *guest)
{
    g_autoptr(GError) error = NULL;
    struct hello hello = {0};
    reset_signals();
    set_output(how->log_fd);
    keep_memory();
    if (!tray_attach(how->tray_fd, how->shape, tray, &error) ||
        !worker_guest_visit(guest, how->home_fds, how->home_n, how->home_shape,
                            &error) ||
        !shut_in(how, tray, &hello, &error)) {
        say_error(error->message);
        return false;
    }
    add_connections(how);
    host_start(how->host);
    add_downs(how->host, &hello);
    say_hello(tray, &hello);
    hello_clear(&hello);
    return true;
}
