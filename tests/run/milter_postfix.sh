#!/bin/sh
# SPDX-License-Identifier: MIT
# Behind a real Postfix: messages arrive as they were sent, edits arrive, and nothing is
# answered but what Postfix waits for.  It has its own configuration, queue and ports.
# KEEP_TALK=FILE keeps what was said, as tests/milter/*.talk have it.
set -eu
cd "$(dirname "$0")/../.."
build=${ASSAY_BUILD:-build}
PATH=$PATH:/usr/sbin
skip() {
    echo "milter_postfix: skipped: $*"
    exit 0
}
fail() {
    echo "milter_postfix: $*" >&2
    [ ! -s "$dir/log" ] || tail -n 30 "$dir/log" >&2
    [ ! -s "$dir/talk" ] || cut -c 1-100 "$dir/talk" | tail -n 40 >&2
    exit 1
}
command -v postfix >/dev/null || skip "postfix is not installed (Debian: apt-get install postfix)"
[ "$(id -u)" -eq 0 ] || skip "only root can start postfix"

dir=$(mktemp -d)
echo_pid=
cleanup() {
    if [ -s "$dir/spool/pid/master.pid" ]; then
        master=$(tr -d ' ' <"$dir/spool/pid/master.pid")
        kill "$master" 2>/dev/null || true
        for i in $(seq 100); do
            kill -0 "$master" 2>/dev/null || break
            sleep 0.1
        done
    fi
    [ -z "$echo_pid" ] || kill "$echo_pid" 2>/dev/null || true
    rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
chmod 755 "$dir"
mkdir "$dir/etc" "$dir/spool" "$dir/data" "$dir/mail" "$dir/saved"
chown postfix "$dir/data" "$dir/mail"

# Two free ports, wherever they are.
free_port() { # FROM
    port=$1
    while ss -ltn 2>/dev/null | grep -q ":$port " || grep -qi ":$(printf %04X "$port") " /proc/net/tcp; do
        port=$((port + 1))
    done
    echo "$port"
}
milter=$(free_port $((20000 + $$ % 20000)))
smtp=$(free_port $((milter + 1)))

cat >"$dir/etc/main.cf" <<END
compatibility_level = 3.6
queue_directory = $dir/spool
data_directory = $dir/data
maillog_file = $dir/log
maillog_file_prefixes = $dir
myhostname = mx.example.net
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
local_transport = error:nobody is local
local_header_rewrite_clients =
smtpd_peername_lookup = no
smtpd_recipient_restrictions = permit_mynetworks, reject
virtual_mailbox_domains = example.net
virtual_mailbox_base = $dir/mail
virtual_mailbox_maps = static:box/
virtual_uid_maps = static:$(id -u postfix)
virtual_gid_maps = static:$(id -g postfix)
virtual_minimum_uid = 1
smtpd_milters = inet:127.0.0.1:$milter
milter_default_action = tempfail
END
cat >"$dir/etc/master.cf" <<END
127.0.0.1:$smtp inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
END

# Blanks that a simple canonicalisation keeps, folds, a lone dot, 8 bit, no last word on
# anything: what a signature in it would be computed over.
cr=$(printf '\r')
LC_ALL=C sed "s/\$/$cr/; s/EIGHT/$(printf '\351')/" >"$dir/odd.eml" <<'END'
X-Old: one
DKIM-Signature:  v=1;   a=rsa-sha256; c=simple/simple;
	d=example.org;  s=x ;
  	 h=from : to;
X-Change: first
X-Old: two
Subject:	a tab	 and blanks  
X-Change: second
None:
tight:x
x-old: three
From: sender@example.org
To: one@example.net,
 two@example.net
X-Old: four

.
..two dots
 trailing blanks   
bytes: cafEIGHT

	

END
sed "s/\$/$cr/" >"$dir/plain.eml" <<'END'
Subject: plain
From: sender@example.org

Hello
END
awk 'BEGIN { printf "Subject: large\r\n\r\n"; for (i = 0; i < 3000; i++)
    printf "%d %s\r\n", i, "................................................................" }' >"$dir/large.eml"

"$build/milter_echo" "$milter" "$dir/saved" "$dir/talk" >"$dir/echo.out" 2>"$dir/echo.err" &
echo_pid=$!
for i in $(seq 100); do
    grep -q ready "$dir/echo.out" && break
    sleep 0.1
done
postfix -c "$dir/etc" start >"$dir/start" 2>&1 || fail "postfix does not start: $(cat "$dir/start")"
for i in $(seq 100); do
    "$build/milter_post" "$smtp" /dev/null >/dev/null 2>&1 && break
    sleep 0.1
done
rm -f "$dir"/saved/*.eml

"$build/milter_post" "$smtp" "$dir/odd.eml" "$dir/plain.eml" "$dir/large.eml" >"$dir/replies" 2>"$dir/post.err" ||
    fail "a message was not taken: $(cat "$dir/replies" "$dir/post.err" "$dir/echo.err")"
[ ! -s "$dir/echo.err" ] || fail "the filter complains: $(cat "$dir/echo.err")"

for name in odd plain large; do
    id=$(sed -n 's/^250 .*queued as //p' "$dir/replies" | tr -d '\r' | sed -n "$(
        case $name in odd) echo 1p ;; plain) echo 2p ;; large) echo 3p ;; esac
    )")
    [ -n "$id" ] || fail "no queue id for $name"
    [ -s "$dir/saved/$id.eml" ] || fail "no $name under its queue id $id: $(ls "$dir/saved")"
    cmp "$dir/$name.eml" "$dir/saved/$id.eml" || fail "$name did not reach the filter byte for byte"
done

for i in $(seq 300); do
    [ "$(find "$dir/mail/box/new" -type f 2>/dev/null | wc -l)" -ge 6 ] && break
    sleep 0.1
done
odd=$(grep -l '^DKIM-Signature' "$dir"/mail/box/new/* | head -n 1)
[ -n "$odd" ] || fail "the message was not delivered"
grep -qi '^X-Old' "$odd" && fail "a header that was deleted arrived"
[ "$(grep -c '^X-Change:' "$odd")" -eq 2 ] || fail "X-Change is not there twice"
grep -A 1 '^X-Change: changed,$' "$odd" | grep -q '^	folded$' || fail "the second X-Change was not changed"
grep -q '^X-Change: first$' "$odd" || fail "the first X-Change was changed"
grep -qx "X-Echo: $(wc -c <"$dir/odd.eml")" "$odd" || fail "the added header did not arrive"
awk '/^Received:/ { seen = 1; next } seen && /^[^ \t]/ { exit !/^X-Echo-First: yes$/ }' "$odd" ||
    fail "the inserted header does not stand below Received"

# One answer to the negotiation, and answers to the end of a message only.
awk '
$1 == ">" { last = $2 }
$1 == "<" && last != "O" && last != "E" { print "answered after " last ": " $0; found = 1 }
END { exit found }' "$dir/talk" || fail "something was answered that nobody waits for"
[ "$(grep -c '^> E' "$dir/talk")" -ge 3 ] || fail "no conversation was written"
[ -z "${KEEP_TALK:-}" ] || cp "$dir/talk" "$KEEP_TALK"
echo "milter_postfix: 3 messages through Postfix $(postconf -c "$dir/etc" -h mail_version), edits arrived, only the end is answered"
