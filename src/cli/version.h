#ifndef CLEAT_CLI_VERSION_H
#define CLEAT_CLI_VERSION_H

/* What was built, from what, when. */
struct cl_version {
    const char *version;    /* "0.1.0" */
    const char *commit;     /* short; "unknown" outside a checkout */
    const char *build_date; /* "2024-05-14" */
};

extern const struct cl_version cl_version;

/** The line of --version, without a line feed: "cleat 0.1.0 (1e490cc, 2024-05-14)". */
const char *cl_cli_version(void);

#endif
