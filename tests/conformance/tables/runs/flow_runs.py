"""POST /flow_runs/, GET and DELETE /flow_runs/{id}."""

from collections.abc import Iterator

from tests.conformance.programs import Program, RequestStep, delete, get, post, program, some_id
from tests.conformance.tables.values import samples
from tests.conformance.tables.values.states import STATES

FLOW = post("/flows/", {"name": "F 1", "labels": {"of": "flow", "shared": "flow"}}).named("flow")


def programs() -> Iterator[Program]:
    yield _life()
    yield _idempotent()
    yield _labels()
    yield _deletion()
    for field, values in FIELDS.items():
        for number, value in enumerate(values):
            yield _created(f"flow run {field} {number}", {field: value})
    for number, policy in enumerate(POLICIES):
        yield _created(f"flow run policy {number}", {"empirical_policy": policy})
    for number, state in enumerate(STATES):
        yield _found_again(f"flow run state {number}", {"state": state})
    for number, body in enumerate(BODIES):
        yield program(f"flow run body {number}", FLOW, post("/flow_runs/", body))
    yield program(
        "flow runs that are not there",
        get(f"/flow_runs/{some_id(1)}"),
        delete(f"/flow_runs/{some_id(1)}"),
    )


def flow_run(**fields: object) -> RequestStep:
    return post("/flow_runs/", {"flow_id": "<flow.id>", "name": "FR 1", **fields})


def _created(name: str, fields: dict[str, object]) -> Program:
    return program(name, FLOW, flow_run(**fields), get("/flow_runs/<s2.id>"))


def _found_again(name: str, fields: dict[str, object]) -> Program:
    """By its key: an id may be missing from the first answer."""
    keyed = flow_run(idempotency_key="k", **fields)
    return program(name, FLOW, keyed, keyed, get("/flow_runs/<s3.id>"))


def _life() -> Program:
    return program(
        "flow run: create, read, delete",
        FLOW,
        post("/flow_runs/", {"flow_id": "<flow.id>"}),
        get("/flow_runs/<s2.id>"),
        post("/flow_runs/", {"flow_id": "<flow.id>"}),
        delete("/flow_runs/<s2.id>"),
        get("/flow_runs/<s2.id>"),
        delete("/flow_runs/<s2.id>"),
        get("/flow_runs/<s4.id>"),
        delete("/flows/<flow.id>"),
        get("/flow_runs/<s4.id>"),
    )


def _idempotent() -> Program:
    return program(
        "flow run: the same idempotency key",
        FLOW,
        flow_run(idempotency_key="k", tags=["first"]),
        flow_run(idempotency_key="k", tags=["second"], state={"type": "RUNNING"}, name="other 1"),
        post("/flows/", {"name": "F 2"}).named("second"),
        post("/flow_runs/", {"flow_id": "<second.id>", "idempotency_key": "k", "name": "FR 2"}),
        flow_run(idempotency_key=""),
        flow_run(idempotency_key=""),
        flow_run(idempotency_key=None),
        flow_run(idempotency_key="k", parent_task_run_id=some_id(999)),
        delete("/flow_runs/<s2.id>"),
        flow_run(idempotency_key="k"),
        post("/flow_runs/", {"flow_id": some_id(1), "idempotency_key": "k"}),
    )


def _labels() -> Program:
    return program(
        "flow run: labels are merged",
        FLOW,
        flow_run(labels={"mine": 1, "shared": "run", "prefect.flow.id": "mine"}),
        flow_run(labels=None),
        flow_run(deployment_id=some_id(5), labels={"b": True, "a": 1.0}),
        post("/flows/", {"name": "F 3", "labels": None}).named("bare"),
        post("/flow_runs/", {"flow_id": "<bare.id>", "name": "FR 2", "labels": {"a": 1}}),
        *(get(f"/flow_runs/<{label}.id>") for label in ("s2", "s3", "s4", "s6")),
    )


