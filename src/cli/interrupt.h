#ifndef CLEAT_CLI_INTERRUPT_H
#define CLEAT_CLI_INTERRUPT_H

#include <stdatomic.h>
#include <stdbool.h>

/*
 * Ctrl-C. A signal handler needs something global: this unit is the only one that has it.
 */

/**
 * From now on Ctrl-C sets the flag, and a second one ends the process with exit code 130. What
 * exec starts has the usual behaviour again. Where Ctrl-C was ignored (nohup) it stays ignored.
 */
void cl_interrupt_install(void);

/** For cl_call.cancelled. */
const atomic_bool *cl_interrupt_flag(void);

/** A descriptor that becomes readable with the first Ctrl-C; -1 without cl_interrupt_install. */
int cl_interrupt_fd(void);

/** Waits until there is something to read, or the end; false after Ctrl-C. */
bool cl_interrupt_wait_input(int fd);

#endif
