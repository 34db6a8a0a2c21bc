#!/bin/sh
# SPDX-License-Identifier: MIT
# attach.sh NAME FILE [TYPE]: FILE as an attachment called NAME of a mail, on standard
# output.  TYPE is what the mail says it is, application/octet-stream if not given.
set -eu
printf '%s\n' 'From: sender@example.org' 'To: rcpt@example.org' \
    'Subject: an attachment' 'Date: Tue, 24 Nov 2026 12:00:00 +0000' \
    'Message-ID: <1@example.org>' 'MIME-Version: 1.0' \
    'Content-Type: multipart/mixed; boundary="b"' '' \
    '--b' 'Content-Type: text/plain' '' 'See the attachment.' '' '--b' \
    "Content-Type: ${3:-application/octet-stream}; name=\"$1\"" \
    "Content-Disposition: attachment; filename=\"$1\"" \
    'Content-Transfer-Encoding: base64' ''
base64 "$2"
printf '%s\n' '' '--b--'
