#ifndef CLEAT_CLI_PROGRAM_START_H
#define CLEAT_CLI_PROGRAM_START_H

struct cl_api;

/**
 * The whole program: prepares the process, fills the world, runs one command.
 *
 * @param wrap  NULL, or what stands between the commands and the use cases (tests: every value
 *              encoded and decoded); takes the api over and returns one that frees it
 * @return the exit code
 */
int cl_cli_main(int argc, char **argv, struct cl_api *(*wrap)(struct cl_api *inner));

#endif
