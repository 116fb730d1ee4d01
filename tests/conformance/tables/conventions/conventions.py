"""Paths, slashes, methods, path ids, versions, origins, and which fault is told first."""

from collections.abc import Iterator

from tests.conformance.programs import (
    Program,
    bare,
    delete,
    get,
    patch,
    post,
    program,
    raw,
    some_id,
)
from tests.conformance.tables.runs.task_runs import task_run

RUN = some_id(0xABC)
ID_SPELLINGS = (
    *(RUN, RUN.upper(), RUN.replace("-", ""), RUN.replace("-", "").upper(), "{" + RUN + "}"),
    *("%7B" + RUN + "%7D", "urn:uuid:" + RUN, "abc", RUN[:-1], RUN + "0", RUN + "%20", "%20" + RUN),
    *(
        RUN.replace("-", "", 1),
        RUN.replace("-", "_"),
        RUN.replace("a", "g"),
        "(" + RUN + ")",
        "..",
        "%2e",
    ),
    *(
        RUN.replace("-", "%2D"),
        RUN.replace("-", "-", 1) + "/x",
        "0",
        "None",
        "null",
        "%00",
        "-",
        "*",
    ),
    *("0badaeed000040008000-000000000abc", RUN.replace("0bad", "%30bad"), RUN + "?x=1", RUN + "//"),
)
VERSIONS = (
    *(
        "0.8.4",
        "0.8.0",
        "0.7.9",
        "0.8",
        "0",
        "",
        "abc",
        "0.8.4.1",
        "99.0.0",
        "0.8.x",
        "-1.0.0",
        "0.-8.4",
    ),
    *("1.0.0", "0. 8.4", "00.08.04", "0.8.", ".8.4", "+1.0.0", "1_0.0.0", "0,8,4"),
    *("v0.8.4", "0.8.4-rc1", "0.08.0", "1e0.0.0", "0.8.4,0.8.4", "999999999999999999999.0.0"),
)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE")
PATHS = (
    *("/task_runs/", f"/task_runs/{RUN}", "/task_runs/filter", "/flows/", f"/flows/{some_id(1)}"),
    *("/flows/name/x", "/flow_runs/", f"/flow_runs/{some_id(1)}", "/health", "/ready", "/version"),
    *("/admin/version", "/csrf-token?client=x"),
)
UNKNOWN = (
    *("/nope", "/", "", "/task_run", "/task_runs/abc/def", f"/task_runs/{RUN}/nope", "/Task_runs/"),
    *("/TASK_RUNS/", "//task_runs/", "/task_runs//", "/task_runs/filter/x", "/flows/name/a/b"),
    *(
        "/api/task_runs/",
        "/healthz",
        "/health/x",
        "/admin",
        "/admin/",
        "/admin/nope",
        "/flow_runs/x/y",
    ),
    *("/task_runs%2F", "/task_runs%2Ffilter", "/task%5Fruns/filter", "/./health", "/x/../health"),
)


def programs() -> Iterator[Program]:
    yield from (_slashes(), _unknown(), _methods(), _bodies_where_none_is_asked(), _queries())
    for number, spelling in enumerate(ID_SPELLINGS):
        yield _spelled(number, spelling)
    for number, version in enumerate(VERSIONS):
        yield _version(number, version)
    yield _order_of_faults()


def _slashes() -> Program:
    flow = post("/flows", {"name": "F 1"}).named("flow")
    return program(
        "slashes: the other spelling",
        post("/task_runs", {"id": RUN, "task_key": "t", "dynamic_key": "1", "name": "T 1"}),
        *(bare(method, f"/task_runs/{RUN}/") for method in ("GET", "DELETE", "DELETE")),
        patch(f"/task_runs/{RUN}/", {"name": "x 1"}),
        post("/task_runs", {"x": 1}),
        raw("POST", "/task_runs", b"{", content_type="application/json"),
        post("/task_runs/filter/", {"limit": 0}),
        post("/task_runs/filter/?x=1", {"limit": 201}),
        flow,
        get("/flows/<flow.id>/"),
        get("/flows/name/F%201/"),
        post("/flow_runs", {"flow_id": "<flow.id>", "name": "FR 1"}).named("run"),
        *(bare(method, "/flow_runs/<run.id>/") for method in ("GET", "DELETE")),
        delete("/flows/<flow.id>/"),
        *(get(f"{path}/") for path in ("/health", "/ready", "/version", "/admin/version")),
        *(get(path) for path in ("/csrf-token/?client=x", "/csrf-token/")),
        get("/version/", x_prefect_api_version="0.1.0"),
        post("/task_runs", {"x": 1}, x_prefect_api_version="0.1.0"),
    )


def _unknown() -> Program:
    return program(
        "paths that are not there",
        *(bare(method, path) for path in UNKNOWN for method in ("GET", "POST", "DELETE")),
    )


