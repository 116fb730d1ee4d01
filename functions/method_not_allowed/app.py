"""Any path, by a method that it has no function for: 405, and the answer to CORS preflights."""

from functools import partial
from http import HTTPStatus

from runledger.adapters import auth
from runledger.adapters.http import Response, Unauthorized, endpoint
from runledger.adapters.requests import Request

# The reference names the first method that it registered for a path, whatever else there is.
FIRST_FOR_AN_OBJECT, FIRST_FOR_OBJECTS, FIRST_FOR_THE_REST = "PATCH", "POST", "GET"
OF_OBJECTS = ("/task_runs", "/flows", "/flow_runs", "/filter")

PERMISSIONS = {
    "Access-Control-Allow-Methods": "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT",
    "Access-Control-Max-Age": "600",
}


@partial(endpoint, authenticated=False, versioned=False)
def handler(request: Request) -> Response:
    if is_preflight(request):
        return Response(text="OK", headers=PERMISSIONS | echo(request))
    if not auth.admits(request.headers.get("authorization")):
        raise Unauthorized
    allowed = {"Allow": first_method(request.event["resource"])}
    return Response({"detail": "Method Not Allowed"}, HTTPStatus.METHOD_NOT_ALLOWED, allowed)


def first_method(resource: str) -> str:
    if resource.endswith("/{id}"):
        return FIRST_FOR_AN_OBJECT
    return FIRST_FOR_OBJECTS if resource.endswith(OF_OBJECTS) else FIRST_FOR_THE_REST


def is_preflight(request: Request) -> bool:
    is_options = request.event["httpMethod"] == "OPTIONS"
    return is_options and "access-control-request-method" in request.headers


def echo(request: Request) -> dict[str, str]:
    """Allow the headers that a browser asks to send."""
    asked = request.headers.get("access-control-request-headers")
    return {"Access-Control-Allow-Headers": asked} if asked else {}
