archive_PKGS := libarchive
archive_DEBS := libarchive-dev
