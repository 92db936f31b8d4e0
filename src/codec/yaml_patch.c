#include "codec/yaml_patch.h"

static bool is_break(char c)
{
    return c == '\n' || c == '\r';
}

struct cl_str cl_line_break(struct cl_str text)
{
    size_t at = 0;

    while (at < text.len && !is_break(text.ptr[at]))
        at++;
    if (at == text.len || text.ptr[at] == '\n')
        return CL_STR("\n");
    return at + 1 < text.len && text.ptr[at + 1] == '\n' ? CL_STR("\r\n") : CL_STR("\r");
}

size_t cl_line_start(struct cl_str text, size_t at)
{
    while (at > 0 && !is_break(text.ptr[at - 1]))
        at--;
    return at;
}

size_t cl_break_before(struct cl_str text, size_t start)
{
    if (start == 0)
        return 0;
    bool is_pair = start > 1 && text.ptr[start - 1] == '\n' && text.ptr[start - 2] == '\r';
    return start - (is_pair ? 2 : 1);
}

size_t cl_break_behind(struct cl_str text, size_t end)
{
    if (end == text.len)
        return end;
    bool is_pair = end + 1 < text.len && text.ptr[end] == '\r' && text.ptr[end + 1] == '\n';
    return end + (is_pair ? 2 : 1);
}

size_t cl_line_end(struct cl_str text, size_t at)
{
    if (at > 0 && is_break(text.ptr[at - 1]))
        return cl_break_before(text, at);
    while (at < text.len && !is_break(text.ptr[at]))
        at++;
    return at;
}

void cl_buf_add_patched(struct cl_buf *buf, struct cl_str text, const struct cl_patch *patches,
                        size_t count)
{
    size_t copied = 0;

    for (size_t i = 0; i < count; i++) {
        cl_buf_add(buf, cl_str_make(text.ptr + copied, patches[i].start - copied));
        cl_buf_add(buf, patches[i].with);
        copied = patches[i].end;
    }
    cl_buf_add(buf, cl_str_skip(text, copied));
}
