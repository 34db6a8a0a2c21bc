tnef_PKGS := libytnef
tnef_DEBS := libytnef0-dev
