"""Requests of browsers: origins and preflights."""

from collections.abc import Iterator

from tests.conformance.programs import Program, bare, get, post, program
from tests.conformance.tables.conventions.conventions import PATHS


def programs() -> Iterator[Program]:
    origin = {"origin": "http://example.com"}
    preflight = {**origin, "access_control_request_method": "POST"}
    yield program(
        "origins",
        *(get(path, **origin) for path in ("/health", "/nope", "/task_runs/abc", "/csrf-token")),
        post("/task_runs/filter", {"limit": 201}, **origin),
        post("/task_runs/", {}, **origin),
        bare("PUT", "/task_runs/", **origin),
        bare("OPTIONS", "/task_runs/", **origin),
        *(bare("OPTIONS", path, **preflight) for path in PATHS),
        bare("OPTIONS", "/nope", **preflight),
        bare("OPTIONS", "/task_runs", **preflight),
        bare(
            "OPTIONS",
            "/task_runs/",
            **preflight,
            access_control_request_headers="a, X-B,content-type",
        ),
        *(
            bare("OPTIONS", "/task_runs/", **{**preflight, "access_control_request_method": method})
            for method in ("BREW", "", "QUERY", "TRACE", "CONNECT", "get")
        ),
        bare("OPTIONS", "/task_runs/", access_control_request_method="POST"),
        get("/health", cookie="a=b", **origin),
    )
