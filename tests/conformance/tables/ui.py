"""What only Prefect's site asks for."""

from collections.abc import Iterator

from tests.conformance.programs import Program, bare, get, post, program, some_id

FLOW = post("/flows/", {"name": "F 1"}).named("flow")
FLOW_RUN = post("/flow_runs/", {"flow_id": "<flow.id>", "name": "FR 1"}).named("run")
KEYS = {"task_key": "task", "dynamic_key": "0", "name": "TR 1"}

PAGES: tuple[object, ...] = (
    *({}, {"limit": 5, "offset": 1}, {"limit": 201}, {"limit": "x"}, {"offset": -1}, [], None, "x"),
    *({"work_pools": {}}, {"flows": {"name": {"any_": ["F 1"]}}}, {"flow_runs": 5}, {"sort": None}),
)
COUNTED: tuple[object, ...] = (
    *({"flow_run_ids": [some_id(8), some_id(9), some_id(8)]}, {"flow_run_ids": []}, {}, [], None),
    *({"flow_run_ids": None}, {"flow_run_ids": "x"}, {"flow_run_ids": ["x"]}),
)
TOLD: tuple[object, ...] = (
    *({}, {"limit": 1}, {"limit": 0}, {"limit": 1000}, {"limit": 1001}, {"limit": "x"}, [], None),
    *({"offset": 1}, {"offset": -1}, {"sort": "x"}, {"sort": "START_TIME_ASC"}, {"work_pools": {}}),
    *({"work_queues": {}}, {"flow_runs": {"name": {"any_": ["FR 1"]}}}, {"flows": 5}),
)


def programs() -> Iterator[Program]:
    yield _task_run()
    yield _counts()
    yield _history()
    for listed in ("work_pools", "artifacts"):
        yield program(f"ui: {listed}", *(post(f"/{listed}/filter", body) for body in PAGES))
    yield program("ui: other methods", bare("GET", "/artifacts/filter"))


def _task_run() -> Program:
    return program(
        "ui: task run",
        FLOW,
        FLOW_RUN,
        post("/task_runs/", {"flow_run_id": "<run.id>", **KEYS}).named("inside"),
        post("/task_runs/", {**KEYS, "tags": ["t"], "task_inputs": {"x": []}}).named("outside"),
        get("/ui/task_runs/<inside.id>"),
        get("/ui/task_runs/<inside.id>/"),
        get("/ui/task_runs/<outside.id>"),
        get(f"/ui/task_runs/{some_id(1)}"),
        get("/ui/task_runs/abc"),
        get(f"/ui/task_runs/{some_id(1)}", x_prefect_api_version="0.1.0"),
        *(bare(method, "/ui/task_runs/<inside.id>") for method in ("POST", "PATCH", "DELETE")),
    )


def _counts() -> Program:
    counts = "/ui/flow_runs/count-task-runs"
    subflow_run = {"flow_id": "<flow.id>", "parent_task_run_id": "<parent.id>"}
    return program(
        "ui: count of task runs",
        FLOW,
        FLOW_RUN,
        post("/task_runs/", {"flow_run_id": "<run.id>", **KEYS}),
        post("/task_runs/", {"flow_run_id": "<run.id>", **KEYS, "dynamic_key": "1"}).named(
            "parent"
        ),
        post("/flow_runs/", subflow_run),
        *(post(counts, body) for body in COUNTED),
        bare("GET", counts),
    )


def _history() -> Program:
    history = "/ui/flow_runs/history"
    running = {"state": {"type": "RUNNING"}}
    return program(
        "ui: history of flow runs",
        FLOW,
        FLOW_RUN,
        post("/flow_runs/", {"flow_id": "<flow.id>", "name": "FR 2"}).named("second"),
        post("/flow_runs/<second.id>/set_state", running),
        post("/flow_runs/<second.id>/set_state", {"state": {"type": "COMPLETED"}}),
        *(post(history, body) for body in TOLD),
        bare("GET", history),
    )
