/* Lines of known_hosts: every byte is understood or refused, and what we write reads back. */
#include "fuzz.h"

#include "clouds/ssh/known_hosts.h"
#include "codec/ssh_public.h"

static void check_key(const struct ssh_known_line *line)
{
    static const struct ssh_host host = {.name = "gpu1", .port = 2222};
    struct cl_buf blob = CL_BUF(CL_SSH_BLOB_MAX);
    struct cl_buf text = CL_BUF(3 * CL_SSH_BLOB_MAX);
    struct ssh_known_line again;
    struct cl_err err = CL_ERR_NONE;
    bool match = false;

    if (ssh_known_blob(line, &blob, &err) != CL_OK) {
        fuzz_check_error(&err);
        FUZZ_CHECK(blob.len == 0);
    } else {
        ssh_known_add_line(&text, &host, cl_buf_view(&blob));
        ssh_known_parse(cl_buf_view(&text), &again);
        FUZZ_CHECK(again.fault == NULL);
        FUZZ_CHECK(ssh_known_matches(&again, &host, &match, &err) == CL_OK && match);
        FUZZ_CHECK(cl_str_eq(again.type, line->type) && !again.revoked);
    }
    cl_buf_cleanup(&text);
    cl_buf_cleanup(&blob);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ssh_known_line line;
    struct ssh_host host = {.name = "gpu.example.com", .port = 22};
    struct cl_err err = CL_ERR_NONE;
    bool match = false;

    ssh_known_parse(fuzz_text(data, size), &line);
    FUZZ_CHECK(ssh_known_matches(&line, &host, &match, &err) == CL_OK);
    if (line.key.len > 0)
        check_key(&line);
    return 0;
}
