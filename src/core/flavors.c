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

static const struct cl_attr cluster_attrs[] = {
    {
        .name = "kubernetes_namespace",
        .help = "Namespace that the work runs in; the cluster's default if omitted.",
    },
    {
        .name = "kubernetes_context",
        .help = "Context of the local kubeconfig, for use without a service connector.",
    },
};

static const struct cl_attr kubeflow_attrs[] = {
    {
        .name = "kubernetes_namespace",
        .help = "Namespace that the work runs in; the cluster's default if omitted.",
    },
    {
        .name = "kubernetes_context",
        .help = "Context of the local kubeconfig, for use without a service connector.",
    },
    {
        .name = "kubeflow_hostname",
        .format = CL_ATTR_FORMAT_HOSTNAME,
        .help =
            "Address of the Kubeflow Pipelines API, where it is not reached through the cluster.",
    },
};

static const struct cl_attr registry_attrs[] = {
    {
        .name = "uri",
        .required = true,
        .help = "The registry, with the account or project behind it: {host}[:{port}][/{path}].",
    },
};

static const struct cl_attr sagemaker_attrs[] = {
    {
        .name = "execution_role",
        .required = true,
        .format = CL_ATTR_FORMAT_ARN,
        .help = "ARN of the IAM role that the jobs run with.",
    },
    {
        .name = "bucket",
        .help = "S3 bucket for the files of the jobs; SageMaker's default one if omitted.",
    },
};

static const struct cl_attr vm_aws_attrs[] = {
    {
        .name = "region",
        .required = true,
        .format = CL_ATTR_FORMAT_REGION,
        .help = "AWS region in which the machines are started.",
    },
};

static const struct cl_attr aws_deployer_attrs[] = {
    {
        .name = "region",
        .format = CL_ATTR_FORMAT_REGION,
        .help = "AWS region in which the services run; the connector's if omitted.",
    },
};

