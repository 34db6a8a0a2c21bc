/* SPDX-License-Identifier: MIT */
/*
 * Folders: what lies in them, sorted, recursively; Maildir told from other folders.
 */
#ifndef MAILBOX_FOLDER_H
#define MAILBOX_FOLDER_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Who is told what lies in a folder.  Lent to folder_list.
 */
struct folder_visitor {
    /* Something that is or should be a message; `mode` has its type (S_IFREG,
     * S_IFLNK ...).  `is_maildir`: it lies in cur or new, so it is one message
     * whatever it begins with. */
    void (*found)(void *self, const char *path, mode_t mode, bool is_maildir);
    /* A folder that cannot be read, with errno. */
    void (*failed)(void *self, const char *path, int cause);
    void *self;
};

/* Visits everything below `dir` in the order of names; links are told, never
 * followed (except `dir` itself). */
void folder_list(const struct folder_visitor *visitor, const char *dir);

#endif