def _deletion() -> Program:
    task = {"task_key": "t", "name": "T 1"}
    return program(
        "flow run: what goes with it",
        FLOW,
        flow_run().named("run"),
        post("/task_runs/", {**task, "dynamic_key": "1", "flow_run_id": "<run.id>"}).named("child"),
        post("/task_runs/", {**task, "dynamic_key": "2"}).named("free"),
        flow_run(parent_task_run_id="<child.id>", name="FR 2").named("sub"),
        flow_run(parent_task_run_id="<free.id>", name="FR 3").named("other"),
        get("/task_runs/<child.id>"),
        get("/task_runs/<free.id>"),
        delete("/flow_runs/<run.id>"),
        get("/task_runs/<child.id>"),
        get("/flow_runs/<sub.id>"),
        delete("/flow_runs/<other.id>"),
        get("/task_runs/<free.id>"),
        flow_run(parent_task_run_id="<free.id>", name="FR 4", state={"type": "RUNNING"}).named(
            "last"
        ),
        get("/task_runs/<free.id>"),
        delete("/task_runs/<free.id>"),
        get("/flow_runs/<last.id>"),
        delete("/flows/<flow.id>"),
        *(get(f"/flow_runs/<{label}.id>") for label in ("sub", "last")),
        post("/task_runs/filter", {}),
    )


FIELDS: dict[str, tuple[object, ...]] = {
    "name": samples.TEXTS,
    "flow_version": samples.TEXTS,
    "parameters": (
        {"a": [1, {"b": None}], "é": 1.0},
        None,
        [],
        "x",
        {"a": samples.HUGE},
        {"b": 1, "a": 2},
    ),
    "context": ({"a": 1}, None, [], "x"),
    "parent_task_run_id": (None, some_id(999), "zz", 5),
    "infrastructure_document_id": samples.IDS,
    "tags": samples.TAGS,
    "labels": (*({"a": value} for value in samples.LABEL_VALUES), None, [], "x"),
    "idempotency_key": samples.TEXTS,
    "work_pool_name": (None, "nope", "", 5),
    "work_queue_name": (None, "queue 1", "", 5),
    "job_variables": (None, {"a": 1}, [], "x"),
    "deployment_id": (None, some_id(999), "zz", 5),
    "flow_id": samples.IDS,
    "id": (None, some_id(1)),
    "state": (None, [], "x", 5, {}),
    "empirical_policy": ([], "x", 5),
    "auto_scheduled": (True,),
    "deployment_version": ("1",),
}
POLICIES: tuple[object, ...] = (
    {"retries": 3, "retry_delay": 5},
    {"retries": "3", "retry_delay": "5"},
    {"retries": 1.5},
    {"retry_delay": 1.5},
    {"retry_delay": [1, 2]},
    {"max_retries": 2, "retry_delay_seconds": 1.5},
    {"max_retries": 2, "retry_delay_seconds": 3, "retries": 0, "retry_delay": 0},
    {"max_retries": 2, "retries": 1},
    {"max_retries": None},
    {"retry_delay_seconds": None},
    {"pause_keys": ["a"]},
    {"pause_keys": None},
    {"pause_keys": ["b", "b"], "resuming": True, "retry_type": "in_process"},
    {"retry_type": "reschedule"},
    {"retry_type": "x"},
    {"resuming": None},
    {"resuming": "x"},
    {"unknown": 1},
)
BODIES: tuple[object, ...] = (
    *({}, {"flow_id": None}, {"flow_id": some_id(999)}, {"flow_id": "<flow.id>", "x": 1}),
    {"flow_id": some_id(999), "parent_task_run_id": some_id(998)},
    {"flow_id": "<flow.id>", "parameters": {"a": "x" * 600000}},
    {"flow_id": "<flow.id>", "parameters": {"a": "é" * 262140}},
    {"flow_id": "<flow.id>", "parameters": {"a": "x" * 524280}},
    {"flow_id": "<flow.id>", "parameters": {"a": "x" * 524281}},
)