static const struct cl_attr codebuild_attrs[] = {
    {
        .name = "code_build_project",
        .required = true,
        .help = "Name of the CodeBuild project that builds the images.",
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
    {
        .kind = "orchestrator",
        .id = "kubernetes",
        .title = "Kubernetes Orchestrator",
        .config_class = "KubernetesOrchestratorConfig",
        .integration = "kubernetes",
        .source = "cleat.orchestrator.kubernetes",
        .attrs = cluster_attrs,
        .attr_count = CL_COUNT(cluster_attrs),
        .resource_type = "kubernetes-cluster",
    },
    {
        .kind = "orchestrator",
        .id = "kubeflow",
        .title = "Kubeflow Orchestrator",
        .config_class = "KubeflowOrchestratorConfig",
        .integration = "kubeflow",
        .source = "cleat.orchestrator.kubeflow",
        .attrs = kubeflow_attrs,
        .attr_count = CL_COUNT(kubeflow_attrs),
        .resource_type = "kubernetes-cluster",
    },
    {
        .kind = "orchestrator",
        .id = "tekton",
        .title = "Tekton Orchestrator",
        .config_class = "TektonOrchestratorConfig",
        .integration = "tekton",
        .source = "cleat.orchestrator.tekton",
        .attrs = cluster_attrs,
        .attr_count = CL_COUNT(cluster_attrs),
        .resource_type = "kubernetes-cluster",
    },
    {
        .kind = "orchestrator",
        .id = "vm_kubernetes",
        .title = "SkyPilot Orchestrator on Kubernetes",
        .config_class = "SkypilotKubernetesOrchestratorConfig",
        .integration = "skypilot_kubernetes",
        .source = "cleat.orchestrator.vm_kubernetes",
        .attrs = cluster_attrs,
        .attr_count = CL_COUNT(cluster_attrs),
        .resource_type = "kubernetes-cluster",
    },
    {
        .kind = "orchestrator",
        .id = "sagemaker",
        .title = "SageMaker Orchestrator",
        .config_class = "SagemakerOrchestratorConfig",
        .integration = "aws",
        .source = "cleat.orchestrator.sagemaker",
        .attrs = sagemaker_attrs,
        .attr_count = CL_COUNT(sagemaker_attrs),
        .resource_type = "aws-generic",
    },
    {
        .kind = "orchestrator",
        .id = "vm_aws",
        .title = "SkyPilot Orchestrator on AWS",
        .config_class = "SkypilotAWSOrchestratorConfig",
        .integration = "skypilot_aws",
        .source = "cleat.orchestrator.vm_aws",
        .attrs = vm_aws_attrs,
        .attr_count = CL_COUNT(vm_aws_attrs),
        .resource_type = "aws-generic",
    },
    {
        .kind = "orchestrator",
        .id = "hyperai",
        .title = "HyperAI Orchestrator",
        .config_class = "HyperAIOrchestratorConfig",
        .integration = "hyperai",
        .source = "cleat.orchestrator.hyperai",
        .resource_type = "hyperai-instance",
    },
    {
        .kind = "container_registry",
        .id = "default",
        .title = "Container Registry",
        .config_class = "ContainerRegistryConfig",
        .integration = "docker",
        .source = "cleat.container_registry.default",
        .attrs = registry_attrs,
        .attr_count = CL_COUNT(registry_attrs),
        .resource_type = "docker-registry",
        .resource_id_attr = "uri",
    },
    {
        .kind = "container_registry",
        .id = "github",
        .title = "GitHub Container Registry",
        .config_class = "GitHubContainerRegistryConfig",
        .integration = "docker",
        .source = "cleat.container_registry.github",
        .attrs = registry_attrs,
        .attr_count = CL_COUNT(registry_attrs),
        .resource_type = "docker-registry",
        .resource_id_attr = "uri",
    },
    {
        .kind = "container_registry",
        .id = "dockerhub",
        .title = "Docker Hub Container Registry",
        .config_class = "DockerHubContainerRegistryConfig",
        .integration = "docker",
        .source = "cleat.container_registry.dockerhub",
        .attrs = registry_attrs,
        .attr_count = CL_COUNT(registry_attrs),
        .connector_type = "docker",
        .resource_type = "docker-registry",
        .resource_id_attr = "uri",
    },
    {
        .kind = "container_registry",
        .id = "aws",
        .title = "AWS Container Registry",
        .config_class = "AWSContainerRegistryConfig",
        .integration = "aws",
        .source = "cleat.container_registry.aws",
        .attrs = registry_attrs,
        .attr_count = CL_COUNT(registry_attrs),
        .connector_type = "aws",
        .resource_type = "docker-registry",
        .resource_id_attr = "uri",
    },
    {
        .kind = "step_operator",
        .id = "kubernetes",
        .title = "Kubernetes Step Operator",
        .config_class = "KubernetesStepOperatorConfig",
        .integration = "kubernetes",
        .source = "cleat.step_operator.kubernetes",
        .attrs = cluster_attrs,
        .attr_count = CL_COUNT(cluster_attrs),
        .resource_type = "kubernetes-cluster",
    },
    {
        .kind = "step_operator",
        .id = "sagemaker",
        .title = "SageMaker Step Operator",
        .config_class = "SagemakerStepOperatorConfig",
        .integration = "aws",
        .source = "cleat.step_operator.sagemaker",
        .attrs = sagemaker_attrs,
        .attr_count = CL_COUNT(sagemaker_attrs),
        .resource_type = "aws-generic",
    },
    {
        .kind = "model_deployer",
        .id = "seldon",
        .title = "Seldon Core Model Deployer",
        .config_class = "SeldonModelDeployerConfig",
        .integration = "seldon",
        .source = "cleat.model_deployer.seldon",
        .attrs = cluster_attrs,
        .attr_count = CL_COUNT(cluster_attrs),
        .resource_type = "kubernetes-cluster",
    },
    {
        .kind = "deployer",
        .id = "kubernetes",
        .title = "Kubernetes Deployer",
        .config_class = "KubernetesDeployerConfig",
        .integration = "kubernetes",
        .source = "cleat.deployer.kubernetes",
        .attrs = cluster_attrs,
        .attr_count = CL_COUNT(cluster_attrs),
        .resource_type = "kubernetes-cluster",
    },
    {
        .kind = "deployer",
        .id = "aws",
        .title = "AWS Deployer",
        .config_class = "AWSDeployerConfig",
        .integration = "aws",
        .source = "cleat.deployer.aws",
        .attrs = aws_deployer_attrs,
        .attr_count = CL_COUNT(aws_deployer_attrs),
        .connector_type = "aws",
        .resource_type = "aws-generic",
    },
    {
        .kind = "image_builder",
        .id = "aws",
        .title = "AWS Image Builder",
        .config_class = "AWSImageBuilderConfig",
        .integration = "aws",
        .source = "cleat.image_builder.aws",
        .attrs = codebuild_attrs,
        .attr_count = CL_COUNT(codebuild_attrs),
        .connector_type = "aws",
        .resource_type = "aws-generic",
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
