/* SPDX-License-Identifier: MIT */
/*
 * The columns of the table of held mail, in the order in which index_rows.c writes and
 * index_read.c reads them.
 */
#ifndef STORE_INDEX_COLUMNS_H
#define STORE_INDEX_COLUMNS_H

#define INDEX_COLUMNS                                                          \
    "id, time_s, last_s, times, content, size, file_n, key_id, kind, action, " \
    "scl, generation, because, by, name, findings, subject, from_field, "      \
    "client_ip, client_name, helo, sender, user, queue_id, direction, "        \
    "is_trusted, state, answer"

#endif
