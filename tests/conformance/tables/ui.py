"""Requests that only Prefect's site makes."""

from collections.abc import Iterator

from tests.conformance.programs import Program, RequestStep, bare, get, post, program, some_id

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
SUBSCRIBED: tuple[object, ...] = (
    *({}, {"limit": 1}, {"limit": 0}, {"limit": 1000}, {"limit": 1001}, {"limit": "x"}, [], None),
    *({"offset": 1}, {"offset": -1}, {"sort": "x"}, {"sort": "START_TIME_ASC"}, {"work_pools": {}}),
    *({"work_queues": {}}, {"flow_runs": {"name": {"any_": ["FR 1"]}}}, {"flows": 5}),
)
BY_FLOW: tuple[object, ...] = (
    *({"flow_ids": ["<flow.id>", "<other.id>", some_id(8)]}, {"flow_ids": []}, {}, [], None, "x"),
    *({"flow_ids": None}, {"flow_ids": "x"}, {"flow_ids": ["x"]}),
)
BY_STATE: tuple[object, ...] = (
    *({}, {"task_runs": {"name": {"any_": ["a", "b"]}}}, {"flow_runs": {}}, {"task_runs": 5}),
    *({"flows": {"name": {"any_": ["F 1"]}}}, {"flows": {"x": 1}}, {"deployments": {}}, [], None),
)
STARTED = {"start_time": {"after_": "2026-01-02T12:00:30Z", "before_": "2026-01-02T12:40:30Z"}}
ENDED: tuple[object, ...] = (
    *({"task_runs": STARTED}, {"task_runs": STARTED | {"name": {"any_": ["a", "b"]}}}),
    {"task_runs": STARTED | {"state": {"type": {"any_": ["RUNNING"]}}}},
    {"task_runs": {"start_time": {"after_": "2026-01-02T13:00:00Z", "before_": "2026-01-01"}}},
    *({"task_runs": STARTED, "flow_runs": {}}, {"task_runs": STARTED, "flows": 5}),
    *({"task_runs": STARTED, "work_pools": {}}, {"task_runs": STARTED, "work_queues": {}}),
    *({"task_runs": {"start_time": {"before_": "2026-01-02"}}}, {"task_runs": {}}),
    *({"task_runs": None}, {"task_runs": 5}, {}, [], None, {"flows": 5, "work_queues": 5}),
)


def programs() -> Iterator[Program]:
    yield _task_run()
    yield _counts()
    yield _history()
    yield _by_flow()
    yield _by_state()
    yield program("ui: settings", get("/admin/settings"), bare("POST", "/admin/settings"))
    yield program("ui: work_pools", *(post("/work_pools/filter", body) for body in PAGES))
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
        *(post(history, body) for body in SUBSCRIBED),
        bare("GET", history),
    )


def _by_flow() -> Program:
    def due(flow: str, when: str, state: str = "SCHEDULED") -> RequestStep:
        state_ = {"type": state, "state_details": {"scheduled_time": when}}
        return post("/flow_runs/", {"flow_id": flow, "name": when, "state": state_})

    paths = ("/ui/flows/count-deployments", "/ui/flows/next-runs")
    return program(
        "ui: flows",
        FLOW,
        post("/flows/", {"name": "F 2"}).named("other"),
        *(post("/deployments/", {"name": name, "flow_id": "<flow.id>"}) for name in "ab"),
        FLOW_RUN,
        due("<flow.id>", "2041-01-02T00:00:00Z"),
        due("<flow.id>", "2041-01-01T00:00:00Z"),
        due("<flow.id>", "2040-01-01T00:00:00Z", "PENDING"),
        post("/flow_runs/", {"flow_id": "<other.id>", "state": {"type": "SCHEDULED"}}),
        *(post(path, body) for path in paths for body in BY_FLOW),
        *(bare("GET", path) for path in paths),
    )


def _by_state() -> Program:
    def ran(key: str, minute: int, last: str) -> Iterator[RequestStep]:
        name, at = f"run {key}", f"2026-01-02T12:{minute:02}:30Z"
        yield post("/task_runs/", {**KEYS, "dynamic_key": key, "name": key}).named(name)
        for kind in ("RUNNING", last):
            state = {"type": kind, "timestamp": at}
            yield post(f"/task_runs/<{name}.id>/set_state", {"state": state, "force": True})

    counts, ends = "/ui/task_runs/count", "/ui/task_runs/dashboard/counts"
    runs = [("a", 1, "COMPLETED"), ("b", 20, "FAILED"), ("c", 40, "CRASHED"), ("d", 2, "CANCELLED")]
    return program(
        "ui: task runs by state",
        *(step for run in (*runs, ("e", 3, "PAUSED")) for step in ran(*run)),
        post("/task_runs/", {**KEYS, "dynamic_key": "f"}),
        *(post(counts, body) for body in BY_STATE),
        *(post(ends, body) for body in ENDED),
        *(bare("GET", path) for path in (counts, ends)),
    )
