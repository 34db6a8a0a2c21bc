/* SPDX-License-Identifier: MIT */
/*
 * The commands of the program `assay`, and what its exit status means.
 */
#ifndef CLI_CMD_H
#define CLI_CMD_H

/* Exit status of every command.  Part of the interface: scripts rely on it. */
enum cmd_exit {
    CMD_CLEAN = 0,   /* done; scan: nothing was found in any message */
    CMD_FOUND = 1,   /* scan: something was found, nothing failed;
                        status: an alarm is raised; quarantine: a message
                        was not released, or is still bad, or something
                        could not be mended */
    CMD_TROUBLE = 2, /* something could not be scanned, a plugin that is not
                        optional was refused, a running Assay could not be
                        asked or did not reload, or bad usage */
};

/* Each takes the arguments from its own name on: argv[0] is "scan". */
int cmd_scan(int argc, char **argv);
int cmd_conf(int argc, char **argv);
int cmd_plugins(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_reload(int argc, char **argv);
int cmd_stop(int argc, char **argv);
int cmd_drain(int argc, char **argv);
int cmd_quarantine(int argc, char **argv);

#endif
