#include "encoded_discovery.h"

#include "base/alloc.h"
#include "codec/json.h"
#include "core/api_codec.h"
#include "passage.h"

/* Rows come one by one, so each is a passage of its own; the request must live as long as they. */
struct encoded_discovery {
    struct cl_discovery discovery;
    struct cl_discovery *inner;
    struct cl_discovery_request request;
    json_t *json; /* what the request's views borrow from */
};

static enum cl_code next(struct cl_discovery *self, struct cl_resource_list *ret,
                         int64_t *ret_order, struct cl_err *err)
{
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_discovery *inner = ((struct encoded_discovery *)self)->inner;
    struct cl_err why = CL_ERR_NONE;
    json_t *encoded = NULL;

    if (inner->ops->next(inner, &list, ret_order, &why) != CL_OK)
        return pass_error(&why, err);
    if (*ret_order < 0)
        return CL_OK;
    CL_TRY(cl_resource_list_encode(&list, &encoded, err));
    CL_TRY(pass_text(encoded, &json, err));
    return cl_resource_list_decode(json, ret, err);
}

static size_t total(const struct cl_discovery *self)
{
    const struct cl_discovery *inner = ((const struct encoded_discovery *)self)->inner;

    return inner->ops->total(inner);
}

static void discovery_free(struct cl_discovery *self)
{
    struct encoded_discovery *discovery = (struct encoded_discovery *)self;

    if (discovery->inner != NULL)
        discovery->inner->ops->free(discovery->inner);
    cl_request_cleanup(CL_REQUEST_DISCOVERY, &discovery->request);
    json_decref(discovery->json);
    cl_free(discovery);
}

static const struct cl_discovery_ops ops = {.next = next, .total = total, .free = discovery_free};

static enum cl_code start(struct encoded_discovery *discovery, struct cl_api *inner,
                          const struct cl_call *call, const struct cl_discovery_request *request,
                          struct cl_err *err)
{
    struct cl_err why = CL_ERR_NONE;
    json_t *encoded = NULL;

    CL_TRY(cl_request_encode(CL_REQUEST_DISCOVERY, request, &encoded, err));
    CL_TRY(pass_text(encoded, &discovery->json, err));
    CL_TRY(cl_request_decode(CL_REQUEST_DISCOVERY, discovery->json, &discovery->request, err));
    if (inner->ops->discover(inner, call, &discovery->request, &discovery->inner, &why) != CL_OK)
        return pass_error(&why, err);
    return CL_OK;
}

enum cl_code encoded_discovery_start(struct cl_api *inner, const struct cl_call *call,
                                     const struct cl_discovery_request *request,
                                     struct cl_discovery **ret, struct cl_err *err)
{
    struct encoded_discovery *discovery = cl_alloc(sizeof(*discovery));

    if (discovery == NULL)
        return cl_err_no_memory(err);
    discovery->discovery.ops = &ops;
    enum cl_code code = start(discovery, inner, call, request, err);
    if (code != CL_OK) {
        discovery_free(&discovery->discovery);
        return code;
    }
    *ret = &discovery->discovery;
    return CL_OK;
}
