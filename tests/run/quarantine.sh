#!/bin/sh
# SPDX-License-Identifier: MIT
# Held mail through the command line: found, shown, released with the mail server's word,
# deleted, mended; keys right, wrong, missing and rotated.
set -eu
cd "$(dirname "$0")/../.."
build=${ASSAY_BUILD:-build}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
umask 027

fail() {
    echo "quarantine: $*" >&2
    cat "$dir/err" >&2 || true
    exit 1
}

# STATUS COMMAND...: runs it and wants that exit status.
want() {
    wanted=$1
    shift
    status=0
    "$@" >"$dir/out" 2>"$dir/err" || status=$?
    [ "$status" -eq "$wanted" ] || fail "$*: exit status $status, not $wanted: $(cat "$dir/out")"
}
q() { "$build/assay" quarantine "$@" --config "$dir/plugins.conf"; }
has() { # PATTERN [FILE]
    grep -q -- "$1" "${2:-$dir/out}" || fail "no \"$1\" in: $(cat "${2:-$dir/out}")"
}
keep() { # FILE SENDER RCPT...
    file=$1
    shift
    "$build/quarantine_front" keep "$dir/plugins.conf" "$file" "$@"
}
state() { q list --json | jq -r "select(.id == \"$1\") | .state + \": \" + .answer"; }
delivered() { cat "$dir"/delivered.* 2>/dev/null | grep -c '^Subject:' || true; }

# A mail server of few words: it answers what is in `answer`, and keeps what it takes.
cat >"$dir/sendmail" <<END
#!/bin/sh
read -r answer <"$dir/answer"
case \$answer in
0) cat >"$dir/delivered.\$\$" ; echo "\$*" >>"$dir/args" ; echo "queued as 4TEST" ;;
die) cat >"$dir/delivered.\$\$" ; kill -9 \$PPID ; sleep 0.1 ;;
*) cat >/dev/null ; echo "452 4.3.1 Insufficient system storage" ; exit \$answer ;;
esac
END
chmod 755 "$dir/sendmail"
printf '%064d\n' 1 >"$dir/key"
chmod 600 "$dir/key"
cat >"$dir/plugins.conf" <<END
[policy]
anomaly = quarantine
[quarantine]
folder = held
key_file = key
sendmail = sendmail
min_free = 0
END
printf 'From: Eve <eve@example.net>\r\nSubject: good \033[31m one\r\nMessage-ID: <1@x>\r\n\r\nbell \007 and \033]0;title\007\r\n' >"$dir/one.eml"
printf 'From: mallory@example.net\r\nSubject: second\r\n\r\nEICAR\r\n' >"$dir/two.eml"

# Two are held, one of them twice.
one=$(keep "$dir/one.eml" eve@example.net bob@example.org alice@example.org)
two=$(keep "$dir/two.eml" '' alice@example.org)
again=$(keep "$dir/one.eml" eve@example.net alice@example.org bob@example.org)
[ "$one" = "$again" ] || fail "one content for the same recipients is two: $one $again"
[ "$(find "$dir/held" -name '*.mail' | wc -l)" -eq 2 ] || fail "not two files"
! grep -rqa 'EICAR' "$dir/held" || fail "an encrypted message is in the clear"

# Found by each of its marks.
found() { # ID FLAGS...
    id=$1
    shift
    want 0 q list --json "$@"
    [ "$(jq -r .id "$dir/out")" = "$id" ] || fail "$*: found $(cat "$dir/out")"
}
found "$one" --sender EVE@
found "$one" --rcpt bob
found "$two" --subject mallory
found "$one" --subject good
found "$two" --name eicar
found "$two" --kind malware
found "$one" --kind suspicious --since 1h --client 192.0.2 --queue-id 4front
want 0 q list --until 1h
[ ! -s "$dir/out" ] || fail "something is held before it was: $(cat "$dir/out")"
want 0 q list --json --max 1
[ "$(wc -l <"$dir/out")" -eq 1 ] || fail "--max 1 gives more"
[ "$(q list --json --rcpt bob | jq .times)" -eq 2 ] || fail "the second time is not counted"
want 2 q list --kind malwar
has 'nearest is malware' "$dir/err"
want 2 q list --since yesterday
has 'is no time' "$dir/err"
want 2 q lst
has 'nearest is list' "$dir/err"
want 2 q show
want 2 q show 0000
has 'nothing that is held' "$dir/err"

