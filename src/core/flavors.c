#include "core/component.h"

/* Every flavor of every component kind; another one is another row. */

static const struct cl_attr s3_attrs[] = {
    {
        .name = "path",
        .required = true,
        .format = CL_ATTR_FORMAT_URI,
        .help = "Where the files are: s3://{bucket-name}, with a prefix behind it if you like.",
    },
    {
        .name = "authentication_secret",
        .help = "Name of a secret with AWS keys, for use without a service connector.",
    },
    {
        .name = "client_kwargs",
        .format = CL_ATTR_FORMAT_JSON,
        .help = "Options for the S3 client, as a JSON object, e.g. an endpoint_url.",
    },
    {
        .name = "config_kwargs",
        .format = CL_ATTR_FORMAT_JSON,
        .help = "Options for the configuration of the S3 client, as a JSON object.",
    },
    {
        .name = "s3_additional_kwargs",
        .format = CL_ATTR_FORMAT_JSON,
        .help = "Options for every S3 call, as a JSON object, e.g. for encryption.",
    },
};

static const struct cl_flavor flavors[] = {
    {
        .kind = "artifact_store",
        .id = "s3",
        .title = "S3 Artifact Store",
        .config_class = "S3ArtifactStoreConfig",
        .integration = "s3",
        .source = "cleat.artifact_store.s3",
        .attrs = s3_attrs,
        .attr_count = CL_COUNT(s3_attrs),
        .resource_type = "s3-bucket",
        .resource_id_attr = "path",
        .name_alias = "bucket",
        .name_prefix = "s3://",
    },
};

const struct cl_flavor *cl_flavor_at(size_t index)
{
    return index < CL_COUNT(flavors) ? &flavors[index] : NULL;
}

const struct cl_flavor *cl_flavor_find(struct cl_str kind, struct cl_str id)
{
    for (size_t i = 0; i < CL_COUNT(flavors); i++) {
        if (cl_str_eq_c(kind, flavors[i].kind) && cl_str_eq_c(id, flavors[i].id))
            return &flavors[i];
    }
    return NULL;
}
