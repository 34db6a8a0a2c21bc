/* SPDX-License-Identifier: MIT */
#include "base/error.h"

G_DEFINE_QUARK(assay - base - error, base_error)
