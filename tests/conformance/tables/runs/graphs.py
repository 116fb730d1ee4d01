"""GET /flow_runs/{id}/graph-v2, and /graph for old clients."""

from collections.abc import Iterator

from tests.conformance.programs import Json, Program, RequestStep, bare, get, post, program, some_id

FLOW = post("/flows/", {"name": "F 1"}).named("flow")
FLOW_RUN = post("/flow_runs/", {"flow_id": "<flow.id>", "name": "FR 1"}).named("run")
GRAPH = "/flow_runs/<run.id>/graph-v2"
NEW = {"task_key": "new", "dynamic_key": "0"}
SINCE = (
    *("", "=", "=x", "=1", "=2020-01-01T00:00:00Z", "=2999-01-01T00:00:00Z", "=9999999999999999"),
    *("=2999-01-01T00:00:00%2B02:00", "=2999-01-01T00:00:00.5Z", "=2020-01-01T00:00:00Z&since=x"),
)


def programs() -> Iterator[Program]:
    yield _of_task_runs()
    yield _of_subflow_runs()
    yield _of_dependencies()
    yield program(
        "graph: none",
        FLOW,
        FLOW_RUN,
        get(f"/flow_runs/{some_id(1)}/graph-v2"),
        get("/flow_runs/abc/graph-v2"),
        get(f"/flow_runs/{some_id(1)}/graph-v2", x_prefect_api_version="0.1.0"),
        *(bare(method, GRAPH) for method in ("POST", "PATCH", "DELETE", "PUT")),
    )


def _of_dependencies() -> Program:
    return program(
        "graph: dependencies",
        FLOW,
        FLOW_RUN,
        get("/flow_runs/<run.id>/graph"),
        # Ids are random, and order the answer.
        post("/task_runs/", {"name": "elsewhere", **NEW}).named("elsewhere"),
        _ran("second", x=_results("elsewhere"), y=_results("elsewhere")),
        get("/flow_runs/<run.id>/graph"),
        get(f"/flow_runs/{some_id(1)}/graph"),
        get("/flow_runs/abc/graph"),
        bare("POST", "/flow_runs/<run.id>/graph"),
    )


def _of_task_runs() -> Program:
    return program(
        "graph: of task runs",
        FLOW,
        FLOW_RUN,
        get(GRAPH),
        _ran("first"),
        _ran("second", x=_results("first")),
        _ran("aside", x=[{"input_type": "parameter", "name": "p"}]),
        _ran("inner", __parents__=_results("second")),
        _ran("last", x=_results("second", "aside"), y=[]),
        post("/task_runs/", {"flow_run_id": "<run.id>", "name": "new", **NEW}),
        get(GRAPH),
        *(get(f"{GRAPH}?since{since}") for since in SINCE),
        _entered("flow_runs/<run.id>", "RUNNING"),
        _entered("flow_runs/<run.id>", "COMPLETED"),
        get(GRAPH),
    )


def _of_subflow_runs() -> Program:
    return program(
        "graph: of subflow runs",
        FLOW,
        FLOW_RUN,
        _ran("first"),
        _ran("parent", x=_results("first")),
        post(
            "/flow_runs/",
            {"flow_id": "<flow.id>", "name": "sub", "parent_task_run_id": "<parent.id>"},
        ).named("sub"),
        get(GRAPH),
        _ran("after", x=[{"input_type": "flow_run", "id": "<sub.id>"}]),
        _entered("flow_runs/<sub.id>", "RUNNING"),
        _entered("flow_runs/<sub.id>", "FAILED"),
        get(GRAPH),
        get("/flow_runs/<sub.id>/graph-v2"),
    )


def _ran(key: str, **inputs: Json) -> RequestStep:
    state = {"type": "RUNNING"}
    given = {"flow_run_id": "<run.id>", "name": key, "task_key": key, "dynamic_key": "0"}
    return post("/task_runs/", {**given, "state": state, "task_inputs": inputs}).named(key)


def _results(*labels: str) -> Json:
    return [{"input_type": "task_run", "id": f"<{label}.id>"} for label in labels]


def _entered(run: str, state_type: str) -> RequestStep:
    return post(f"/{run}/set_state", {"state": {"type": state_type}})
