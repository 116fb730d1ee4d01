"""Documents larger than an item of DynamoDB's, wherever a request carries them."""

from collections.abc import Iterator
from random import Random

from tests.conformance.programs import Program, RequestStep, delete, get, patch, post, program

FLOW = post("/flows/", {"name": "F 1"}).named("flow")
# Bytes: within an item with all that is beside it, above an item, and many of them. The reference
# takes parameters of 512 KB.
SIZES = (20_000, 250_000, 450_000, 2_000_000)
MAX_PARAMETERS = 500_000


def programs() -> Iterator[Program]:
    for size in SIZES:
        yield _flow_run(size)
        yield _task_run(size)
        yield _input(size)
    yield program("parameters above 512 KB", FLOW, _run(parameters={"x": text(600_000)}))


def text(size: int) -> str:
    """Letters of one byte that do not compress well, and some of three."""
    return Random(size).randbytes(size // 4).hex() + "数据" * (size // 12)  # noqa: S311 the same again


def _run(**fields: object) -> RequestStep:
    return post("/flow_runs/", {"flow_id": "<flow.id>", "name": "r", **fields}).named("run")


def _state(of: str, kind: str, size: int) -> RequestStep:
    state = {"type": kind, "message": text(size)}
    return post(f"/{of}/<run.id>/set_state", {"state": state})


def _flow_run(size: int) -> Program:
    parameters = {"x": text(min(size, MAX_PARAMETERS))}
    return program(
        f"flow run of {size} bytes",
        FLOW,
        _run(parameters=parameters, context={"x": text(size)}),
        _state("flow_runs", "RUNNING", size),
        patch("/flow_runs/<run.id>", {"name": "other"}),
        post("/flow_runs/<run.id>/set_state", {"state": {"type": "FAILED", "message": "short"}}),
        get("/flow_runs/<run.id>"),
        post("/flow_runs/filter", {"flow_runs": {"name": {"any_": ["other"]}}}),
        get("/flow_run_states/?flow_run_id=<run.id>"),
        delete("/flow_runs/<run.id>"),
        get("/flow_runs/<run.id>"),
    )


def _task_run(size: int) -> Program:
    inputs = {"x": [{"input_type": "parameter", "name": text(size)}]}
    body = {"task_key": "t", "dynamic_key": str(size), "name": "t", "task_inputs": inputs}
    state = {"type": "PENDING", "message": text(size)}
    return program(
        f"task run of {size} bytes",
        post("/task_runs/", {**body, "state": state}).named("run"),
        post("/task_runs/", body),
        _state("task_runs", "RUNNING", size // 4),
        _state("task_runs", "FAILED", size // 2),
        get("/task_runs/<run.id>"),
        get("/task_run_states/?task_run_id=<run.id>"),
        delete("/task_runs/<run.id>"),
        get("/task_runs/<run.id>"),
    )


def _input(size: int) -> Program:
    path = "/flow_runs/<run.id>/input"
    return program(
        f"input of {size} bytes",
        FLOW,
        _run(),
        post(path, {"key": "k", "value": f'"{text(size)}"'}),
        get(f"{path}/k"),
        post(f"{path}/filter", {"prefix": "k"}),
        delete(f"{path}/k"),
        get(f"{path}/k"),
    )
