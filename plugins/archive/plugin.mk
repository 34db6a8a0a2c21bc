# SPDX-License-Identifier: MIT
archive_PKGS := libarchive
archive_DEBS := libarchive-dev
