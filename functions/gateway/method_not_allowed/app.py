"""Any path with a method that no function has: 405, or the answer to a CORS preflight."""

from functools import partial
from http import HTTPStatus
from typing import Any

from runledger import wiring
from runledger.adapters.http import Response, admit, endpoint
from runledger.adapters.requests import Request
from runledger.domain.access import Scope
from runledger.domain.errors import NotFound
from runledger.service import api_keys

# The reference names only the first method that it registered for a path: PATCH for these, POST for
# paths that create, list or propose, PUT and DELETE where there is no other, and GET for the rest.
PATCHED = (
    "/task_runs/{id}", "/flow_runs/{id}", "/flow_runs/{id}/labels", "/flows/{id}",
    "/deployments/{id}", "/deployments/{id}/schedules/{schedule_id}",
)  # fmt: skip
POSTED = (
    "/task_runs", "/flows", "/flow_runs", "/concurrency_limits", "/deployments", "/create_flow_run",
    "/logs", "/filter", "/paginate", "/count", "/history", "/set_state", "/resume", "/input",
    "/reset", "/renew", "/increment", "/decrement", "/increment-with-lease",
    "/decrement-with-lease", "/get_scheduled_flow_runs", "/count-task-runs", "/counts",
    "/count-deployments", "/next-runs", "/count-by/{countable}", "/lateness",
    "/pause_deployment", "/resume_deployment", "/admin/keys", "/variables", "/artifacts",
    "/bulk_delete", "/bulk_set_state", "/create_flow_run/bulk", "/schemas/validate",
    "/block_types", "/block_schemas", "/block_documents", "/install_system_block_types",
)  # fmt: skip
PUT = ("/saved_searches",)
ANYWHERE = "/{path+}"
DELETED = ("/automations/owned-by/{resource_id}", "/admin/keys/{id}", "/block_schemas/{id}")
# It ends as one of those to which is posted.
READ = ("/block_types/slug/{slug}/block_documents",)

# The reference's answer to browsers; none of its paths takes QUERY.
METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY")
REQUESTED_METHOD = "access-control-request-method"
PERMISSIONS = {
    "Access-Control-Allow-Methods": ", ".join(METHODS),
    "Access-Control-Max-Age": "600",
}


@partial(endpoint, authenticated=False, versioned=False)
def handler(request: Request) -> Response[Any]:
    if is_preflight(request):
        return permission(request)
    # No authorizer has seen the request: preflights have no credentials.
    admit(
        request,
        Scope.READ,
        lambda secret: api_keys.find_caller(wiring.store(), secret, request.now),
    )
    if request.event["resource"] == ANYWHERE:
        raise NotFound("Not Found")
    request.check_path()
    allowed = {"Allow": first_method(request.event["resource"])}
    return Response({"detail": "Method Not Allowed"}, HTTPStatus.METHOD_NOT_ALLOWED, allowed)


def first_method(resource: str) -> str:
    if resource in PATCHED:
        return "PATCH"
    if resource in DELETED:
        return "DELETE"
    if resource in PUT:
        return "PUT"
    is_posted = resource.endswith(POSTED) and resource not in READ
    return "POST" if is_posted else "GET"


def is_preflight(request: Request) -> bool:
    is_options = request.event["httpMethod"] == "OPTIONS"
    return is_options and {"origin", REQUESTED_METHOD} <= request.headers.keys()


def permission(request: Request) -> Response[Any]:
    headers = PERMISSIONS | echo(request)
    if request.headers[REQUESTED_METHOD] in METHODS:
        return Response(text="OK", headers=headers)
    return Response(text="Disallowed CORS method", status=HTTPStatus.BAD_REQUEST, headers=headers)


def echo(request: Request) -> dict[str, str]:
    """Allow the headers that a browser requests."""
    requested = request.headers.get("access-control-request-headers")
    return {"Access-Control-Allow-Headers": requested} if requested else {}
