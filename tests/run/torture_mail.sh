#!/bin/sh
# SPDX-License-Identifier: MIT
# The short form of `make torture-mail`: no mail is lost, whatever dies.
set -eu
cd "$(dirname "$0")/../.."
exec sh tests/torture_mail/torture_mail.sh 300 2 1 "$@"
