# SPDX-License-Identifier: GPL-2.0-only
clamav_PKGS := libclamav
clamav_DEBS := libclamav-dev
