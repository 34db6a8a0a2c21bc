# SPDX-License-Identifier: MIT
# expat reads IMF's own weight files, which are XML in UTF-16.
spam_PKGS := expat
spam_DEBS := libexpat1-dev
