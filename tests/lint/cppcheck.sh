#!/bin/sh
# SPDX-License-Identifier: MIT
# cppcheck over core and plugins.  What is suppressed is suppressed at its line, with a
# reason.
set -eu
mkdir -p build/lint/cppcheck
# Results of unchanged files are kept there.  Headers of libraries are not read: their
# macros are given by --library and -D.
cppcheck --quiet -j 2 --std=c11 --language=c --enable=warning,performance,portability \
    --library=gtk --inline-suppr --error-exitcode=1 \
    --cppcheck-build-dir=build/lint/cppcheck \
    --suppress=missingIncludeSystem --suppress=unmatchedSuppression \
    -D'G_DEFINE_QUARK(a,b)=' -D'G_GNUC_PRINTF(a,b)=' \
    -D__x86_64__ -DASSAY_VERSION='"0"' -DASSAY_PREFIX='"/usr"' -DASSAY_IN_TREE='""' \
    --template='{file}:{line}: {severity}: {message} [{id}]' \
    -I core -I sdk/include core plugins
