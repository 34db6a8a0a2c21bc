#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The plugin clamav as a whole: ClamAV's test files, mail-only signatures, phishing,
# encryption, limits, members scanned once, options, stamps, refusals.
set -u
cd "$(dirname "$0")/../.." || exit 2
top=$PWD
build=${ASSAY_BUILD:-build}
case $build in /*) ;; *) build=$top/$build ;; esac
assay=$build/assay
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
failures=0

# check WHAT GOT WANTED
check() {
    if [ "$2" != "$3" ]; then
        printf 'clamav.sh: %s\n  got    %s\n  wanted %s\n' "$1" "$2" "$3" >&2
        failures=$((failures + 1))
    fi
}

# conf NAME [LINE...]: a configuration with clamav and archive and these lines in
# the section of clamav
conf() {
    file=$work/$1.conf
    shift
    {
        printf '[limits]\n[verdict]\n[policy]\n'
        printf '[plugin archive]\nfile = %s/plugins/archive.so\n' "$build"
        printf '[plugin clamav]\nfile = %s/plugins/clamav.so\n' "$build"
        case "$*" in
        *database*) ;;
        *) printf 'database = %s/sigs/clamav\n' "$top" ;;
        esac
        [ $# -eq 0 ] || printf '%s\n' "$@"
    } >"$file"
}

# head SUBJECT TYPE: a mail's header
head_of() {
    printf 'From: a@example.org\nTo: b@example.net\nSubject: %s\n' "$1"
    printf 'MIME-Version: 1.0\nContent-Type: %s\n' "$2"
}

# attach FILE: a mail with FILE attached
attach() {
    head_of test 'application/octet-stream'
    printf 'Content-Disposition: attachment; filename="%s"\n' \
        "$(basename "$1")"
    printf 'Content-Transfer-Encoding: base64\n\n'
    base64 "$1"
}

# scan CONF FILE...: JSON, one object a message
scan() {
    use=$work/$1.conf
    shift
    "$assay" scan --json --explain --config "$use" "$@"
}

# said CONF FILE: "KIND NAME OBJECT" of each finding by clamav
said() {
    scan "$@" | jq -r '.findings[] | select(.plugin == "clamav")
        | "\(.kind) \(.name) \(.object)"' | sort
}

# calls CONF FILE: how often clamav was asked
calls() {
    scan "$@" | jq '.plugins[] | select(.name == "clamav") | .calls'
}

# In two halves: this file is not to be taken for infected.
eicar() {
    printf '%s%s' 'X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-' \
        'STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'
}

conf plain
eicar_name=Eicar-Test-Signature.UNOFFICIAL

# --- all of ClamAV's test files ------------------------------------------------
files=/usr/share/clamav-testfiles
if [ -d $files ]; then
    mkdir "$work/testfiles"
    for f in "$files"/*; do
        attach "$f" >"$work/testfiles/$(basename "$f").eml"
    done
    scan plain "$work/testfiles" >"$work/testfiles.json"
    missed=$(jq -r 'select([.findings[] | select(.plugin == "clamav"
        and .kind == "malware")] == []) | .file' "$work/testfiles.json")
    total=$(wc -l <"$work/testfiles.json")
    check "answers for ClamAV's test files" "$total" "$(ls $files | wc -l)"
    check "ClamAV's test files not found" "$missed" ""
    printf 'clamav.sh: %s of %s of ClamAV'"'"'s test files found\n' \
        "$(jq -s '[.[] | select(.kind == "malware")] | length' \
            "$work/testfiles.json")" "$total"
else
    echo "clamav.sh: skipped: package clamav-testfiles is not installed"
fi

# --- EICAR ----------------------------------------------------------------------
eicar >"$work/eicar.com"
(cd "$work" && zip -q eicar.zip eicar.com && zip -q deeper.zip eicar.zip &&
    zip -q -P secret locked.zip eicar.com)
{ head_of t text/plain; echo; eicar; } >"$work/text.eml"
for f in eicar.com eicar.zip deeper.zip locked.zip; do
    attach "$work/$f" >"$work/$f.eml"
done
check "EICAR as a text" "$(said plain "$work/text.eml")" "malware $eicar_name 1"
check "EICAR attached" "$(said plain "$work/eicar.com.eml")" \
    "malware $eicar_name 1"
check "EICAR in a zip" "$(said plain "$work/eicar.zip.eml")" \
    "malware $eicar_name 1"
check "EICAR in a zip in a zip" "$(said plain "$work/deeper.zip.eml")" \
    "malware $eicar_name 1"
check "an encrypted zip" "$(said plain "$work/locked.zip.eml")" \
    "encrypted Heuristics.Encrypted.Zip 1"
conf no-encrypted 'encrypted_archives = no'
check "an encrypted zip, not wanted" \
    "$(said no-encrypted "$work/locked.zip.eml")" ""

# --- what only libclamav's mail parser sees --------------------------------------
mark=ASSAY-MAIL-ONLY-TEST-b7c2d1c5e94f4a06
link='<a href="http://other.example.net/x">http://www.assay-bank.example/</a>'
only=Assay.Test.MailOnly.UNOFFICIAL
spoof=Heuristics.Phishing.Email.SpoofedDomain
{ head_of "$mark" text/plain; printf '\nhello\n'; } >"$work/t4-header.eml"
{ head_of t text/plain; printf '\n%s\n' $mark; } >"$work/t4-plain.eml"
{
    head_of t text/plain
    printf 'Content-Transfer-Encoding: base64\n\n'
    echo "some text, then $mark" | base64
} >"$work/t4-base64.eml"
{
    head_of t 'multipart/mixed; boundary=b'
    printf '\n--b\nContent-Type: text/html\n\n<html>%s</html>\n' "$link"
    printf -- '--b\nContent-Type: image/gif\n\nGIF89a-not-really\n--b--\n'
} >"$work/link.eml"
{
    head_of t text/html
    printf 'Content-Transfer-Encoding: base64\n\n'
    echo "<html>$link</html>" | base64
} >"$work/link-base64.eml"
printf '%s\n' "$mark" >"$work/mark.txt"
for f in t4-header t4-plain; do
    check "a mail-only signature: $f" "$(said plain "$work/$f.eml")" \
        "malware $only "
done
# libclamav tries these on a mail as it stands, not on decoded texts.  Should that
# change, raw = always below finds more than raw = auto, and mail.c has to follow.
check "a mail-only signature: t4-base64" \
    "$(said plain "$work/t4-base64.eml")" ""
check "phishing in a part" "$(said plain "$work/link.eml")" \
    "phishing $spoof "
check "phishing in base64" "$(said plain "$work/link-base64.eml")" \
    "phishing $spoof "
conf never 'raw = never'
conf always 'raw = always'
for f in t4-header t4-base64 link; do
    check "raw = never, $f" "$(said never "$work/$f.eml")" ""
    check "raw = always, $f" "$(said always "$work/$f.eml")" \
        "$(said plain "$work/$f.eml")"
done
conf no-phishing 'phishing = no'
check "phishing = no" "$(said no-phishing "$work/link.eml")" ""
attach "$work/mark.txt" >"$work/mark.eml"
check "a mail-only signature does not fit an attached file" \
    "$(said plain "$work/mark.eml")" ""

# --- forwarded mails -----------------------------------------------------------------
# forward FILE [ENCODING]: a mail that forwards FILE
forward() {
    head_of fwd 'multipart/mixed; boundary=b'
    printf '\n--b\nContent-Type: message/rfc822\n'
    if [ $# -gt 1 ]; then
        printf 'Content-Transfer-Encoding: base64\n\n'
        base64 "$1"
    else
        echo
        cat "$1"
    fi
    printf -- '\n--b--\n'
}
{ head_of t text/html; printf '\n<html>%s</html>\n' "$link"; } >"$work/f0.eml"
forward "$work/f0.eml" >"$work/f1.eml"
forward "$work/t4-plain.eml" encoded >"$work/fe.eml"
check "phishing in a forwarded mail" "$(said plain "$work/f1.eml")" \
    "phishing $spoof 1"
check "a mail-only signature in an encoded forwarded mail" \
    "$(said plain "$work/fe.eml")" "malware $only 1"
check "a mail-only signature in a forwarded mail, once" \
    "$(forward "$work/t4-plain.eml" >"$work/fp.eml"
        said plain "$work/fp.eml")" "malware $only "
# --- limits: in every case it is told that not all was looked at -------------------
(
    cd "$work" && mkdir many && cd many &&
        for i in 1 2 3 4 5 6 7 8; do echo "file number $i" >"$i.txt"; done &&
        zip -q ../many.zip ./*.txt && cd .. &&
        head -c 400000 /dev/zero >big.bin && zip -q big.zip big.bin &&
        cp many.zip n0.zip &&
        for i in 1 2 3 4 5 6; do zip -q "n$i.zip" "n$((i - 1)).zip"; done
)
for f in many.zip big.zip n6.zip; do attach "$work/$f" >"$work/$f.eml"; done
limit=Heuristics.Limits.Exceeded
conf files 'max_files = 4'
check max_files "$(said files "$work/many.zip.eml")" "partial $limit.MaxFiles 1"
conf no-heuristics 'max_files = 4' 'heuristics = no'
check "max_files without heuristics" "$(said no-heuristics "$work/many.zip.eml")" \
    "partial $limit.MaxFiles 1"
conf size 'max_filesize = 128 KiB'
check "a member that libclamav cuts in silence" \
    "$(said size "$work/big.zip.eml" | head -1)" \
    "partial $limit.MaxFileSize 1"
conf depth 'max_recursion = 4'
check max_recursion "$(said depth "$work/n6.zip.eml" | head -1)" \
    "partial $limit.MaxRecursion 1"
conf bytes 'max_scansize = 200 KiB'
check max_scansize "$(said bytes "$work/big.zip.eml" | head -1)" \
    "partial $limit.MaxScanSize 1"
for f in many.zip big.zip n6.zip; do
    check "$f within the limits" "$(said plain "$work/$f.eml")" ""
done

# --- members once ------------------------------------------------------------------
# header, message, attachment; no member
check "calls for a zip of eight" "$(calls plain "$work/many.zip.eml")" 3
conf members 'members = always'
check "calls with members = always" "$(calls members "$work/many.zip.eml")" 11
# What libclamav cannot open itself (lzma) is shown to it member by member.
if command -v xz >/dev/null; then
    xz --format=lzma -k "$work/eicar.com"
    attach "$work/eicar.com.lzma" >"$work/lzma.eml"
    check "a member of what libclamav cannot open" \
        "$(said plain "$work/lzma.eml" | cut -d' ' -f1,2)" \
        "malware $eicar_name"
fi

# --- kinds and options ---------------------------------------------------------------
mkdir "$work/db"
hex() { printf '%s' "$1" | od -An -tx1 | tr -d ' \n'; }
printf 'PUA.Tool.Test:0:*:%s\n' "$(hex assay-unwanted-program)" \
    >"$work/db/pua.ndu"
printf 'Html.Phishing.Test-1:0:*:%s\n' "$(hex assay-phishing-page)" \
    >"$work/db/own.ndb"
cp "$top/sigs/clamav/assay-test.ndb" "$work/db/"
{ head_of t text/plain; printf '\nassay-unwanted-program\n'; } >"$work/pua.eml"
{ head_of t text/plain; printf '\nassay-phishing-page\n'; } >"$work/page.eml"
{
    head_of t text/plain
    printf '\n4111 1111 1111 1111 and 5500005555555559 and 340000000000009\n'
    printf 'and 4012888888881881\n'
} >"$work/cards.eml"
conf own "database = $work/db"
conf own-pua "database = $work/db" 'pua = yes'
conf own-tool "database = $work/db" 'pua = yes' 'pua_include = Tool'
conf own-not "database = $work/db" 'pua = yes' 'pua_exclude = Tool'
check "pua = no" "$(said own "$work/pua.eml")" ""
check "pua = yes" "$(said own-pua "$work/pua.eml" | cut -d' ' -f1,2 | uniq)" \
    "suspicious PUA.Tool.Test.UNOFFICIAL"
check pua_include \
    "$(said own-tool "$work/pua.eml" | cut -d' ' -f1,2 | uniq)" \
    "suspicious PUA.Tool.Test.UNOFFICIAL"
check pua_exclude "$(said own-not "$work/pua.eml")" ""
check "a phishing signature" \
    "$(said own "$work/page.eml" | cut -d' ' -f1,2 | uniq)" \
    "phishing Html.Phishing.Test-1.UNOFFICIAL"
conf cards 'structured = yes'
check "structured = no" "$(said plain "$work/cards.eml")" ""
check "structured = yes" \
    "$(said cards "$work/cards.eml" | cut -d' ' -f1,2 | uniq)" \
    "policy Heuristics.Structured.CreditCardNumber"

# --- rules about mails as containers, also inside of an (unsigned) archive ---------------
mkdir "$work/rules" "$work/archive"
printf 'Test.Inside;Engine:81-255,Container:CL_TYPE_MAIL,Target:0;0;%s\n' \
    "$(hex assay-inside-mark)" >"$work/rules/t.ldb"
printf 'Test.Name:CL_TYPE_MAIL:*:.*assaybadname.*:*:*:*:*:*:*\n' \
    >"$work/rules/t.cdb"
(
    cd "$work/rules" || exit 1
    head='ClamAV-VDB:24 Nov 2026 12-00 +0000:7:2:81:X:X:assay:1795521600'
    {
        echo "$head"
        for f in t.ldb t.cdb; do
            printf '%s:%s:%s\n' $f "$(wc -c <$f)" \
                "$(sha256sum $f | cut -d' ' -f1)"
        done
    } >t.info
    printf '%-512s' "$head" >../archive/t.cud
    tar cf - --format=ustar t.info t.ldb t.cdb | gzip >>../archive/t.cud
    rm t.info
)
{
    head_of t 'multipart/mixed; boundary=b'
    printf '\n--b\nContent-Type: text/plain\n'
    printf 'Content-Disposition: attachment; filename=assaybadname.txt\n'
    printf 'Content-Transfer-Encoding: base64\n\n'
    echo "some text, then assay-inside-mark" | base64
    printf -- '--b--\n'
} >"$work/inside.eml"
conf rules "database = $work/rules, $top/sigs/clamav"
conf archive "database = $work/archive, $top/sigs/clamav"
conf rules-parts "database = $work/rules, $top/sigs/clamav" 'raw = never'

conf names "database = $work/rules/t.cdb, $top/sigs/clamav"
wanted="malware Test.Inside.UNOFFICIAL 
malware Test.Name.UNOFFICIAL "
check "rules about mails" "$(said rules "$work/inside.eml")" "$wanted"
# libclamav leaks a digest for each unsigned archive: not ours to mend.
check "rules about mails in an archive" "$(
    export ASAN_OPTIONS=detect_leaks=0
    said archive "$work/inside.eml"
)" "$wanted"
check "rules about names alone" "$(said names "$work/inside.eml")" \
    "malware Test.Name.UNOFFICIAL "
check "rules about mails, raw = never" \
    "$(said rules-parts "$work/inside.eml")" ""

# --- stamp and facts -------------------------------------------------------------------
version() {
    "$assay" plugins --json --config "$work/own.conf" |
        jq -r '.. | objects | select(.name? == "clamav") | .signatures
            | "\(.count) \(.database)"'
}
one=$(version)
printf 'Another.Test:0:*:%s\n' "$(hex assay-another)" >>"$work/db/own.ndb"
two=$(version)
check "signatures counted" "${one%% *} ${two%% *}" "3 4"
[ "${one#* }" != "${two#* }" ]
check "new signatures are a new version" $? 0
check "facts" "$(scan own "$work/page.eml" | jq -c '.facts
    | [.["clamav.signatures"], .["clamav.age_days"]]')" '["4","0"]'

# --- refusals teach ----------------------------------------------------------------------
# refused CONF WORD: the plugin is refused, with WORD in the reason
refused() {
    out=$("$assay" scan --config "$work/$1.conf" "$work/text.eml" 2>&1)
    check "exit code of $1" $? 2
    case $out in
    *refused*"$2"*) ;;
    *) check "refusal of $1" "$out" "... refused ... $2 ..." ;;
    esac
}
mkdir "$work/broken" "$work/empty"
echo 'This.Is:not:a:signature' >"$work/broken/x.ndb"
conf broken "database = $work/broken, $top/sigs/clamav"
refused broken "$work/broken"
conf nothing "database = $work/empty, $work/does-not-exist"
refused nothing freshclam
conf no-eicar "database = $top/sigs/clamav/assay-test.hsb"
conf both 'pua = yes' 'pua_include = Tool' 'pua_exclude = Tool'
refused both 'pua_include and pua_exclude'
out=$("$assay" scan --config "$work/own.conf" "$work/text.eml" 2>&1 >/dev/null)
check "nothing but answers is printed" "$out" ""

[ $failures -eq 0 ] || { echo "clamav.sh: $failures failed" >&2; exit 1; }
echo "clamav.sh: all passed"
