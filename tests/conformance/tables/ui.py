"""What only Prefect's site asks for."""

from collections.abc import Iterator

from tests.conformance.programs import Program, bare, get, post, program, some_id

FLOW = post("/flows/", {"name": "F 1"}).named("flow")
FLOW_RUN = post("/flow_runs/", {"flow_id": "<flow.id>", "name": "FR 1"}).named("run")
KEYS = {"task_key": "task", "dynamic_key": "0", "name": "TR 1"}


def programs() -> Iterator[Program]:
    yield _task_run()


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
