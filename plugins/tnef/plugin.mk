# SPDX-License-Identifier: MIT
# Needs nothing but libc: README.md says why not libytnef.