def _methods() -> Program:
    return program(
        "methods that are not there",
        task_run(id=RUN),
        *(bare(method, path) for path in PATHS for method in METHODS if method not in _taken(path)),
        *(
            raw(method, "/task_runs/", b"{", content_type="application/json")
            for method in ("PUT", "GET")
        ),
        bare("PUT", "/task_runs/", x_prefect_api_version="0.1.0"),
        *(bare(method, f"/task_runs/{RUN}") for method in ("PUT", "POST", "HEAD", "OPTIONS")),
        bare("PUT", "/task_runs/abc"),
        bare("BREW", "/task_runs/"),
        bare("get", f"/task_runs/{RUN}"),
        post("/task_runs/filter", {}),
    )


def _taken(path: str) -> tuple[str, ...]:
    """Requests that would change something, and one for a missing flow: PATCH /flows/{id}."""
    return {f"/task_runs/{RUN}": ("DELETE",), f"/flows/{some_id(1)}": ("PATCH",)}.get(path, ())


def _bodies_where_none_is_asked() -> Program:
    return program(
        "bodies where none is asked for",
        task_run(id=RUN),
        *(
            raw("GET", f"/task_runs/{RUN}", content, content_type="application/json")
            for content in (b"", b"{}", b"{", b"\xff", b"null")
        ),
        raw("GET", f"/task_runs/{RUN}", b"x", content_type="text/plain"),
        raw("GET", "/flows/name/x", b"{", content_type="application/json"),
        raw("DELETE", f"/flows/{some_id(1)}", b"{", content_type="application/json"),
        raw("DELETE", f"/task_runs/{RUN}", b"{", content_type="application/json"),
        raw("DELETE", f"/task_runs/{RUN}", b'{"x":1}', content_type="application/json"),
    )


def _queries() -> Program:
    return program(
        "queries are ignored",
        post(
            f"/task_runs/?id={some_id(5)}",
            {"id": RUN, "task_key": "t", "dynamic_key": "1", "name": "T 1"},
        ),
        get(f"/task_runs/{RUN}?limit=x"),
        post("/task_runs/filter?limit=0&limit=x&sort=y", {"limit": 5}),
        patch(f"/task_runs/{RUN}?name=x", {"name": "T 2"}),
        get(f"/task_runs/{RUN}?"),
        get(f"/task_runs/{RUN}?%zz&%FF=%00"),
        delete(f"/task_runs/{RUN}?x"),
    )


def _spelled(number: int, spelling: str) -> Program:
    return program(
        f"path id spelled otherwise {number}",
        task_run(id=RUN),
        get(f"/task_runs/{spelling}"),
        patch(f"/task_runs/{spelling}", {"name": "T 2"}),
        get(f"/task_runs/{RUN}"),
        get(f"/flows/{spelling}"),
        get(f"/flow_runs/{spelling}"),
        delete(f"/flow_runs/{spelling}"),
        bare("PUT", f"/task_runs/{spelling}"),
        delete(f"/task_runs/{spelling}"),
        get(f"/task_runs/{RUN}"),
    )


def _version(number: int, version: str) -> Program:
    asked = {"x_prefect_api_version": version}
    return program(
        f"version header {number}",
        *(get(path, **asked) for path in ("/health", "/ready", "/version", "/admin/version")),
        get("/csrf-token?client=x", **asked),
        post("/flows/", {"name": "F 1"}, **asked),
        get("/flows/name/x", **asked),
        post("/flow_runs/", {"flow_id": some_id(1)}, **asked),
        task_run(id=RUN),
        get(f"/task_runs/{RUN}", **asked),
        post("/task_runs/filter", {}, **asked),
        patch(f"/task_runs/{RUN}", {"name": "T 2"}, **asked),
        get("/nope", **asked),
        bare("PUT", "/task_runs/", **asked),
        delete(f"/task_runs/{RUN}", **asked),
    )


def _order_of_faults() -> Program:
    """Each request has two faults; the one told first wins."""
    old = {"x_prefect_api_version": "0.1.0"}
    json_type = {"content_type": "application/json"}
    return program(
        "which fault is told first",
        get("/nope", **old),
        bare("PUT", "/task_runs/", **old),
        raw("POST", "/task_runs/", b"{", **json_type, **old),
        raw("POST", "/task_runs/", b"\xff", **json_type, **old),
        post("/task_runs/", {"x": 1}, **old),
        post("/task_runs/filter", {"limit": 201}, **old),
        post("/task_runs/filter", {"limit": 201, "sort": "x"}),
        post("/task_runs/filter", {"limit": 201, "offset": -1, "task_runs": {"x": 1}}),
        post("/task_runs/filter", {"limit": "x", "offset": -1, "sort": "x", "flows": 5}),
        post(
            "/task_runs/filter", {"deployments": {"x": 1}, "flows": {"x": 1}, "task_runs": {"x": 1}}
        ),
        patch(f"/task_runs/{some_id(1)}", {"x": 1}),
        patch(f"/task_runs/{some_id(1)}", {"x": 1}, **old),
        patch("/task_runs/abc", {"x": 1}),
        get(f"/task_runs/{some_id(1)}", **old),
        get("/csrf-token", **old),
        raw("GET", "/csrf-token", b"{", **json_type, **old),
        raw("GET", f"/task_runs/{some_id(1)}", b"{", **json_type, **old),
        raw("POST", "/task_runs/abc", b"{", **json_type),
    )
