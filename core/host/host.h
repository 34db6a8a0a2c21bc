/* SPDX-License-Identifier: MIT */
/*
 * The host: plugins named in plugins.conf, loaded, checked, configured, and turned
 * into scanners.  The only folder that sees dlopen.
 *
 *   probe   a throw-away process loads the file first: constructors run before any
 *           check could, and whatever they do happens there (host/probe.h)
 *   load    dlopen by the rules, the descriptor copied and checked (host/load.h)
 *   option  the plugin's table against its section of plugins.conf (base/option.h)
 *   bridge  struct assay_host over core/scan, one struct scanner an instance
 *           (host/bridge.h)
 *
 * A plugin that cannot be used is refused with one line that names it and says what
 * to do; the others go on.
 */
#ifndef HOST_HOST_H
#define HOST_HOST_H

#include "base/conf.h"
#include "base/limits.h"
#include "base/option.h"
#include "scan/scan.h"

#include <assay/plugin.h>

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * One configured use of a plugin.  Owned by its host.
 */
struct instance {
    const char *name;                  /* of its section; interned */
    char *path;                        /* of the shared object, absolute */
    const struct assay_module *module; /* host's checked copies, never NULL */
    const struct assay_plugin *plugin;
    struct option_set *options;
    const struct conf_section *section; /* NULL: named on the command line */
    bool is_optional;
    const char *class_name;   /* interned, see host/class.h */
    const char *state_dir;    /* NULL: none configured.  Interned */
    void *inst;               /* what create() gave; NULL: not created here */
    struct assay_stamp stamp; /* zeroed where the plugin has none */
    bool has_stamp;
    bool is_created;
    bool is_started;
    char *scratch_dir; /* of this worker; NULL: none */
    pid_t creator;     /* process that called create(): the one that destroys */
    char *down;        /* why it cannot be used in this process; NULL: it can */
    struct scanner scanner;
    struct bridge *bridge; /* private: the host's side of its calls */
};

/* One plugin that cannot be used.  Owned by its host. */
struct refusal {
    char *name;             /* section or file */
    const char *class_name; /* interned */
    char *text;             /* one line: what is wrong and what to do */
    bool is_optional;       /* goes on without an error exit */
};

/*
 * All plugins of one configuration.  Owned by the program; made before any fork,
 * instances are shared by forked workers.
 */
struct host {
    GPtrArray *instances; /* struct instance, in order of facts */
    GPtrArray *refusals;  /* struct refusal */
    const struct scanner *
        *scanners; /* for struct scan_plan; foreign ones too */
    size_t scanner_n;
    struct limits limits;
    bool is_check;
    GPtrArray *net;          /* connections for plugins: host/net.h */
    GPtrArray *modules;      /* struct descriptor: what instances point into */
    struct scratch *scratch; /* NULL: nobody asked for one */
};

/* How to open plugins. */
struct host_how {
    const struct conf *conf;
    const struct limits *limits;
    const char *only_file; /* `--plugin FILE`: this, not the sections' */
    /* ASSAY_MODE_CHECK: options only, nothing big; instances are destroyed again at
     * once and cannot scan. */
    bool is_check;
    unsigned probe_timeout_ms; /* for one file; 0: PROBE_TIMEOUT_MS */
    /* Only the sections of this class: files of others are not even looked at.
     * NULL: all, as in a process that scans alone.  Interned or not. */
    const char *class_name;
    /* Scanners that stand for instances of other classes: they get their places
     * among the own ones in host->scanners.  Lent as long as the host. */
    const struct scanner *const *foreign;
    size_t foreign_n;
};

/*
 * Opens every [plugin NAME] section.  False only for an error in the configuration
 * itself (unknown option, wrong value, a cycle of facts); a plugin that is at fault
 * is a refusal.  One that needs the network is refused in class "main".
 */
bool host_open(const struct host_how *how, struct host **out, GError **error);
/* Sorts scanners, which may be of several classes, as host_open does: by their
 * sections, then by facts.  False: a circle, or an error in `how->conf`. */
bool host_order(const struct host_how *how, const struct scanner **scanners,
                size_t n, GError **error);

/*
 * Where plugins of one class may have a connection to: one of `net` of its section.
 */
struct host_address {
    const char *class_name;
    const char *text; /* as it is written: what a plugin calls it */
    const char *host; /* NULL: a UNIX socket */
    const char *port;
    const char *path; /* NULL: TCP */
    /* A worker: connected before it was shut in, taken; -1: nobody answered. */
    int fd;
    bool is_open_world; /* no worker: the host connects when a plugin asks */
};

/* Before host_start; copied.  See struct assay_net. */
void host_net_add(struct host *host, const struct host_address *address);
/* [front] Connects to it; a stream socket, blocking, close-on-exec, yours.  False
 * within `timeout_ms`, and what is wrong.  May ask the resolver, and waits. */
bool host_net_connect(const struct host_address *address, unsigned timeout_ms,
                      int *fd, GError **error);

/* Makes every instance ready in a process that scans, after the fork: create() of
 * those that do not say FORK_SHARED, a scratch folder of its own, start().  One that
 * fails is a refusal of that process and is scanned without: each message gets its
 * `failed` finding. */
void host_start(struct host *host);
/* The reverse, in the same process. */
void host_stop(struct host *host);
/* destroy() of what this process created; removes the scratch folders. */
void host_close(struct host *host);

/* Proves that an instance works, after host_start.  A plugin without a self-test
 * passes.  Not in a process that forks workers afterwards: engines draw random
 * state at their first scan, which the workers would then share. */
bool host_self_test(const struct instance *instance, GError **error);

/* Options that every [plugin ...] section has beside the plugin's own: file, id,
 * enabled, optional, state_dir, class.  NULL-terminated. */
extern const struct assay_option *const host_section_options[];

#endif
