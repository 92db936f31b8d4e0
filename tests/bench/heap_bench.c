/*
 * heap_bench FOLDER CYCLES: registers, lists and deletes a connector again and again in one
 * process, on a store in FOLDER, and prints the heap in use half way and at the end: "heap BYTES
 * BYTES".
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/app.h"
#include "base/alloc.h"

static void give_up(const struct cl_err *err)
{
    (void)fprintf(stderr, "%s\n", err->text);
    exit(1);
}

static void add(struct cl_input *input, const char *name, const char *value)
{
    struct cl_err err = CL_ERR_NONE;
    struct cl_secret *secret = NULL;

    if (cl_secret_new(cl_str_of(value), &secret, &err) != CL_OK ||
        cl_input_add_take(input, cl_str_of(name), secret, &err) != CL_OK)
        give_up(&err);
}

static void register_one(struct cl_api *api, const struct cl_call *call,
                         const struct cl_input *input)
{
    struct cl_err err = CL_ERR_NONE;
    struct cl_register_result result = {.existing = false};
    struct cl_register_request request = {
        .name = CL_STR("cycle"),
        .type = CL_STR("aws"),
        .auth_method = CL_STR("secret-key"),
        .skew_s = CL_SKEW_UNSET,
        .verify = CL_VERIFY_OFF,
        .input = input,
    };

    if (api->ops->register_connector(api, call, &request, &result, &err) != CL_OK)
        give_up(&err);
    cl_register_result_cleanup(&result);
}

static void list_all(struct cl_api *api, const struct cl_call *call)
{
    struct cl_err err = CL_ERR_NONE;
    struct cl_list_request request = {.query = cl_query_default()};
    struct cl_list_result result = {.count = 0};

    if (api->ops->list(api, call, &request, &result, &err) != CL_OK)
        give_up(&err);
    cl_list_result_cleanup(&result);
    cl_query_cleanup(&request.query);
}

static void delete_one(struct cl_api *api, const struct cl_call *call)
{
    struct cl_err err = CL_ERR_NONE;
    struct cl_delete_request request = {.ref = {.text = CL_STR("cycle")}};
    struct cl_delete_result result = {.name = NULL};

    if (api->ops->remove(api, call, &request, &result, &err) != CL_OK)
        give_up(&err);
    cl_delete_result_cleanup(&result);
}

static size_t heap_bytes(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

int main(int argc, char **argv)
{
    struct cl_err err = CL_ERR_NONE;
    struct cl_world world = cl_world_real();
    struct cl_api *api = NULL;
    struct cl_input input = CL_INPUT_NONE;
    int64_t cycles = 0;
    size_t half_way = 0;

    if (argc != 3 || cl_parse_i64(cl_str_of(argv[2]), &cycles, &err) != CL_OK || cycles < 2) {
        (void)fprintf(stderr, "usage: heap_bench FOLDER CYCLES\n");
        return 2;
    }
    struct cl_app_options options = {.world = &world, .state_folder = argv[1]};
    if (cl_app_new(&options, &api, &err) != CL_OK)
        give_up(&err);
    struct cl_call call = cl_call_new(&world, "default");
    add(&input, "aws_access_key_id", "AKIAIOSFODNN7EXAMPLE");
    add(&input, "aws_secret_access_key", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    add(&input, "region", "us-east-1");
    for (int64_t i = 0; i < cycles; i++) {
        if (i == cycles / 2)
            half_way = heap_bytes();
        register_one(api, &call, &input);
        list_all(api, &call);
        delete_one(api, &call);
    }
    (void)printf("heap %zu %zu\n", half_way, heap_bytes());
    cl_input_cleanup(&input);
    api->ops->free(api);
    return 0;
}
