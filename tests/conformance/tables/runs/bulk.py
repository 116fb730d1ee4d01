"""Requests that change many flow runs, flows or deployments at once."""

from collections.abc import Iterator

from tests.conformance.programs import (
    Program,
    RequestStep,
    bare,
    delete,
    get,
    post,
    program,
    raw,
    some_id,
)

FLOW = post("/flows/", {"name": "F 1"}).named("flow")
SCHEMA = {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]}
DEPLOYMENT = post(
    "/deployments/",
    {"name": "D 1", "flow_id": "<flow.id>", "parameter_openapi_schema": SCHEMA, "tags": ["own"]},
).named("deployment")
RUN = post("/flow_runs/", {"name": "R 1", "flow_id": "<flow.id>"}).named("run")
PATHS = {
    "flows": ("/flows/bulk_delete", "F 1"),
    "flow_runs": ("/flow_runs/bulk_delete", "R 1"),
    "deployments": ("/deployments/bulk_delete", "D 1"),
}
BULK = "/deployments/<deployment.id>/create_flow_run/bulk"
STATES = "/flow_runs/bulk_set_state"
NAMED = {"flow_runs": {"name": {"any_": ["R 1"]}}}


def programs() -> Iterator[Program]:
    for noun, (path, name) in PATHS.items():
        yield program(f"bulk: delete {noun}", FLOW, DEPLOYMENT, RUN, *_deletion(noun, path, name))
        yield program(f"bulk: refused deletions of {noun}", *_refused(noun, path))
    yield from (_states(), _states_of_two(), _refused_states(), _creations(), _refused_creations())


def _deletion(noun: str, path: str, name: str) -> Iterator[RequestStep]:
    chosen = {noun: {"name": {"any_": [name]}}}
    yield post(path, {noun: {"name": {"any_": ["another"]}}})
    yield post(path, {**chosen, "limit": 1, "unknown": 1})
    yield post(path, chosen)
    yield from (get(f"/{one}/<{one.removesuffix('s').removeprefix('flow_')}.id>") for one in PATHS)


def _refused(noun: str, path: str) -> Iterator[RequestStep]:
    bodies: tuple[object, ...] = (
        {"limit": 0},
        {"limit": 51},
        {"limit": "x"},
        {noun: 5},
        [],
        "x",
        {noun: {"y": 1}},
    )
    for body in bodies:
        yield post(path, body)
    yield raw("POST", path, b"{", content_type="application/json")
    yield from (bare(method, path) for method in ("GET", "PUT", "PATCH", "DELETE"))


def _states() -> Program:
    return program(
        "bulk: states of flow runs",
        FLOW,
        RUN,
        post(STATES, {**NAMED, "state": {"type": "PENDING"}, "limit": 1}),
        post(STATES, {**NAMED, "state": {"type": "PENDING"}}),
        post(STATES, {**NAMED, "state": {"type": "PENDING", "name": "Again"}, "force": True}),
        post(STATES, {**NAMED, "state": {"type": "COMPLETED"}, "limit": None}),
        post(STATES, {**NAMED, "state": {"type": "RUNNING"}}),
        post(STATES, {"flow_runs": {"name": {"any_": []}}, "state": {"type": "RUNNING"}}),
        get("/flow_runs/<run.id>"),
        get("/flow_run_states/?flow_run_id=<run.id>"),
    )


def _states_of_two() -> Program:
    """The reference answers them in the order of their ids."""
    another = post("/flow_runs/", {"name": "R 1", "flow_id": "<flow.id>"}).named("another")
    reads = (get("/flow_runs/<run.id>"), get("/flow_runs/<another.id>"))
    moved = post(STATES, {**NAMED, "state": {"type": "RUNNING"}})
    gone = post("/flow_runs/bulk_delete", NAMED)
    return program("bulk: a state of two flow runs", FLOW, RUN, another, moved, *reads, gone)


def _refused_states() -> Program:
    pending = {"type": "PENDING"}
    bodies: tuple[object, ...] = (
        {},
        [],
        {"state": {"type": "X"}},
        {"state": pending, "limit": 0},
        {"state": pending, "limit": 51},
        {"flow_runs": 5, "state": pending, "limit": "x", "force": "y"},
    )
    return program("bulk: refused states of flow runs", *(post(STATES, body) for body in bodies))


def _creations() -> Program:
    one = {"parameters": {"x": 1}}
    return program(
        "bulk: runs of a deployment",
        FLOW,
        DEPLOYMENT,
        post(BULK, []),
        post(BULK, [{**one, "name": "R 1", "tags": ["own"]}]).named("created"),
        get("/flow_runs/<created.results.0.flow_run_id>"),
        post(BULK, [{**one, "idempotency_key": "k"}, {**one, "idempotency_key": "k"}]),
        post(
            BULK,
            [
                {},
                {"parameters": {"x": "no"}},
                {"parameters": {"x": {"__prefect_kind": "json", "value": "{"}}},
                {**one, "work_queue_name": "q"},
                {"parameters": {"x": "no"}, "enforce_parameter_schema": False, "name": "R 2"},
            ],
        ),
        post("/flow_runs/count", {}),
        delete("/deployments/<deployment.id>"),
        post(BULK, [one]),
    )


def _refused_creations() -> Program:
    unknown = f"/deployments/{some_id(1)}/create_flow_run/bulk"
    bodies: tuple[object, ...] = (
        [],
        [{}],
        [{}] * 101,
        5,
        {},
        [5],
        [{"parameters": 5}],
        [{}, {"extra": 1}],
    )
    return program(
        "bulk: refused runs of a deployment",
        *(post(unknown, body) for body in bodies),
        raw("POST", unknown, b""),
        bare("GET", unknown),
    )
