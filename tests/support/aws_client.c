#include "aws_client.h"

#include <stdio.h>

#include "base/alloc.h"
#include "test.h"

#define EXPIRES_AT INT64_C(1715693696) /* an hour after a fake world's start */

static const struct cl_resource_type resources[] = {
    {.id = "aws-generic", .title = "Generic AWS resource"},
    {.id = "s3-bucket", .title = "AWS S3 bucket", .supports_instances = true},
    {.id = "kubernetes-cluster", .title = "AWS EKS Kubernetes cluster", .supports_instances = true},
};

static const struct cl_auth_method methods[] = {
    {.id = "iam-role", .title = "AWS IAM Role"},
    {.id = "secret-key", .title = "AWS Secret Key"},
};

static const struct cl_connector_type aws = {
    .id = "aws",
    .title = "AWS Service Connector",
    .methods = methods,
    .method_count = CL_COUNT(methods),
    .resources = resources,
    .resource_count = CL_COUNT(resources),
};

static void put(char **place, const char *text)
{
    struct cl_err err = CL_ERR_NONE;

    cl_free(*place);
    assert_ok(cl_str_dup(cl_str_of(text), place, &err), &err);
}

void aws_client_set(struct cl_issue_client_result *client, const char *attr, const char *value)
{
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_config_set_text(&client->issued.config, attr, cl_str_of(value), &err), &err);
}

void aws_client_set_secret(struct cl_issue_client_result *client, const char *attr,
                           const char *value)
{
    struct cl_secret *secret = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_secret_new(cl_str_of(value), &secret, &err), &err);
    assert_ok(cl_config_set_secret_take(&client->issued.config, attr, secret, &err), &err);
}

void aws_client_set_resource(struct cl_issue_client_result *client, const char *type,
                             const char *id)
{
    put(&client->issued.resource_type, type);
    put(&client->issued.resource_id, id);
}

struct cl_issue_client_result aws_client_stored(void)
{
    struct cl_issue_client_result client = {
        .connector = {.type = &aws, .method = &methods[1]},
        .issued = {.issued_at = EXPIRES_AT - 3600, .long_lived = true},
    };

    (void)snprintf(client.connector.id, sizeof(client.connector.id), AWS_CLIENT_CONNECTOR_ID);
    put(&client.connector.name, "aws-auto");
    put(&client.connector.owner, "default");
    put(&client.issued.connector_type, "aws");
    put(&client.issued.auth_method, "secret-key");
    aws_client_set_resource(&client, "aws-generic", "us-east-1");
    aws_client_set(&client, "region", "us-east-1");
    aws_client_set_secret(&client, "aws_access_key_id", AWS_CLIENT_KEY_ID);
    aws_client_set_secret(&client, "aws_secret_access_key", AWS_CLIENT_SECRET);
    return client;
}

struct cl_issue_client_result aws_client_generic(void)
{
    struct cl_issue_client_result client = aws_client_stored();

    client.connector.method = &methods[0];
    client.issued.long_lived = false;
    client.issued.expires_at = EXPIRES_AT;
    put(&client.issued.auth_method, "sts-token");
    aws_client_set_secret(&client, "aws_session_token", AWS_CLIENT_TOKEN);
    return client;
}

struct cl_issue_client_result aws_client_bucket(void)
{
    struct cl_issue_client_result client = aws_client_generic();

    aws_client_set_resource(&client, "s3-bucket", "s3://zenfiles");
    return client;
}

struct cl_issue_client_result aws_client_of_type(const char *connector_type)
{
    struct cl_issue_client_result client = aws_client_generic();

    put(&client.issued.connector_type, connector_type);
    aws_client_set_resource(&client, "kubernetes-cluster", "some-cluster");
    return client;
}
