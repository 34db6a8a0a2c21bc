# SPDX-License-Identifier: MIT
# Names, types and sizes of attachments: nothing but libc.
