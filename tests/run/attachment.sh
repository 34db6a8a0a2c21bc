#!/bin/sh
# SPDX-License-Identifier: MIT
# The attachment plugin's options, each on a sample mail: what is said then, and which
# lists and options are refused.
set -eu
cd "$(dirname "$0")/../.."

build=${ASSAY_BUILD:-build}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failures=0
checks=0

# LINES: a configuration with attachment and archive, and these lines for attachment
configure()
{
    printf '[plugin attachment]\nfile = attachment.so\n' >"$tmp/plugins.conf"
    case $1 in
    *block_lists*) ;;
    *)
        printf 'block_lists = %s/sigs/attachment/owa-today.list, ' "$PWD"
        printf '%s/sigs/attachment/assay-detected.list\n' "$PWD"
        ;;
    esac >>"$tmp/plugins.conf"
    printf 'macro_lists = %s/sigs/attachment/macro-documents.list\n' \
        "$PWD" >>"$tmp/plugins.conf"
    # shellcheck disable=SC2059 # the lines bring their own line ends
    printf "$1\n" >>"$tmp/plugins.conf"
    printf '[plugin archive]\nfile = archive.so\n' >>"$tmp/plugins.conf"
}

# LINES MAIL WANTED [ARG...]: the plugin's findings, as "name/kind" joined by blanks
check()
{
    configure "$1"
    lines=$1 mail=$2 wanted=$3
    shift 3
    checks=$((checks + 1))
    rc=0
    "$build/assay" scan --json --config "$tmp/plugins.conf" "$@" \
        "tests/mail/$mail.eml" >"$tmp/out" 2>"$tmp/err" || rc=$?
    got=$(jq -r '[.findings[] | select(.plugin == "attachment") |
        (.name | sub("attachment."; "")) + "/" + .kind] | join(" ")' "$tmp/out")
    [ "$rc" -le 1 ] && [ "$got" = "$wanted" ] && return
    echo "    $mail with \"$lines\" $*: got \"$got\", wanted \"$wanted\""
    sed 's/^/        /' "$tmp/err"
    failures=$((failures + 1))
}

# LINES TEXT: refused, and the message has TEXT
refused()
{
    configure "$1"
    checks=$((checks + 1))
    rc=0
    "$build/assay" scan --config "$tmp/plugins.conf" tests/mail/clean-plain.eml \
        >"$tmp/out" 2>&1 || rc=$?
    [ "$rc" -eq 2 ] && grep -qF "$2" "$tmp/out" && return
    echo "    \"$1\" ended with $rc and does not say \"$2\":"
    sed 's/^/        /' "$tmp/out"
    failures=$((failures + 1))
}

# --- extensions, names, types ---
check '' clean-zip ''
check 'block_extensions = csv' clean-zip 'archived_block/policy'
check 'block_extensions = .ZIP' clean-zip 'level1/policy'
check 'except_extensions = js' block-js ''
check 'except_extensions = exe' block-exe 'detected/policy'
check 'except_extensions = exe\nexcept_types = application/x-dosexec' block-exe ''
check 'block_names = oct*.zip' clean-zip 'name/policy'
check 'block_names = *october/fig*' clean-zip 'archived_block/policy'
check 'block_names = fig*' clean-zip 'archived_block/policy'
check 'block_names = oct*.pdf' clean-zip ''
check 'block_types = application/zip' clean-zip 'type/policy'
check 'block_types = application/*' clean-zip 'type/policy'
check 'block_types = text/plain, text/html' clean-newsletter ''
check 'block_detected = application/zip' clean-docx ''
check 'block_detected = application/pdf' clean-multipart-pdf-png 'detected/policy'
check 'block_detected = text/plain' clean-plain ''

# --- direction and size ---
check 'block_names = <in>oct*' clean-zip 'name/policy'
check 'block_names = <out>oct*' clean-zip ''
check 'block_names = <out>oct*' clean-zip 'name/policy' --auth anna
check 'block_names = <in>oct*' clean-zip '' --auth anna
check 'block_names = *.zip>1KB' clean-zip ''
check 'block_names = *.zip<1KB' clean-zip 'name/policy'
check 'max_size = 100' clean-zip 'size/policy'
check 'max_size = 100' clean-plain ''
check 'max_size = 1 MiB' clean-zip ''

# --- level 2, allow, precedence ---
level2="level2_lists = $PWD/sigs/attachment/owa2003-level2-files.list"
types2="level2_lists = $PWD/sigs/attachment/owa2003-level2-mime.list"
check "$level2" block-js 'level1/policy'
check "$level2\nexcept_extensions = js" block-js ''
check "$level2\nblock_lists = $PWD/sigs/attachment/owa2003-level1-mime.list" block-js \
    'level2/policy'
check "$level2\nblock_lists = $PWD/sigs/attachment/owa2003-level1-mime.list\nlevel2 = info" \
    block-js 'level2/info'
check "$level2\nblock_lists = $PWD/sigs/attachment/owa2003-level1-mime.list\nlevel2 = off" \
    block-js ''
check "$level2\nblock_lists = $PWD/sigs/attachment/owa2003-level1-mime.list\nallow_extensions = js" \
    block-js ''
check "$level2\nblock_lists = $PWD/sigs/attachment/owa2003-level1-mime.list\nallow_names = inv*.js" \
    block-js ''
check "$level2\nallow_extensions = js" block-js 'level1/policy'
check "$types2" clean-newsletter ''
check "$types2" clean-near-miss ''
check "$types2\nexcept_extensions = js" block-js 'level2/policy'
check "$types2\nexcept_extensions = js\nallow_types = application/octet-stream" block-js ''

# --- how things are told ---
check 'macros = off' block-docm ''
check 'macros = info' block-docm 'macro/info macro/info'
check 'macros = suspicious' block-xlm 'macro/suspicious'
check 'archived = info' block-zip 'archived_block/info'
check 'archived = off' block-zip ''
check 'encrypted_archives = policy' archive-encrypted-zip 'encrypted_archive/policy'
check 'encrypted_archives = off' archive-encrypted-zip ''
check 'deceptive_names = off' block-rlo 'level1/policy'
check 'deceptive_names = info' block-double-extension \
    'deceptive_name/info level1/policy'

# --- the other lists ---
for list in outlook-level1 owa2003-level1-files; do
    check "block_lists = $PWD/sigs/attachment/$list.list" block-js 'level1/policy'
done
check "block_lists = $PWD/sigs/attachment/edge-attachment-filter.list" block-js \
    'name/policy'
check "block_lists = $PWD/sigs/attachment/owa2003-level1-mime.list" block-type \
    'type/policy'

# --- what is refused ---
printf 'ext js\nexe\n' >"$tmp/bad.list"
refused "block_lists = $tmp/bad.list" 'bad.list:2: "exe" does not begin with ext'
refused "block_lists = $tmp/none.list" 'none.list: cannot be read'
refused 'block_names = >5MB' 'block_names: ">5MB" has no name in it'
refused 'block_extensions = a.b' 'block_extensions: "a.b" is no extension'
refused 'block_types = two words' 'block_types: "two words" is no media type'

if [ "$failures" -ne 0 ]; then
    echo "    $failures of $checks checks failed"
    exit 1
fi
echo "    attachment: $checks checks"
