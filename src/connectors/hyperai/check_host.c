#include "base/alloc.h"
#include "connectors/hyperai/ops.h"
#include "connectors/hyperai/visiting.h"

/* `verify --check host`: has a host what pipelines need? Commands that only look are run there. */

static const char *const commands[] = {
    "docker version --format '{{.Server.Version}}'",
    "docker compose version --short",
    "command -v crontab",
    "nvidia-smi -L",
};
enum { DOCKER, COMPOSE, CRONTAB, GPUS };

#define VERSION_SHOWN 40

static struct cl_str first_line(const char *output)
{
    struct cl_str line = CL_STR_NONE;
    struct cl_str rest = CL_STR_NONE;

    (void)cl_str_cut(cl_str_of(output), '\n', &line, &rest);
    return cl_str_trim(line);
}

static bool worked(const struct cl_ssh_seen *seen, size_t command)
{
    return seen->ran != NULL && seen->ran[command].status == 0 &&
           first_line(seen->ran[command].output).len > 0;
}

static size_t count_gpus(const struct cl_ssh_seen *seen)
{
    struct cl_str rest = cl_str_of(worked(seen, GPUS) ? seen->ran[GPUS].output : NULL);
    struct cl_str line = CL_STR_NONE;
    size_t count = 0;

    while (rest.len > 0) {
        (void)cl_str_cut(rest, '\n', &line, &rest);
        count += cl_str_starts(line, CL_STR("GPU "));
    }
    return count;
}

static void add_version(const struct cl_ssh_seen *seen, size_t command, const char *name,
                        struct cl_buf *text)
{
    if (!worked(seen, command)) {
        cl_buf_addf(text, "no %s", name);
        return;
    }
    cl_buf_addf(text, "%s ", name);
    cl_buf_add_quoted(text, first_line(seen->ran[command].output), VERSION_SHOWN);
}

/* One host's sentence, whatever its state. */
static enum cl_code describe(const struct hyperai_visiting *visiting, size_t index,
                             struct cl_buf *text, struct cl_err *err)
{
    const struct cl_ssh_seen *seen = &visiting->seen[index];
    char host[SSH_HOST_TEXT_MAX];

    ssh_host_text(&visiting->hosts.items[index].host, host);
    if (seen->error.code != CL_OK) {
        cl_buf_addf(text, "host '%s' cannot be used: %s", host, seen->error.text);
        return cl_buf_ok(text, err);
    }
    cl_buf_addf(text, "host '%s' has ", host);
    add_version(seen, DOCKER, "Docker", text);
    cl_buf_add_c(text, ", ");
    add_version(seen, COMPOSE, "Docker Compose", text);
    cl_buf_addf(text, ", %s, %zu GPU(s)", worked(seen, CRONTAB) ? "crontab" : "no crontab",
                count_gpus(seen));
    return cl_buf_ok(text, err);
}

static bool is_fit(const struct cl_ssh_seen *seen)
{
    return seen->error.code == CL_OK && worked(seen, DOCKER) && worked(seen, COMPOSE);
}

/* The first host that is not fit is the answer; all are noted. */
static enum cl_code judge(const struct hyperai_visiting *visiting, struct cl_strs *notes,
                          struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf unfit = CL_BUF(2048);

    for (size_t i = 0; i < visiting->hosts.count; i++) {
        CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(2048);
        CL_TRY(describe(visiting, i, &text, err));
        if (notes != NULL)
            CL_TRY(cl_strs_add(notes, cl_buf_view(&text), err));
        if (unfit.len == 0 && !is_fit(&visiting->seen[i]))
            cl_buf_add(&unfit, cl_buf_view(&text));
    }
    CL_TRY(cl_buf_ok(&unfit, err));
    if (unfit.len == 0)
        return CL_OK;
    (void)cl_err_set(err, CL_E_DENIED, "%.*s", CL_STR_ARG(cl_buf_view(&unfit)));
    return cl_err_hint(err,
                       "Pipelines need Docker with its Compose plugin, which the user may use.");
}

enum cl_code hyperai_check(const struct cl_call *call, const struct cl_connector *conn,
                           const struct cl_scope *scope, struct cl_str what, struct cl_err *err)
{
    CL_AUTO(hyperai_visiting)
    struct hyperai_visiting visiting = {.commands = commands, .command_count = CL_COUNT(commands)};
    CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(512);

    if (!cl_str_eq_c(what, "host")) {
        cl_buf_add_quoted(&shown, what, 40);
        return cl_err_set(err, CL_E_INVALID,
                          "there is no check '%.*s' for SSH hosts; there is: host",
                          CL_STR_ARG(cl_buf_view(&shown)));
    }
    CL_TRY(hyperai_visit(call, conn, scope->id, &visiting, err));
    if (hyperai_count_failures(&visiting) == visiting.hosts.count)
        return hyperai_fail_all(&visiting, err);
    return judge(&visiting, scope->notes, err);
}
