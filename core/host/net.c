/* SPDX-License-Identifier: MIT */
#include "host/net.h"

#include "host/bridge.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    ADDRESS_MAX = 512, /* bytes of one */
    CONNECT_MS = 10000
};

/* One connection.  Owned by its host. */
struct connection {
    struct host_address
        address; /* strings are its own, class_name is interned */
    bool is_taken;
    ino_t inode; /* of what was handed out */
    dev_t device;
};

/* The instance that this thread starts; a plugin's own threads see NULL. */
static _Thread_local const struct instance *starting;
static _Thread_local const struct host *of_host;

static void close_fd(struct connection *c)
{
    struct stat st;
    /* Never close a number that means something else by now. */
    if (c->address.fd >= 0 && fstat(c->address.fd, &st) == 0 &&
        (!c->is_taken || (st.st_ino == c->inode && st.st_dev == c->device)))
        close(c->address.fd);
    c->address.fd = -1;
    c->is_taken = false;
}

static void free_text(const char *text)
{
    union {
        const char *lent;
        char *own;
    } both = {.lent = text};

    g_free(both.own);
}

static void free_connection(void *p)
{
    struct connection *c = p;
    close_fd(c);
    free_text(c->address.text);
    free_text(c->address.host);
    free_text(c->address.port);
    free_text(c->address.path);
    g_free(c);
}

GPtrArray *net_new(void)
{
    return g_ptr_array_new_with_free_func(free_connection);
}

void host_net_add(struct host *host, const struct host_address *address)
{
    struct connection *c = g_new0(struct connection, 1);
    c->address = *address;
    c->address.class_name = g_intern_string(address->class_name);
    c->address.text = g_strdup(address->text);
    c->address.host = g_strdup(address->host);
    c->address.port = g_strdup(address->port);
    c->address.path = g_strdup(address->path);
    g_ptr_array_add(host->net, c);
}

void net_begin(const struct instance *instance, const struct host *host)
{
    starting = instance;
    of_host = host;
}

void net_end(void)
{
    starting = NULL;
    of_host = NULL;
}

void net_release(const struct host *host)
{
    for (unsigned i = 0; i < host->net->len; i++) {
        struct connection *c = host->net->pdata[i];
        if (c->is_taken)
            close_fd(c);
    }
}

/* --- what plugins call -------------------------------------------------------------- */

static bool is_starting(const struct assay_host *abi)
{
    return starting != NULL && abi == bridge_abi(starting->bridge);
}

static bool is_mine(const struct connection *c)
{
    return c->address.class_name == starting->class_name;
}

/* OK with the connection's descriptor, or why there is none. */
static int32_t hand_out(struct connection *c, int32_t *fd)
{
    struct stat st;
    if (c->address.fd < 0 && c->address.is_open_world)
        host_net_connect(&c->address, CONNECT_MS, &c->address.fd, NULL);
    if (c->address.fd < 0 || fstat(c->address.fd, &st) != 0)
        return ASSAY_RC_IO;
    c->inode = st.st_ino;
    c->device = st.st_dev;
    c->is_taken = true;
    *fd = c->address.fd;
    return ASSAY_RC_OK;
}

static int32_t connected(const struct assay_host *abi, const char *address,
                         int32_t *fd)
{
    if (!is_starting(abi))
        return ASSAY_RC_STATE;
    if (address == NULL || fd == NULL ||
        strnlen(address, ADDRESS_MAX) == ADDRESS_MAX)
        return ASSAY_RC_INVAL;
    int32_t rc = ASSAY_RC_DENIED;
    for (unsigned i = 0; i < of_host->net->len; i++) {
        struct connection *c = of_host->net->pdata[i];
        if (!is_mine(c) || strcmp(c->address.text, address) != 0)
            continue;
        rc = c->is_taken ? ASSAY_RC_STATE : hand_out(c, fd);
        if (!c->is_taken || rc == ASSAY_RC_OK)
            return rc;
    }
    return rc;
}

static int32_t address_at(const struct assay_host *abi, uint32_t index,
                          struct assay_str *out)
{
    if (!is_starting(abi))
        return ASSAY_RC_STATE;
    for (unsigned i = 0; i < of_host->net->len; i++) {
        const struct connection *c = of_host->net->pdata[i];
        if (!is_mine(c) || index-- > 0)
            continue;
        *out = (struct assay_str){.p = c->address.text,
                                  .n = strlen(c->address.text)};
        return ASSAY_RC_OK;
    }
    return ASSAY_RC_NOTFOUND;
}

static const struct assay_net table = {
    .struct_size = sizeof table,
    .connected = connected,
    .address = address_at,
};

const struct assay_net *net_table(const struct instance *instance)
{
    return (instance->scanner.flags & ASSAY_FLAG_NETWORK) != 0 ? &table : NULL;
}
