# SPDX-License-Identifier: GPL-2.0-only
clamav_PKGS := libclamav zlib
clamav_DEBS := libclamav-dev zlib1g-dev