# Shown without a control character; raw only to those who can take it.
want 0 q list
! tr -d '\n' <"$dir/out" | grep -q '[[:cntrl:]]' || fail "list prints control characters"
want 0 q show --text "$(printf %.8s "$one")"
has 'Subject: good .x1B'
has 'recipient   alice@example.org'
has 'finding     suspicious front Odd'
! tr -d '\n' <"$dir/out" | grep -q '[[:cntrl:]]' || fail "show prints control characters"
want 0 q show --raw "$one"
cmp -s "$dir/out" "$dir/one.eml" || fail "show --raw gives other bytes"
want 0 q show --json "$one"
jq -e '.steps == [] and (.recipients | length) == 2 and .findings[0].name == "Odd"' "$dir/out" >/dev/null ||
    fail "show --json: $(cat "$dir/out")"
if command -v script >/dev/null; then
    status=0
    script -qec "$build/assay quarantine show --raw $one --config $dir/plugins.conf" /dev/null \
        >"$dir/tty" 2>&1 || status=$?
    [ "$status" -eq 2 ] || fail "show --raw writes to a terminal"
    has 'may command a terminal' "$dir/tty"
fi

# Released while the server is full, then not, then asked again: told as it was.
echo 75 >"$dir/answer"
want 1 q release --no-plugins "$one"
has 'refused: sendmail ended with status 75: 452 4.3.1 Insufficient system storage'
[ "$(state "$one")" = "refused: sendmail ended with status 75: 452 4.3.1 Insufficient system storage" ] ||
    fail "the answer is not kept: $(state "$one")"
echo 0 >"$dir/answer"
want 0 q release --no-plugins "$one"
has 'released: sendmail ended with status 0: queued as 4TEST'
want 0 q release --no-plugins "$one"
has 'was released already, nothing was sent'
[ "$(delivered)" -eq 1 ] || fail "delivered $(delivered) times"
[ "$(cat "$dir/args")" = "-i -f eve@example.net -- alice@example.org bob@example.org" ] ||
    fail "the envelope is another: $(cat "$dir/args")"
[ "$(state "$one")" = "released: sendmail ended with status 0: queued as 4TEST" ] || fail "$(state "$one")"

# It comes through again once, and only as it was.
mail=$(echo "$dir"/delivered.*)
ask() { "$build/quarantine_front" ask "$dir/plugins.conf" "$1" eve@example.net alice@example.org; }
{ cat "$mail" && echo changed; } >"$dir/changed"
[ "$(ask "$dir/changed")" = "not exempt" ] || fail "another message is exempt"
[ "$(ask "$mail")" = "exempt $one" ] || fail "it is not exempt"
[ "$(ask "$mail")" = "not exempt" ] || fail "it is exempt twice"
rm -f "$dir"/delivered.*

# Killed when the server had it: unknown, told so, and not sent again unasked.
echo die >"$dir/answer"
want 137 q release --no-plugins "$two"
want 1 q release --no-plugins "$two"
[ "$(delivered)" -eq 1 ] || fail "a message of unknown fate was sent again: $(delivered)"
want 0 q verify
[ "$(state "$two")" = "unknown: a release was broken off before the mail server's answer came" ] ||
    fail "$(state "$two")"
echo 0 >"$dir/answer"
want 1 q release --no-plugins "$two"
has 'unknown'
has "release --again $two"
[ "$(delivered)" -eq 1 ] || fail "it was sent unasked"
want 0 q release --no-plugins --again "$two"
[ "$(delivered)" -eq 2 ] || fail "--again does not send it"
[ "$(state "$two")" = "released: sendmail ended with status 0: queued as 4TEST" ] || fail "$(state "$two")"
rm -f "$dir"/delivered.*

