/* SPDX-License-Identifier: MIT */
#include "front/milter_message.h"

#include <string.h>

static void add(struct milter_message *message, const void *p, size_t n)
{
    if (message->is_too_large || n == 0)
        return;
    size_t have = message->bytes == NULL ? 0 : message->bytes->len;
    if (n > message->max - have) {
        message->is_too_large = true;
        if (message->header_n > 0)
            g_byte_array_set_size(message->bytes, (unsigned)message->header_n);
        else
            g_clear_pointer(&message->bytes, g_byte_array_unref);
        return;
    }
    if (message->bytes == NULL)
        message->bytes = g_byte_array_new();
    g_byte_array_append(message->bytes, p, (unsigned)n);
}

void milter_message_header(struct milter_message *message, const char *name,
                           const char *value)
{
    add(message, name, strlen(name));
    add(message, ":", 1);
    for (;;) {
        const char *lf = strchr(value, '\n');
        if (lf == NULL)
            break;
        size_t n = (size_t)(lf - value);
        /* An MTA that sends CRLF means the same. */
        if (n > 0 && value[n - 1] == '\r')
            n--;
        add(message, value, n);
        add(message, "\r\n", 2);
        value = lf + 1;
    }
    add(message, value, strlen(value));
    add(message, "\r\n", 2);
}

void milter_message_eoh(struct milter_message *message)
{
    add(message, "\r\n", 2);
    message->header_n = message->bytes != NULL ? message->bytes->len : 0;
}

void milter_message_body(struct milter_message *message, const uint8_t *p,
                         size_t n)
{
    add(message, p, n);
}

GBytes *milter_message_steal(struct milter_message *message)
{
    GBytes *bytes = NULL;
    if (message->bytes != NULL)
        bytes = g_byte_array_free_to_bytes(g_steal_pointer(&message->bytes));
    else if (!message->is_too_large)
        bytes = g_bytes_new(NULL, 0);
    milter_message_clear(message);
    return bytes;
}

void milter_message_clear(struct milter_message *message)
{
    g_clear_pointer(&message->bytes, g_byte_array_unref);
    message->header_n = 0;
    message->is_too_large = false;
}
