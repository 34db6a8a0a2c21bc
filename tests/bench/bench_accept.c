/* SPDX-License-Identifier: MIT */
/*
 * The least that a milter can do: hears everything, accepts everything.
 *
 *     bench_accept SOCKET      SOCKET in libmilter's words: unix:/PATH, inet:PORT@HOST
 *
 * libmilter, with no replies where none is needed: what an MTA and the protocol cost
 * without a filter behind them.
 */
#include <libmilter/mfapi.h>

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

static sfsistat heard_connect(SMFICTX *ctx, char *host, _SOCK_ADDR *address)
{
    (void)ctx, (void)host, (void)address;
    return SMFIS_NOREPLY;
}

static sfsistat heard_text(SMFICTX *ctx, char *text)
{
    (void)ctx, (void)text;
    return SMFIS_NOREPLY;
}

static sfsistat heard_words(SMFICTX *ctx, char **words)
{
    (void)ctx, (void)words;
    return SMFIS_NOREPLY;
}

static sfsistat heard_header(SMFICTX *ctx, char *name, char *value)
{
    (void)ctx, (void)name, (void)value;
    return SMFIS_NOREPLY;
}

static sfsistat heard_body(SMFICTX *ctx, unsigned char *bytes, size_t n)
{
    (void)ctx, (void)bytes, (void)n;
    return SMFIS_NOREPLY;
}

static sfsistat heard_headers_end(SMFICTX *ctx)
{
    (void)ctx;
    return SMFIS_NOREPLY;
}

static sfsistat accept_all(SMFICTX *ctx)
{
    (void)ctx;
    return SMFIS_ACCEPT;
}

static sfsistat negotiate(SMFICTX *ctx, unsigned long actions,
                          unsigned long steps, unsigned long unused_2,
                          unsigned long unused_3, unsigned long *out_actions,
                          unsigned long *out_steps, unsigned long *out_2,
                          unsigned long *out_3)
{
    (void)ctx, (void)actions, (void)steps, (void)unused_2, (void)unused_3;
    *out_actions = 0;
    *out_steps = SMFIP_NR_CONN | SMFIP_NR_HELO | SMFIP_NR_MAIL | SMFIP_NR_RCPT |
                 SMFIP_NR_HDR | SMFIP_NR_EOH | SMFIP_NR_BODY | SMFIP_NODATA |
                 SMFIP_NOUNKNOWN;
    *out_2 = 0;
    *out_3 = 0;
    return SMFIS_CONTINUE;
}

static char filter_name[] = "accept";

int main(int argc, char **argv)
{
    struct smfiDesc filter = {
        .xxfi_name = filter_name,
        .xxfi_version = SMFI_VERSION,
        .xxfi_connect = heard_connect,
        .xxfi_helo = heard_text,
        .xxfi_envfrom = heard_words,
        .xxfi_envrcpt = heard_words,
        .xxfi_header = heard_header,
        .xxfi_eoh = heard_headers_end,
        .xxfi_body = heard_body,
        .xxfi_eom = accept_all,
        .xxfi_negotiate = negotiate,
    };
    if (argc != 2 || smfi_setconn(argv[1]) != MI_SUCCESS ||
        smfi_register(filter) != MI_SUCCESS ||
        smfi_opensocket(true) != MI_SUCCESS) {
        fputs("usage: bench_accept unix:/PATH|inet:PORT@HOST\n", stderr);
        return 2;
    }
    return smfi_main() == MI_SUCCESS ? 0 : 1;
}
