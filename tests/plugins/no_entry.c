/* SPDX-License-Identifier: MIT */
/* A shared object, but no plugin. */
int answer(void);

int answer(void)
{
    return 42;
}
