/* SPDX-License-Identifier: MIT */
/*
 * The numbers of the milter protocol, version 6, as Sendmail 8.14 and Postfix 2.6 and
 * later speak it.  There is no official text: libmilter's header mfdef.h and what the
 * two MTAs do is the protocol.
 *
 *     packet   u32 length (big endian, of what follows), u8 command, data
 *     string   bytes and a NUL; no string holds a NUL
 *
 *     MTA to filter
 *       O  u32 version, u32 actions, u32 protocol           once, first
 *       D  u8 command it belongs to, (name, value) strings  any time, never answered
 *       C  name, u8 family, u16 port, address (no port and address: family U)
 *       H  name        M, R  address and ESMTP arguments    T
 *       L  name, value N     B  bytes     E  bytes or none  U  the line
 *       A  abort: the message is over, the client stays; never answered
 *       Q  quit        K  quit, and another client follows; never answered
 *
 *     filter to MTA
 *       O  version, actions, protocol, (u32 stage, string of macro names) ...
 *       c a r t d      y  reply line(s)     s  skip       p  progress
 *       f  4           connection failure, shutdown
 *       and before the answer to E: h i m + 2 - e b q
 */
#ifndef FRONT_MILTER_WIRE_H
#define FRONT_MILTER_WIRE_H

enum {
    MILTER_VERSION = 6,
    MILTER_LENGTH_SIZE = 4,
    /* Most data of a packet, the command not counted: libmilter's own bound.  */
    MILTER_DATA_MAX = 65535,
    /* Of a header packet from the MTA: Postfix sends as much as its header_size_limit
     * lets in, in one packet. */
    MILTER_HEADER_MAX = 1024 * 1024 - 1,
};

/* MTA to filter. */
enum milter_command {
    MILTER_ABORT = 'A',
    MILTER_BODY = 'B',
    MILTER_CONNECT = 'C',
    MILTER_MACROS = 'D',
    MILTER_END = 'E',
    MILTER_HELO = 'H',
    MILTER_QUIT_NC = 'K',
    MILTER_HEADER = 'L',
    MILTER_MAIL = 'M',
    MILTER_EOH = 'N',
    MILTER_NEGOTIATE = 'O',
    MILTER_QUIT = 'Q',
    MILTER_RCPT = 'R',
    MILTER_DATA = 'T',
    MILTER_UNKNOWN = 'U',
};

/* Filter to MTA. */
enum milter_response {
    MILTER_ADD_RCPT = '+',
    MILTER_DELETE_RCPT = '-',
    MILTER_ADD_RCPT_ARGS = '2',
    MILTER_SHUTDOWN = '4',
    MILTER_ACCEPT = 'a',
    MILTER_REPLACE_BODY = 'b',
    MILTER_CONTINUE = 'c',
    MILTER_DISCARD = 'd',
    MILTER_CHANGE_FROM = 'e',
    MILTER_CONNECTION_FAIL = 'f',
    MILTER_ADD_HEADER = 'h',
    MILTER_INSERT_HEADER = 'i',
    MILTER_CHANGE_HEADER = 'm',
    MILTER_PROGRESS = 'p',
    MILTER_QUARANTINE = 'q',
    MILTER_REJECT = 'r',
    MILTER_SKIP = 's',
    MILTER_TEMPFAIL = 't',
    MILTER_REPLY_CODE = 'y',
};

/* What a filter may ask for before it answers E. */
enum milter_action {
    MILTER_MAY_ADD_HEADERS = 0x1, /* and insert */
    MILTER_MAY_CHANGE_BODY = 0x2,
    MILTER_MAY_ADD_RCPT = 0x4,
    MILTER_MAY_DELETE_RCPT = 0x8,
    MILTER_MAY_CHANGE_HEADERS = 0x10, /* and delete */
    MILTER_MAY_QUARANTINE = 0x20,
    MILTER_MAY_CHANGE_FROM = 0x40,
    MILTER_MAY_ADD_RCPT_ARGS = 0x80,
    MILTER_MAY_SET_MACROS = 0x100, /* in the answer to O */
};

/* NO_*: the MTA does not send it.  NR_*: it waits for no answer. */
enum milter_protocol {
    MILTER_NR_HEADER = 0x80,
    MILTER_NO_UNKNOWN = 0x100,
    MILTER_NO_DATA = 0x200,
    MILTER_CAN_SKIP = 0x400,
    MILTER_NR_CONNECT = 0x1000,
    MILTER_NR_HELO = 0x2000,
    MILTER_NR_MAIL = 0x4000,
    MILTER_NR_RCPT = 0x8000,
    MILTER_NR_DATA = 0x10000,
    MILTER_NR_UNKNOWN = 0x20000,
    MILTER_NR_EOH = 0x40000,
    MILTER_NR_BODY = 0x80000,
    MILTER_LEADING_SPACE = 0x100000, /* header values are whole, both ways */
};

/* Stages in the macro lists of the answer to O. */
enum milter_list {
    MILTER_LIST_CONNECT = 0,
    MILTER_LIST_HELO = 1,
    MILTER_LIST_MAIL = 2,
    MILTER_LIST_RCPT = 3,
    MILTER_LIST_DATA = 4,
    MILTER_LIST_END = 5,
    MILTER_LIST_EOH = 6,
    MILTER_LISTS = 7,
};

#endif
