#ifndef CLEAT_TESTS_AWS_CLIENT_H
#define CLEAT_TESTS_AWS_CLIENT_H

#include "core/api.h"

/* What issuing a credential of an AWS connector gives: values for those who hand it on. */

/* The documentation's example key, not one that works. */
#define AWS_CLIENT_KEY_ID \
    "AKIAIOSFODNN7"       \
    "EXAMPLE"
#define AWS_CLIENT_SECRET    \
    "wJalrXUtnFEMI/K7MDENG/" \
    "bPxRfiCYEXAMPLEKEY"
#define AWS_CLIENT_TOKEN "canary/token+with=signs"

#define AWS_CLIENT_CONNECTOR_ID "c0f8e857-aaaa-4bbb-8ccc-0123456789ab"

/** A session for s3://zenfiles until 2024-05-14T13:34:56Z, from connector aws-auto. */
struct cl_issue_client_result aws_client_bucket(void);

/** The same for aws-generic in us-east-1. */
struct cl_issue_client_result aws_client_generic(void);

/** The stored key itself, for aws-generic: no token, no end. */
struct cl_issue_client_result aws_client_stored(void);

/** A client of another connector type, as for a cluster. */
struct cl_issue_client_result aws_client_of_type(const char *connector_type);

/** Sets a value of what was issued. */
void aws_client_set(struct cl_issue_client_result *client, const char *attr, const char *value);
void aws_client_set_secret(struct cl_issue_client_result *client, const char *attr,
                           const char *value);

/** Makes it a client for another resource. */
void aws_client_set_resource(struct cl_issue_client_result *client, const char *type,
                             const char *id);

#endif
