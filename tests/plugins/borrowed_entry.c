/* SPDX-License-Identifier: MIT */
/* Has no entry of its own, but is linked with a library that has one. */
const void *assay_plugin_v1(void);
const void *lend(void);

const void *lend(void)
{
    return assay_plugin_v1();
}