# Still bad as of today: not released, but in words, and that is on record.
printf 'Subject: n\000ul\r\n\r\nbody\r\n' >"$dir/three.eml"
three=$(keep "$dir/three.eml" eve@example.net alice@example.org)
want 1 q rescan --no-plugins "$three"
has "$three: anomaly, quarantine: core header.nul (.*plugins.conf:.*anomaly = quarantine)"
want 1 q release --no-plugins "$three"
has 'not released, it is still bad: core header.nul'
[ "$(delivered)" -eq 0 ] || fail "it was sent although it is bad"
want 0 q release --no-plugins --anyway "$three"
has 'event=release_anyway' "$dir/err"
has "id=$three" "$dir/err"
q show --json "$three" | jq -e '.steps[-1].anyway == true' >/dev/null || fail "--anyway is not kept"
want 0 q rescan --no-plugins "$two"

# Keys: a new one, the old one for reading; one that is missing or none.
cp "$dir/plugins.conf" "$dir/with_key"
printf '%064d\n' 2 >"$dir/new_key"
chmod 600 "$dir/new_key"
sed -i 's/^key_file = key$/key_file = new_key/' "$dir/plugins.conf"
want 2 q show "$one"
has 'encrypted with key' "$dir/err"
has 'old_key_files' "$dir/err"
want 0 q list --rcpt bob
want 1 q verify
has 'encrypted with key'
echo 'old_key_files = key' >>"$dir/plugins.conf"
want 0 q show "$one"
want 0 q verify --full
four=$(keep "$dir/one.eml" eve@example.net carol@example.org)
q list --json | jq -r .key | sort -u >"$dir/keys"
[ "$(wc -l <"$dir/keys")" -eq 2 ] || fail "not two keys: $(cat "$dir/keys")"
echo short >"$dir/new_key"
want 2 q list
has 'it has 5 characters; a key is 64 hexadecimal digits' "$dir/err"
rm "$dir/new_key"
want 2 q list
has 'No such file' "$dir/err"
printf '%064d\n' 2 >"$dir/new_key"
chmod 644 "$dir/new_key"
want 2 q list
has 'chmod' "$dir/err"
chmod 600 "$dir/new_key"

# Deleted, mended, expired.
want 0 q delete "$three"
[ -z "$(q list --json | jq -r "select(.id == \"$three\") | .id")" ] || fail "it is still there"
head=$(printf %.2s "$one")
: >"$dir/held/$head/$one.mail.new"
rm "$(find "$dir/held" -name "$two.mail")"
want 1 q verify --json
jq -e '.temporary == 1 and .lost == 1 and (.problems | length) == 1' "$dir/out" >/dev/null ||
    fail "verify: $(cat "$dir/out")"
[ "$(q list --json --state lost | jq -r .id)" = "$two" ] || fail "what is lost is not told"
want 0 q delete "$two"
want 0 q verify --full
echo 'garbage that is no database, but is long enough' >"$dir/held/index.db"
rm -f "$dir/held/index.db-wal" "$dir/held/index.db-shm"
want 2 q list
want 0 q verify
has 'made again from the files' "$dir/err"
[ "$(state "$one")" = "released: sendmail ended with status 0: queued as 4TEST" ] ||
    fail "the state is not in the file: $(state "$one")"
[ "$(q list --json | wc -l)" -eq 2 ] || fail "not both are back: $(q list)"
want 0 q expire
has '^0 messages'
echo 'max_bytes = 1' >>"$dir/plugins.conf"
want 0 q expire
has '^2 messages deleted'
[ -z "$(q list)" ] && [ -z "$(find "$dir/held" -name '*.mail')" ] || fail "something is left: $four"
echo "quarantine: found, shown, released once, mended"
