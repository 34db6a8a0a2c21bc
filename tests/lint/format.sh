#!/bin/sh
# SPDX-License-Identifier: MIT
# Sources stand as clang-format writes them; `make format` does it.
set -eu
find core plugins sdk tests \( -name '*.[ch]' -o -name '*.cpp' \) | sort |
    xargs clang-format --dry-run -Werror
