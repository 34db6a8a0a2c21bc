/* SPDX-License-Identifier: MIT */
#include "echo.h"

#include <string.h>

/* How many headers of this name, given as "\r\nName:", there are. */
static uint32_t count(const char *head, const char *name)
{
    uint32_t n = 0;
    for (const char *at = head; (at = strcasestr(at, name)) != NULL; at++)
        n++;
    return n;
}

static void save(const struct echo *echo, const char *id, GBytes *message)
{
    size_t n = 0;
    const char *p = g_bytes_get_data(message, &n);
    g_autofree char *path = g_strdup_printf("%s/%s.eml", echo->save, id);
    g_autoptr(GError) error = NULL;
    if (!g_file_set_contents(path, p, (gssize)n, &error))
        g_printerr("echo: %s\n", error->message);
}

static void take(struct echo *echo, struct milter_session *session,
                 GBytes *message)
{
    const char *id = milter_session_facts(session)->queue_id;
    if (id == NULL)
        id = "none";
    if (echo->save != NULL)
        save(echo, id, message);
    size_t n = 0;
    const char *p = g_bytes_get_data(message, &n);
    const char *end = n == 0 ? NULL : memmem(p, n, "\r\n\r\n", 4);
    g_autofree char *lines = g_strndup(p, end == NULL ? n : (size_t)(end - p));
    g_autofree char *head = g_strconcat("\r\n", lines, NULL);
    g_autofree char *size = g_strdup_printf("%zu", n);
    g_autoptr(GArray) edits =
        g_array_new(FALSE, TRUE, sizeof(struct milter_edit));
    struct milter_edit edit = {
        .kind = MILTER_EDIT_ADD_HEADER, .name = "X-Echo", .value = size};
    g_array_append_val(edits, edit);
    for (uint32_t i = 1; i <= count(head, "\r\nX-Old:"); i++) {
        edit = (struct milter_edit){
            .kind = MILTER_EDIT_DELETE_HEADER, .index = i, .name = "X-Old"};
        g_array_append_val(edits, edit);
    }
    if (count(head, "\r\nX-Change:") >= 2) {
        edit = (struct milter_edit){.kind = MILTER_EDIT_CHANGE_HEADER,
                                    .index = 2,
                                    .name = "X-Change",
                                    .value = "changed,\n\tfolded"};
        g_array_append_val(edits, edit);
    }
    edit = (struct milter_edit){.kind = MILTER_EDIT_INSERT_HEADER,
                                .index = 1,
                                .name = "X-Echo-First",
                                .value = "yes"};
    g_array_append_val(edits, edit);
    struct milter_answer answer = {
        .verdict = MILTER_CONTINUE,
        .edits = (const struct milter_edit *)(const void *)edits->data,
        .edit_n = edits->len};
    g_autoptr(GError) error = NULL;
    if (!milter_session_answer(session, &answer, &error))
        g_error("echo: %s", error->message);
}

static void asked(void *self, struct milter_session *session,
                  enum milter_stage stage)
{
    struct echo *echo = self;
    GBytes *message = milter_session_message(session);
    g_assert(stage == MILTER_STAGE_END);
    echo->messages++;
    if (message != NULL)
        take(echo, session, message);
    else
        milter_session_answer(
            session, &(struct milter_answer){.verdict = MILTER_TEMPFAIL}, NULL);
}

const struct milter_owner echo_owner = {asked, NULL, NULL};

struct milter_options echo_options(void)
{
    return (struct milter_options){
        .actions = MILTER_MAY_ADD_HEADERS | MILTER_MAY_CHANGE_HEADERS,
        .max_message_bytes = (size_t)1024 * 1024,
        .max_envelope_bytes = (size_t)64 * 1024,
    };
}
