#include "core/component.h"

/* Every stack component kind; another one is another row. */

static const char *const artifact_store_aliases[] = {"as", NULL};
static const char *const no_aliases[] = {NULL};

static const struct cl_component_kind kinds[] = {
    {
        .id = "artifact_store",
        .command = "artifact-store",
        .aliases = artifact_store_aliases,
        .title = "artifact store",
        .plural = "artifact stores",
        .description = "An artifact store is where a team keeps the files that its work reads and "
                       "produces: data sets, models, reports. Each artifact store names one place "
                       "in a storage service. Connected to a service connector, it is opened with "
                       "short-lived credentials for that place alone, so nobody who uses it has "
                       "to hold keys.",
    },
    {
        .id = "orchestrator",
        .command = "orchestrator",
        .aliases = no_aliases,
        .title = "orchestrator",
        .plural = "orchestrators",
        .description = "An orchestrator runs pipelines: it starts their steps in order, on a "
                       "cluster, a machine or a service. Connected to a service connector, it is "
                       "reached with short-lived credentials instead of a configuration that "
                       "somebody has to copy to every machine.",
    },
    {
        .id = "container_registry",
        .command = "container-registry",
        .aliases = no_aliases,
        .title = "container registry",
        .plural = "container registries",
        .description = "A container registry keeps the images that pipelines run in. Connected to "
                       "a service connector, images are pushed and pulled with a password that "
                       "stands in no configuration file.",
    },
    {
        .id = "step_operator",
        .command = "step-operator",
        .aliases = no_aliases,
        .title = "step operator",
        .plural = "step operators",
        .description = "A step operator runs single steps of a pipeline somewhere else, where "
                       "there are accelerators or more memory, while the rest stays with the "
                       "orchestrator.",
    },
    {
        .id = "model_deployer",
        .command = "model-deployer",
        .aliases = no_aliases,
        .title = "model deployer",
        .plural = "model deployers",
        .description = "A model deployer puts trained models behind an address that answers "
                       "predictions, on a cluster or a service.",
    },
    {
        .id = "deployer",
        .command = "deployer",
        .aliases = no_aliases,
        .title = "deployer",
        .plural = "deployers",
        .description = "A deployer runs whole pipelines as services that wait for requests, on a "
                       "cluster or with a cloud provider.",
    },
    {
        .id = "image_builder",
        .command = "image-builder",
        .aliases = no_aliases,
        .title = "image builder",
        .plural = "image builders",
        .description = "An image builder makes the container images that pipelines run in, so "
                       "that nobody needs a container engine on their own machine.",
    },
};

const struct cl_component_kind *cl_kind_at(size_t index)
{
    return index < CL_COUNT(kinds) ? &kinds[index] : NULL;
}

static bool has_alias(const struct cl_component_kind *kind, struct cl_str name)
{
    for (const char *const *alias = kind->aliases; *alias != NULL; alias++) {
        if (cl_str_eq_c(name, *alias))
            return true;
    }
    return false;
}

const struct cl_component_kind *cl_kind_find(struct cl_str id_or_command)
{
    for (size_t i = 0; i < CL_COUNT(kinds); i++) {
        const struct cl_component_kind *kind = &kinds[i];
        if (cl_str_eq_c(id_or_command, kind->id) || cl_str_eq_c(id_or_command, kind->command) ||
            has_alias(kind, id_or_command))
            return kind;
    }
    return NULL;
}
