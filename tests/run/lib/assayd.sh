# SPDX-License-Identifier: MIT
# assayd as root starts it; sourced after rig.sh.
#
#   assayd_conf NAME [PLUGIN...] <<END   $rig/NAME.conf: rules from standard input, these
#                                  plugins (default: all), test signatures allowed
#   assayd_start NAME              sets $assayd_pid; log: $rig/NAME.log
#   assayd_stop NAME
#
# NAME listens at unix:$rig/NAME/milter, and where $assayd_also says; its quarantine is
# $rig/NAME/quarantine.  $assayd_milter and $assayd_quarantine are more lines of their
# sections, $assayd_signatures is where ClamAV's are.
assayd_rooms() {
    mkdir -p "$rig/$1/run"
    for folder in quarantine spool; do
        [ -d "$rig/$1/$folder" ] || mkdir -m 700 "$rig/$1/$folder"
        chown "$(assayd_user)" "$rig/$1/$folder"
    done
}
assayd_user() { id -un assay 2>/dev/null || echo daemon; }
assayd_conf() {
    [ -x "$build/assayd" ] || skip "build/assayd is not built"
    name=$1
    shift
    [ $# -gt 0 ] || set -- attachment archive tnef clamav spam
    assayd_rooms "$name"
    {
        printf '[daemon]\ncontrol = %s\nallow_test_signatures = yes\n' "$rig/$name/run/control"
        printf '[alarm]\nmax_age = 0\n[milter]\nlisten = unix:%s%s\nsocket_group = postfix\n%s\n' \
            "$rig/$name/milter" "${assayd_also:+, $assayd_also}" "${assayd_milter:-}"
        printf '[quarantine]\nfolder = %s\n%s\n' "$rig/$name/quarantine" "${assayd_quarantine:-}"
        cat
        for plugin in "$@"; do
            printf '[plugin %s]\nfile = %s/plugins/%s.so\n' "$plugin" "$build" "$plugin"
            case $plugin in
            clamav) printf 'database = %s\n' "${assayd_signatures:-$PWD/sigs/clamav}" ;;
            attachment)
                printf 'block_lists = %s\n' "$PWD/sigs/attachment/owa-today.list, \
$PWD/sigs/attachment/assay-detected.list"
                printf 'macro_lists = %s\n' "$PWD/sigs/attachment/macro-documents.list"
                ;;
            esac
        done
    } >"$rig/$name.conf"
    rig_logs="$rig_logs $rig/$name.log"
}
assayd_start() {
    "$build/assayd" --config "$rig/$1.conf" >>"$rig/$1.log" 2>&1 &
    assayd_pid=$!
    eval "assayd_pid_$1=$assayd_pid"
    at_end "assayd_stop $1"
    wait_for 60 assayd_is_up "$1" || fail "assayd does not come up"
}
assayd_is_up() { "$build/assay" status --socket "$rig/$1/run/control"; }
assayd_stop() {
    eval "stop_pid \${assayd_pid_$1:-}; assayd_pid_$1="
}
# A line "SENDER RCPT" for each copy that is held.
assayd_held() {
    "$build/assay" quarantine list --json --config "$rig/${1:-assayd}.conf" |
        jq -r '"\(.sender) \(.recipients[].rcpt)"'
}
# The message that is held of this sender, as it is.
assayd_raw() {
    id=$("$build/assay" quarantine list --json --sender "$1" --config "$rig/${2:-assayd}.conf" |
        jq -r .id)
    "$build/assay" quarantine show --raw --config "$rig/${2:-assayd}.conf" "$id"
}
