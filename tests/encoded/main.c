#include "cli/program/start.h"

#include "encoded_api.h"

/* The program, with every call between its commands and its use cases encoded and decoded. */
int main(int argc, char **argv)
{
    return cl_cli_main(argc, argv, cl_encoded_api_wrap);
}
