#include <stddef.h>

#include "cli/program/start.h"

int main(int argc, char **argv)
{
    return cl_cli_main(argc, argv, NULL);
}
