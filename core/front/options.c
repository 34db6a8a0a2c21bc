/* SPDX-License-Identifier: MIT */
#include "front/options.h"

#include "base/error.h"
#include "front/listen.h"
#include "front/milter_session.h"

#define NS_PER_MS UINT64_C(1000000)

/* clang-format off */
#define OPTION(spelled, kind, initial, text)                                    \
    .struct_size = sizeof(struct assay_option), .type = ASSAY_OPTION_##kind,    \
    .name = (spelled), .default_text = (initial), .help = (text)
/* clang-format on */

static const char *const too_large_words[] = {"reject", "defer", "accept",
                                              NULL};

/* In the order of enum milter_stage, from MILTER_STAGE_CONNECT on. */
static const char *const stage_words[] = {"connect", "helo", "mail", "rcpt",
                                          NULL};

static const struct assay_option table[] = {
    {OPTION(
         "listen", TEXT, "unix:/run/assay/milter.sock",
         "Where mail servers reach the milter, one or more: unix:/PATH, or "
         "inet:HOST:PORT with a name, 127.0.0.1 or [::1]. Postfix takes the "
         "same words in smtpd_milters; Sendmail writes inet:PORT@HOST, which "
         "is understood too. There is no password in the protocol: listen "
         "where nobody else can connect."),
     .flags = ASSAY_OPTION_LIST},
    {OPTION("socket_group", TEXT, NULL,
            "Group that may connect to unix: sockets, beside their owner: "
            "postfix for Debian's Postfix. Without it the group of who starts "
            "assayd.")},
    {OPTION(
         "connections_max", INT, "10000",
         "Connections at a time. One more is closed at once, and the mail "
         "server does what its milter_default_action says; Postfix opens one "
         "for each of its smtpd processes, 100 by default."),
     .min = 1, .max = 1000000},
    {OPTION("max_envelope_bytes", SIZE, "1 MiB",
            "Bytes of recipients of one message, 64 each on top. More is "
            "answered with 452 where the mail server can be told, else the "
            "message is rejected: it could not be judged for all of them."),
     .min = 1024, .max = INT64_C(1) << 30},
    {OPTION(
         "idle_time", DURATION, "1 h",
         "A connection that says nothing for so long is closed. Mail servers "
         "keep one open as long as their client stays, so it should be longer "
         "than their own time-outs (Postfix 5 min, Sendmail 1 h)."),
     .min = 1000, .max = INT64_C(7) * 24 * 3600 * 1000},
    {OPTION("mail_time", DURATION, "4 min",
            "A message that is not answered for so long is deferred. Keep it "
            "below the mail server's own time-out for the end of a message "
            "(Postfix: milter_content_timeout, 300 s), which is told every ten "
            "seconds that we are still at work."),
     .min = 1000, .max = INT64_C(24) * 3600 * 1000},
    {OPTION(
         "stage_time", DURATION, "10 s",
         "What plugins have to say before there is a message is waited for no "
         "longer than this, at each step; what is not known then is asked "
         "again with the message. Keep it below the mail server's time-out for "
         "commands (Postfix: milter_command_timeout, 30 s)."),
     .min = 100, .max = 3600 * 1000},
    {OPTION(
         "refuse_at", CHOICE, "rcpt",
         "Steps of a session at which a client or a recipient may be refused "
         "already, before there is a message: the mail server waits there for "
         "what plugins say. At all others they are asked as well, and what "
         "they say counts at the next of these, or with the message. Nobody "
         "waits where no plugin wants to know."),
     .flags = ASSAY_OPTION_LIST, .choices = stage_words},
    {OPTION("too_large", CHOICE, "reject",
            "What is answered for a message larger than [limits] "
            "max_message_bytes, which nobody has looked at: reject tells its "
            "sender so, defer lets it be sent again until somebody has raised "
            "the limit, accept lets it pass unseen and marks it with "
            "X-Assay-Unscanned."),
     .choices = too_large_words},
};

const struct assay_option *const front_options_table[] = {
    &table[0], &table[1], &table[2], &table[3], &table[4],
    &table[5], &table[6], &table[7], &table[8], NULL,
};
_Static_assert(G_N_ELEMENTS(front_options_table) == G_N_ELEMENTS(table) + 1,
               "every option is in the list");

static void free_address(void *p)
{
    listen_address_free(p);
}

static bool read_listen(const struct conf *conf, const struct option_set *set,
                        GPtrArray *to, GError **error)
{
    const char *text = NULL;
    for (unsigned i = 0; (text = option_text(set, "listen", i)) != NULL; i++) {
        struct listen_address *address = listen_address_parse(text);
        if (address == NULL) {
            g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                        "%s:%u: [milter] listen: \"%s\" is neither unix:/PATH "
                        "nor inet:HOST:PORT",
                        conf->path, option_line(set, "listen"), text);
            return false;
        }
        g_ptr_array_add(to, address);
    }
    return true;
}

static unsigned read_stages(const struct option_set *set)
{
    unsigned bits = 0;
    const char *text = NULL;
    for (unsigned i = 0; (text = option_text(set, "refuse_at", i)) != NULL; i++)
        for (unsigned k = 0; stage_words[k] != NULL; k++)
            if (g_str_equal(text, stage_words[k]))
                bits |= MILTER_STAGE_BIT(MILTER_STAGE_CONNECT + k);
    return bits;
}

bool front_options_read(const struct conf *conf, struct front_options *out,
                        GError **error)
{
    struct option_set *set = NULL;
    if (!option_set_new(front_options_table, conf,
                        conf_find(conf, "milter", NULL), NULL, &set, error))
        return false;
    struct front_options read = {
        .listen = g_ptr_array_new_with_free_func(free_address),
        .socket_group = g_strdup(option_text(set, "socket_group", 0)),
        .connections_max = (size_t)option_int(set, "connections_max"),
        .max_envelope_bytes = (size_t)option_int(set, "max_envelope_bytes"),
        .idle_ns = (uint64_t)option_int(set, "idle_time") * NS_PER_MS,
        .mail_ns = (uint64_t)option_int(set, "mail_time") * NS_PER_MS,
        .stage_ns = (uint64_t)option_int(set, "stage_time") * NS_PER_MS,
        .refuse_at = read_stages(set),
        .too_large = (enum front_too_large)option_int(set, "too_large"),
    };
    bool is_good = read_listen(conf, set, read.listen, error);
    option_set_free(set);
    if (is_good)
        *out = read;
    else
        front_options_clear(&read);
    return is_good;
}

void front_options_clear(struct front_options *options)
{
    g_clear_pointer(&options->listen, g_ptr_array_unref);
    g_clear_pointer(&options->socket_group, g_free);
    *options = (struct front_options){0};
}
