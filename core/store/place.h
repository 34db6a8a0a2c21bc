/* SPDX-License-Identifier: MIT */
/*
 * The quarantine's folder: names, locks, and files that are whole or not there.
 *
 *     FOLDER/index.db            the index (store/index.h)
 *     FOLDER/lock                held by whoever changes something, for a moment
 *     FOLDER/4f/4f…09.mail       a message (store/sealed.h)
 *     FOLDER/4f/4f…09.state      what became of it (store/state.h), once it was released
 *     FOLDER/4f/4f…09.mail.new   being written; left behind only by a death
 *
 * A file gets its name after its content is on the disk, and a writer goes on after the
 * name is: fsync(2) of file and folder.  Changes need the lock, reading does not.
 */
#ifndef STORE_PLACE_H
#define STORE_PLACE_H

#include "store/kept.h"
#include "store/options.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

#define PLACE_MAIL  ".mail"
#define PLACE_STATE ".state"
#define PLACE_NEW   ".new"

enum {
    PLACE_FANS = 256
};

/* An open folder.  Owned by the quarantine; used by one thread. */
struct place {
    char *folder;
    int fd;
    int lock_fd;    /* -1: for reading only */
    unsigned locks; /* how often this owner holds it */
    uint32_t gid;   /* files get it, where has_gid */
    bool has_gid;
    bool is_synced[PLACE_FANS]; /* the sub-folder's name is on the disk */
};

/* May-write: makes the folder when it is not there. */
bool place_open(const struct quarantine_options *options, bool may_write,
                struct place *out, GError **error);
void place_close(struct place *place);

/* Waits for others for some seconds.  May be nested. */
bool place_lock(struct place *place, GError **error);
void place_unlock(struct place *place);

/* A file or folder that was just made gets the owner and group that it is to have;
 * false with errno. */
bool place_give(const struct place *place, int fd);
/* Is there room for n bytes, and min_free after them? */
bool place_has_room(const struct place *place, uint64_t n, uint64_t min_free,
                    GError **error);

/* What goes into a file.  Lent. */
struct place_content {
    /* Writes it to an empty file; false with errno. */
    bool (*write)(int fd, const void *self);
    const void *self;
};

/* Makes or replaces a message's file of that suffix; [locked].  True: it is on the disk
 * under its name. */
bool place_put(struct place *place, const char *id, const char *suffix,
               const struct place_content *content, GError **error);
/* A descriptor for reading, or -1 with errno; ENOENT: there is none. */
int place_open_file(const struct place *place, const char *id,
                    const char *suffix);
/* Removes it, on the disk; true as well where it was not there. [locked] */
bool place_remove(struct place *place, const char *id, const char *suffix,
                  GError **error);

/* Full path for messages; yours. */
char *place_path(const struct place *place, const char *id, const char *suffix);

/* Is there sub-folder 0..PLACE_FANS-1?  True as well where that cannot be told. */
bool place_has_fan(const struct place *place, unsigned fan);
/* What is in a sub-folder.  `id` is NULL where the name is none of ours. */
typedef void (*place_visit_fn)(void *self, const char *name, const char *id,
                               const char *suffix);
/* Every file of sub-folder 0..PLACE_FANS-1; false: it cannot be read. */
bool place_walk(const struct place *place, unsigned fan, place_visit_fn visit,
                void *self, GError **error);
/* Removes FOLDER/xx/`name`. [locked] */
bool place_remove_name(struct place *place, unsigned fan, const char *name,
                       GError **error);

#endif
