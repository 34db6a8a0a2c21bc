#!/bin/sh
# SPDX-License-Identifier: MIT
# What others write in our name is not delivered, and what they write in theirs is.
set -eu
cd "$(dirname "$0")/../.."
. tests/run/lib/mail.sh
mail_begin
mail_ports
printf '[actions]\nauthserv_id = mx.example.net\nremove_headers = X-Spam-*\n' | assayd_conf assayd
mail_start
cat >"$rig/forged.eml" <<'END'
X-Assay-SCL: -1
Authentication-Results: mx.example.net; dmarc=pass header.from=bank.example
x-assay-scl: 0
Authentication-Results: other.example.net; spf=pass smtp.mailfrom=bank.example
Authentication-Results:
 mx.example.net 1; spf=pass smtp.mailfrom=bank.example
AUTHENTICATION-RESULTS:	MX.EXAMPLE.NET; dkim=pass header.d=bank.example
X-Assay-Report: v=1; kind=clean
X-Spam-Status: No
Authentication-Results: (a comment) "mx.example.net"; dkim=pass header.d=bank.example
X-Assay-Stamp: v=1; forged
X-Assay-Anything: at all
X-ASSAY-SCL : -1
X-Spam-Flag: NO
Subject: forged
From: sender@example.org
X-Assay-SCL: -1

Text
END
for to in "$smtp" "$smtp_tcp"; do post forged "$rig/forged.eml" "box$to@example.net"; replied 250 forged; done
settle
for to in "$smtp" "$smtp_tcp"; do
    mail=$(in_box "box$to" forged) || fail "nothing came"
    marked "$mail" forged
    [ "$(header "$mail" X-Assay-SCL)" != -1 ] || fail "a forged SCL was delivered"
    results=$(header "$mail" Authentication-Results)
    case $results in *[Mm][Xx].[Ee]*) fail "forged results were delivered: $results" ;; esac
    case $results in *'other.example.net; spf=pass'*) ;; *) fail "another's results are gone" ;; esac
    grep -qi '^X-Spam-\|^X-Assay-Anything\|^X-Assay-SCL *: *-1' "$mail" &&
        fail "a forged field was delivered: $(grep -i '^X-' "$mail")"
done
echo 'mail_forged: none of 11 forged fields was delivered, over a Unix socket and TCP'
