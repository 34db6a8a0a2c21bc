/* SPDX-License-Identifier: MIT */
#include "base/error.h"

G_DEFINE_QUARK(assay_base_error, base_error)
