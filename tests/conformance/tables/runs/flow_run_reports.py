"""Labels, lateness and logs of flow runs: PATCH labels, POST lateness, GET logs/download."""

from collections.abc import Iterator

from tests.conformance.programs import (
    Program,
    RequestStep,
    bare,
    get,
    patch,
    post,
    program,
    some_id,
)
from tests.conformance.tables.runs.flow_runs import FLOW, flow_run
from tests.conformance.tables.values.proposals import FUTURE, PAST, state

RUN = flow_run(labels={"own": 1, "shared": "run"}).named("run")
READ = get("/flow_runs/<run.id>")
LABELS, DOWNLOAD = "/flow_runs/<run.id>/labels", "/flow_runs/<run.id>/logs/download"
GIVEN: tuple[object, ...] = (
    *({}, {"a": 1}, {"own": "é", "b": 1.5, "c": True, "d": ""}, {"prefect.flow.id": "x"}),
    *([], None, "x", 5, [["a", 1]], {"": 0}),
)
ODD_LABELS: tuple[object, ...] = (None, {"x": 1}, [1])
LINES: tuple[tuple[str, str, str | None], ...] = (
    ("plain", "2026-01-01T00:00:00Z", None),
    ('say "x", y\nand é', "2026-01-01T00:00:00.5Z", some_id(7)),
    ("", "2026-01-01T00:00:00.000001+02:00", None),
    ("a\rb\r\nc, 'd';\te ", "2026-01-02", None),
)
NAMES = ("FR 1", 'a é/"b" c~d.e', "x" * 300)
WANTED: tuple[object, ...] = (
    *(None, [], 5, {"x": 1}, {"flow_runs": 5}, {"limit": 500, "sort": "x", "offset": -1}),
    *({"flow_runs": {"name": {"any_": ["nobody"]}}}, {"work_pools": {}}, {"work_queues": {}}),
    *({"work_pools": {"name": {"any_": ["x"]}}}, {"work_pool_queues": {"name": {"any_": ["x"]}}}),
    *({"flows": {"name": {"any_": ["F 1"]}}}, {"deployments": {"id": {"any_": []}}}),
)


def programs() -> Iterator[Program]:
    changed = (step for given in GIVEN for step in (patch(LABELS, given), READ))
    yield program("labels of a flow run", FLOW, RUN, *changed)
    for number, label in enumerate(ODD_LABELS):
        yield program(f"odd label of a flow run {number}", FLOW, RUN, patch(LABELS, {"a": label}))
    for name, path in {"labels": LABELS, "logs": DOWNLOAD}.items():
        methods = (bare(method, path) for method in ("GET", "POST", "PUT", "PATCH", "DELETE"))
        yield program(f"other methods of {name} of a flow run", FLOW, RUN, *methods)
    yield program("reports of nobody", *(_asked(identity) for identity in (some_id(1), "abc")))
    yield program("labels of nobody", *(_given(identity) for identity in (some_id(1), "abc")))
    for number, name in enumerate(NAMES):
        yield _logged(f"logs of a flow run {number}", name)
    yield _late()
    for number, body in enumerate(WANTED):
        yield program(f"lateness {number}", FLOW, RUN, post("/flow_runs/lateness", body))


def _asked(identity: str) -> RequestStep:
    return get(f"/flow_runs/{identity}/logs/download")


def _given(identity: str) -> RequestStep:
    return patch(f"/flow_runs/{identity}/labels", {"a": 1})


def _logged(program_name: str, name: str) -> Program:
    lines = [
        {"name": "n", "level": 20, "message": message, "timestamp": time, "task_run_id": task_run}
        for message, time, task_run in LINES
    ]
    of_run = [line | {"flow_run_id": "<run.id>"} for line in lines]
    run = flow_run(name=name).named("run")
    return program(
        program_name, FLOW, run, get(DOWNLOAD), post("/logs/", of_run + lines), get(DOWNLOAD)
    )


def _late() -> Program:
    due = {"past": PAST, "future": FUTURE}
    runs = [
        flow_run(state=state("SCHEDULED", scheduled_time=time), name=n) for n, time in due.items()
    ]
    others = [
        flow_run(state=state(kind), name=kind) for kind in ("RUNNING", "COMPLETED", "PENDING")
    ]
    return program(
        "lateness of flow runs",
        *(FLOW, *runs, *others),
        *(_lateness(name) for name in ("past", "future", "RUNNING", "COMPLETED", "PENDING")),
        _lateness(*due),
        _lateness(*due, "RUNNING", "COMPLETED"),
    )


def _lateness(*names: str) -> RequestStep:
    return post("/flow_runs/lateness", {"flow_runs": {"name": {"any_": list(names)}}})
