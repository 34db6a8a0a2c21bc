/* SPDX-License-Identifier: MIT */
/*
 * Scratch folders for engines that insist on temporary files.
 *
 * They lie on tmpfs where there is one (an engine that makes and removes a folder in
 * every scan is four times faster there), belong to one process each, and are
 * removed even when a worker died, even when the whole program was killed: the next
 * one sweeps what nobody holds any more.
 */
#ifndef HOST_SCRATCH_H
#define HOST_SCRATCH_H

#include <glib.h>

#include <stdbool.h>

struct scratch;

/* A new, locked root folder, mode 0700; removes stale ones of this user. */
bool scratch_open(struct scratch **out, GError **error);
/* The folder NAME in it, made when it is not there; its path is yours. */
bool scratch_folder(struct scratch *scratch, const char *name, char **out,
                    GError **error);
/* Removes the folder NAME in it with all that is in it, where it is there. */
void scratch_remove_folder(const struct scratch *scratch, const char *name);
/* Removes one folder and all that is in it. */
void scratch_remove(const char *path);
/* Removes all, in the process that opened it; elsewhere only frees. */
void scratch_close(struct scratch *scratch);

#endif
