/* SPDX-License-Identifier: MIT */
/*
 * What a message needs of the quarantine, in the thread aside: a copy that is safe before
 * the MTA is answered, and the exemption of one that was released.
 */
#include "base/clock.h"
#include "base/error.h"
#include "front/front_inside.h"
#include "front/mail_inside.h"

/* Bytes of messages that may wait for the disk. */
#define WAITING_MAX ((size_t)256 << 20)

/* What the thread works on: nothing of it is the mail's until it is done. */
struct errand_aside {
    struct front *front; /* not looked at aside, nor the mail */
    struct mail *mail;
    size_t bytes; /* that wait with it */
    struct quarantine *quarantine;
    struct quarantine_item *item; /* to keep; NULL: look up */
    char *id;
    GBytes *raw;
    GPtrArray *rcpts; /* char * */
    struct quarantine_exemption exemption;
    GError *why;
    char *trouble; /* of the quarantine's index; NULL: none */
};

bool mail_may_wait_aside(const struct mail *mail)
{
    size_t waits = mail->front->aside_bytes;
    return waits == 0 || waits + mail->log.size <= WAITING_MAX;
}

static void errand_free(struct errand_aside *errand)
{
    errand->front->aside_bytes -= errand->bytes;
    quarantine_item_free(errand->item);
    g_free(errand->id);
    if (errand->raw != NULL)
        g_bytes_unref(errand->raw);
    if (errand->rcpts != NULL)
        g_ptr_array_unref(errand->rcpts);
    quarantine_exemption_clear(&errand->exemption);
    g_clear_error(&errand->why);
    g_free(errand->trouble);
    g_free(errand);
}

static struct errand_aside *errand_new(struct mail *mail)
{
    struct errand_aside *errand = g_new0(struct errand_aside, 1);
    errand->mail = mail;
    errand->quarantine = mail->front->quarantine;
    errand->front = mail->front;
    errand->bytes = mail->log.size;
    mail->front->aside_bytes += errand->bytes;
    return errand;
}

/* What is worth an alarm although the work is done.  [aside] */
static void note_trouble(struct errand_aside *errand)
{
    errand->trouble = g_strdup(quarantine_trouble(errand->quarantine));
    quarantine_clear_trouble(errand->quarantine);
}

static void tell_trouble(const struct errand_aside *errand)
{
    if (errand->trouble != NULL)
        alarm_raise(errand->mail->front->alarms, "quarantine.index",
                    errand->trouble);
}

/* --- a copy -------------------------------------------------------------------------- */

static void keep_work(void *self)
{
    struct errand_aside *errand = self;
    quarantine_keep(errand->quarantine, errand->item, &errand->id,
                    &errand->why);
    note_trouble(errand);
}

static void keep_done(void *self)
{
    struct errand_aside *errand = self;
    tell_trouble(errand);
    mail_kept(errand->mail, g_steal_pointer(&errand->id), errand->why);
    errand_free(errand);
}

void mail_keep(struct mail *mail, struct quarantine_item *item)
{
    struct errand_aside *errand = errand_new(mail);
    const struct aside_work work = {keep_work, keep_done, errand};
    errand->item = item;
    aside_do(mail->front->aside, &work);
}

/* --- an exemption -------------------------------------------------------------------- */

static void look_up_work(void *self)
{
    struct errand_aside *errand = self;
    const struct quarantine_asked asked = {
        .raw = errand->raw,
        .rcpts = (const char *const *)errand->rcpts->pdata,
        .rcpt_n = errand->rcpts->len,
        .now_s = clock_unix_s(),
    };
    quarantine_take_exemption(errand->quarantine, &asked, &errand->exemption,
                              &errand->why);
    note_trouble(errand);
}

static void look_up_done(void *self)
{
    struct errand_aside *errand = self;
    tell_trouble(errand);
    errand->mail->exemption = errand->exemption;
    errand->exemption = (struct quarantine_exemption){0};
    mail_looked_up(errand->mail, errand->why);
    errand_free(errand);
}

static void *copy_text(const void *text, void *unused)
{
    (void)unused;
    return g_strdup(text);
}

void mail_look_up(struct mail *mail)
{
    struct errand_aside *errand = errand_new(mail);
    const struct aside_work work = {look_up_work, look_up_done, errand};
    errand->raw = g_bytes_ref(mail->raw);
    errand->rcpts = g_ptr_array_copy(mail->session->rcpts, copy_text, NULL);
    g_ptr_array_set_free_func(errand->rcpts, g_free);
    aside_do(mail->front->aside, &work);
}
