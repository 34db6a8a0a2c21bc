/* SPDX-License-Identifier: MIT */
#include "host/load.h"

#include "base/error.h"
#include "base/escape.h"

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENTRY "assay_plugin_v1"

#if defined(__x86_64__)
enum {
    MACHINE = EM_X86_64
};
#elif defined(__aarch64__)
enum {
    MACHINE = EM_AARCH64
};
#else
#error "ABI 1 is promised for x86-64 and aarch64"
#endif

typedef const struct assay_module *(*entry_fn)(void);

static bool wrong(GError **error, const char *path, const char *text)
{
    g_set_error(error, BASE_ERROR, BASE_ERROR_PLUGIN, "%s: %s", path, text);
    return false;
}

static bool has_owner;
static uid_t trusted_owner;

void load_trust_owner(uid_t owner)
{
    trusted_owner = owner;
    has_owner = true;
}

static bool check_owner(const char *path, uid_t uid, GError **error)
{
    uid_t trusted = has_owner ? trusted_owner : geteuid();
    g_autofree char *other =
        trusted != 0 ? g_strdup_printf(" or to user %u", (unsigned)trusted)
                     : g_strdup("");
    if (uid == 0 || uid == trusted)
        return true;
    g_set_error(error, BASE_ERROR, BASE_ERROR_PLUGIN,
                "%s: belongs to user %u, who could change what runs here: it "
                "must belong to root%s (chown)",
                path, (unsigned)uid, other);
    return false;
}

static bool check_file(const char *path, int fd, struct stat *st,
                       GError **error)
{
    if (fstat(fd, st) != 0)
        return wrong(error, path, g_strerror(errno));
    if (!S_ISREG(st->st_mode))
        return wrong(error, path,
                     "not a regular file: give the plugin's .so file");
    if (!check_owner(path, st->st_uid, error))
        return false;
    if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return wrong(error, path,
                     "others than its owner may write it, and so change what "
                     "runs here: chmod go-w");
    return true;
}

/* dlopen's own words for these are hard to read, and naming a wrong file is the most
 * common mistake. */
static bool check_elf(const char *path, int fd, GError **error)
{
    Elf64_Ehdr head;
    ssize_t n = pread(fd, &head, sizeof head, 0);
    if (n < 0)
        return wrong(error, path, g_strerror(errno));
    if (n == 0)
        return wrong(error, path, "empty: give the plugin's .so file");
    if (n < SELFMAG || memcmp(head.e_ident, ELFMAG, SELFMAG) != 0) {
        g_autofree char *begin =
            escape_dup((const char *)&head, (size_t)n < 16 ? (size_t)n : 16, 0);
        g_set_error(
            error, BASE_ERROR, BASE_ERROR_PLUGIN,
            "%s: not an ELF shared object (it begins with \"%s\"): give "
            "the plugin's .so file",
            path, begin);
        return false;
    }
    if (n < (ssize_t)sizeof head || head.e_ident[EI_CLASS] != ELFCLASS64 ||
        head.e_ident[EI_DATA] != ELFDATA2LSB || head.e_machine != MACHINE)
        return wrong(
            error, path,
            "an ELF file, but of another machine: get a build for this "
            "one");
    if (head.e_type != ET_DYN)
        return wrong(error, path,
                     "an ELF file, but no shared object: link it with -shared");
    return true;
}

static bool is_same_file(const char *name, const struct stat *st)
{
    struct stat other;
    return name != NULL && stat(name, &other) == 0 &&
           other.st_dev == st->st_dev && other.st_ino == st->st_ino;
}

static bool find_entry(const char *path, const struct stat *st, entry_fn *out,
                       GError **error)
{
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (handle == NULL) {
        const char *text = dlerror();
        g_autofree char *clean = escape_dup(text, strlen(text), 400);
        g_set_error(error, BASE_ERROR, BASE_ERROR_PLUGIN,
                    "%s: cannot be loaded: %s", path, clean);
        return false;
    }
    void *symbol = dlsym(handle, ENTRY);
    if (symbol == NULL)
        return wrong(error, path,
                     "does not export " ENTRY "(): not a plugin for ABI 1");
    /* dlsym looks into the dependencies too. */
    Dl_info info;
    if (dladdr(symbol, &info) == 0 || !is_same_file(info.dli_fname, st)) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_PLUGIN,
                    "%s: its " ENTRY "() belongs to another library (%s): link "
                    "the plugin's own with it",
                    path, info.dli_fname != NULL ? info.dli_fname : "unknown");
        return false;
    }
    /* POSIX makes dlsym's void * a function; ISO C has no cast for it. */
    memcpy(out, &symbol, sizeof *out);
    return true;
}

static bool load_from(const char *path, int fd, struct descriptor **out,
                      GError **error)
{
    struct stat st;
    entry_fn entry = NULL;
    if (!check_file(path, fd, &st, error) || !check_elf(path, fd, error) ||
        !find_entry(path, &st, &entry, error))
        return false;
    const struct assay_module *module = entry();
    if (entry() != module)
        return wrong(error, path,
                     ENTRY "() gives another pointer each time: it must return "
                           "one static structure");
    if (!check_module(module, out, error)) {
        g_prefix_error(error, "%s: ", path);
        return false;
    }
    return true;
}

bool load_file(const char *path, struct descriptor **out, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return wrong(error, path, g_strerror(errno));
    bool is_loaded = load_from(path, fd, out, error);
    close(fd);
    return is_loaded;
}
