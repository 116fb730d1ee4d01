"""The endpoint that a request is for, as agreements are counted."""

import re

from tests.conformance.programs import Step

_PATHS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), spelled)
    for pattern, spelled in (
        (r"/task_runs/?", "/task_runs/"),
        (r"/task_runs/(filter|count|paginate|history)/?", r"/task_runs/\1"),
        (r"/task_runs/[^/]+/set_state/?", "/task_runs/{id}/set_state"),
        (r"/task_runs/[^/]+/?", "/task_runs/{id}"),
        (r"/flows/?", "/flows/"),
        (r"/flows/name/.+", "/flows/name/{name}"),
        (r"/flows/[^/]+/?", "/flows/{id}"),
        (r"/flow_runs/?", "/flow_runs/"),
        (r"/flow_runs/[^/]+/?", "/flow_runs/{id}"),
        (r"/(health|ready|version|admin/version|csrf-token)/?", r"/\1"),
    )
)
METHODS = {
    "/task_runs/": ("POST",),
    "/task_runs/{id}": ("GET", "PATCH", "DELETE"),
    "/flows/": ("POST",),
    "/flows/{id}": ("GET", "DELETE"),
    "/flow_runs/": ("POST",),
    "/flow_runs/{id}": ("GET", "DELETE"),
}


def endpoint(step: Step) -> str:
    path = step.path.partition("?")[0]
    for pattern, spelled in _PATHS:
        if found := pattern.fullmatch(path):
            return _with_method(step.method, found.expand(spelled))
    return "unknown paths"


def _with_method(method: str, path: str) -> str:
    expected = METHODS.get(path, ("POST" if path.startswith("/task_runs/") else "GET",))
    return f"{method} {path}" if method in expected else "other methods"
