# SPDX-License-Identifier: GPL-2.0-or-later
tnef_PKGS := libytnef
tnef_DEBS := libytnef0-dev
