#ifndef CLEAT_CLOUDS_AWS_EKS_H
#define CLEAT_CLOUDS_AWS_EKS_H

#include "clouds/aws/client.h"
#include "clouds/aws/paging.h"

/*
 * The part of Amazon EKS that finding and reaching clusters takes.
 * Source: Amazon EKS API Reference, ListClusters and DescribeCluster.
 */

/* Owns all. */
struct aws_eks_cluster {
    char *name;
    char *arn;
    char *status;                /* "ACTIVE"; "unknown" when the answer tells none */
    char *endpoint;              /* NULL while the cluster is being created */
    char *certificate_authority; /* base64 of PEM; NULL like the endpoint */
    char *id; /* local cluster on an Outpost: names it in tokens; NULL otherwise */
};

#define AWS_EKS_CLUSTER_NONE ((struct aws_eks_cluster){.name = NULL})

void aws_eks_cluster_cleanup(struct aws_eks_cluster *cluster);

/** CL_E_DENIED while the cluster cannot be spoken to: it has no endpoint or no certificate yet. */
enum cl_code aws_eks_check_ready(const struct aws_eks_cluster *cluster, struct cl_err *err)
    CL_MUST_USE;

/** What a token must name: the id on an Outpost, the name everywhere else. */
struct cl_str aws_eks_token_name(const struct aws_eks_cluster *cluster);

/**
 * Lists the region's clusters, all pages.
 *
 * @param listing  found and ctx set by the caller, who also cleans it up
 */
enum cl_code aws_eks_list_clusters(const struct cl_call *call, const struct aws_config *config,
                                   struct aws_listing *listing, struct cl_err *err) CL_MUST_USE;

/**
 * Describes one cluster.
 *
 * @param ret  AWS_EKS_CLUSTER_NONE; aws_eks_cluster_cleanup() by the caller; untouched on failure
 * @return CL_OK, CL_E_RESOURCE_NOT_FOUND, CL_E_DENIED, and all of aws_send
 */
enum cl_code aws_eks_describe_cluster(const struct cl_call *call, const struct aws_config *config,
                                      struct cl_str name, struct aws_eks_cluster *ret,
                                      struct cl_err *err) CL_MUST_USE;

/* The pure parts. */

enum cl_code aws_eks_list_target(struct cl_str token, char **ret, struct cl_err *err) CL_MUST_USE;

/** Hands on one page's clusters and turns the listing. CL_E_PROVIDER when it is no such page. */
enum cl_code aws_eks_parse_page(struct cl_str body, struct aws_listing *listing, struct cl_err *err)
    CL_MUST_USE;
enum cl_code aws_eks_parse_cluster(struct cl_str body, struct aws_eks_cluster *ret,
                                   struct cl_err *err) CL_MUST_USE;

#endif
