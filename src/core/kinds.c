#include "core/component.h"

/* Every stack component kind; another one is another row. */

static const char *const artifact_store_aliases[] = {"as", NULL};

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
