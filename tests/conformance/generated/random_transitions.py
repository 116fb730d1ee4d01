"""Creates, proposed states and reads drawn at random, the same ones for the same seed."""

from collections.abc import Callable, Iterator
from random import Random

from tests.conformance.generated.random_programs import TYPES_OF_FLOW_RUNS
from tests.conformance.programs import (
    Program,
    RequestStep,
    delete,
    get,
    patch,
    post,
    program,
    some_id,
)
from tests.conformance.tables.values.proposals import FUTURE, PAST, Body
from tests.conformance.tables.values.states import TYPES

NAME = "random transitions"
STEPS = 75
RUNS = 8
FLOW_RUNS = ("fr1", "fr2", "sub")
# What the reference fails to create runs with; as the data of a proposal it is fine.
DATA: tuple[object, ...] = (
    *({"type": "result", "x": [1, None]}, {"x": {}}, {"type": "unpersisted"}, {}, [], "", 0, False),
    *("text", 5, [1], True, None),
)
SHOWN_AT_CREATE: tuple[object, ...] = (None, {"type": "unpersisted", "x": 1})
TIMES = (PAST, FUTURE, "2030-06-01T00:00:00", 1900000000)
NAMES = ("AwaitingRetry", "Pending", "Submitting", "Late", "Suspended", "Resuming", "Cached", "")
# Long enough that no delay ends while its program runs.
POLICIES: tuple[object, ...] = (
    *({}, {}, {"retries": 1}, {"retries": 3, "retry_delay": [90, 0, 120.5]}, {"retries": -1}),
    *({"retries": 2, "retry_delay": 100, "retry_jitter_factor": 0.5}, {"retries": 9}),
    {"max_retries": 1, "retry_delay_seconds": 80},
)
FLOW_POLICIES: tuple[object, ...] = (
    *({}, {"retries": 1}, {"retries": 2, "retry_delay": 90}, {"pause_keys": ["k1"]}),
)
CLOSED = "/v2/concurrency_limits/tag:"


def programs(seed: int, how_many: int) -> Iterator[Program]:
    for number in range(how_many):
        draw = Random(f"transitions {seed} {number}")  # noqa: S311 the same programs again
        mark = f"{seed}-{number}"
        yield program(f"{NAME} {number} (seed {seed})", *_steps(draw, mark))


def _steps(draw: Random, mark: str) -> Iterator[RequestStep]:
    """Cache keys and limits outlive the runs: each program has its own, told by its mark."""
    yield post("/v2/concurrency_limits/", {"name": f"tag:closed {mark}", "limit": 0})
    yield post("/flows/", {"name": "F 1"}).named("flow")
    for label in FLOW_RUNS:
        yield _flow_run(draw, label)
    kinds = list(KINDS)
    for _ in range(STEPS):
        kind = draw.choices(kinds, [KINDS[kind] for kind in kinds])[0]
        yield from kind(draw, mark)
    yield delete(f"{CLOSED}closed {mark}")


def _flow_run(draw: Random, label: str) -> RequestStep:
    types = (*_types(label), "RUNNING", "RUNNING")
    state = _state(draw, "", draw.choice(types), SHOWN_AT_CREATE)
    body: Body = {"flow_id": "<flow.id>", "name": label, "state": state}
    body["empirical_policy"] = draw.choice(FLOW_POLICIES)
    if label == "sub":
        body["parent_task_run_id"] = some_id(draw.randrange(RUNS)) if draw.random() < 0.5 else None
    return post("/flow_runs/", body).named(label)


def _types(label: str) -> tuple[str, ...]:
    """The types of states for a flow run: only the subflow run has no task runs of its own."""
    return TYPES if label == "sub" else TYPES_OF_FLOW_RUNS


def _new_flow_run(draw: Random, _: str) -> Iterator[RequestStep]:
    yield _flow_run(draw, draw.choice(FLOW_RUNS))


def _new_task_run(draw: Random, mark: str) -> Iterator[RequestStep]:
    number = draw.randrange(RUNS)
    body: Body = {"id": some_id(number), "task_key": "t", "dynamic_key": str(number), "name": "T 1"}
    if number % 3:
        body["flow_run_id"] = f"<{FLOW_RUNS[number % 3 - 1]}.id>"
    if draw.random() < 0.8:
        data = draw.choice((*SHOWN_AT_CREATE, None, None, {"x": 1}))
        body["state"] = _state(draw, mark, draw.choice(TYPES), (data,))
    body["empirical_policy"] = draw.choice(POLICIES)
    body["tags"] = draw.choice(([], [], ["open"], [f"closed {mark}", "open"]))
    yield post("/task_runs/", body)


def _state(draw: Random, mark: str, kind: str, data: tuple[object, ...] = DATA) -> Body:
    """A state with some of what may go with one."""
    state: Body = {"type": kind}
    details: Body = {}
    for random_fraction, fields, key, value in (
        (0.15, state, "name", draw.choice((*NAMES, "Mine"))),
        (0.1, state, "message", draw.choice(("m", "", None))),
        (0.5 if kind == "COMPLETED" else 0.1, state, "data", draw.choice(data)),
        (0.8 if kind == "SCHEDULED" else 0.1, details, "scheduled_time", draw.choice(TIMES)),
        (0.15, details, "deferred", draw.choice((True, True, False, None))),
        (0.4, details, "cache_key", f"{mark} {draw.choice('abc')}"),
        (0.2, details, "cache_expiration", draw.choice((PAST, FUTURE, None))),
        (0.1, details, "refresh_cache", draw.choice((True, False, None))),
        (0.2 if kind == "FAILED" else 0, details, "retriable", draw.choice((True, False))),
        (0.1, details, "transition_id", some_id(draw.randrange(800, 803))),
        (0.1, details, "task_parameters_id", some_id(draw.randrange(810, 812))),
        (0.7 if kind == "PAUSED" else 0, details, "pause_timeout", draw.choice((PAST, FUTURE))),
        (0.4 if kind == "PAUSED" else 0, details, "pause_key", draw.choice(("k1", "k2", "k3"))),
        (0.2 if kind == "PAUSED" else 0, details, "pause_reschedule", draw.choice((True, False))),
    ):
        if draw.random() < random_fraction:
            fields[key] = value
    if kind == "SCHEDULED" and details.get("deferred"):
        state.pop("data", None)  # which the reference fails on
    return {**state, "state_details": details} if details else state


def _propose(draw: Random, mark: str) -> Iterator[RequestStep]:
    body: Body = {"state": _state(draw, mark, draw.choice((*TYPES, "RUNNING", "COMPLETED")))}
    if draw.random() < 0.25:
        body["force"] = draw.choice((True, True, False, None))
    yield post(f"{_task_run(draw)}/set_state", body)


def _run_through(draw: Random, mark: str) -> Iterator[RequestStep]:
    """Return the usual steps of a run's clients."""
    path = f"{_task_run(draw)}/set_state"
    last = draw.choice(("COMPLETED", "COMPLETED", "FAILED", "CRASHED", "CANCELLED"))
    for kind in ("PENDING", "RUNNING", last):
        yield post(path, {"state": _state(draw, mark, kind)})


def _propose_for_flow_run(draw: Random, _: str) -> Iterator[RequestStep]:
    label = draw.choice(FLOW_RUNS)
    kind = draw.choice((*_types(label), "RUNNING", "RUNNING", "PAUSED"))
    body: Body = {"state": _state(draw, "", kind)}
    if draw.random() < 0.25:
        body["force"] = draw.choice((True, False))
    yield post(f"/flow_runs/<{label}.id>/set_state", body)
    yield get(f"/flow_runs/<{label}.id>")


def _change_flow_run(draw: Random, _: str) -> Iterator[RequestStep]:
    change = draw.choice(({"tags": ["a"]}, {"name": "FR 2"}, {"infrastructure_pid": "7"}, {}))
    yield patch(f"/flow_runs/<{draw.choice(FLOW_RUNS)}.id>", change)


def _read(draw: Random, _: str) -> Iterator[RequestStep]:
    yield get(_task_run(draw))


def _read_states(draw: Random, _: str) -> Iterator[RequestStep]:
    number = draw.randrange(RUNS)
    yield get(f"/task_run_states/?task_run_id={some_id(number)}")
    yield get(f"/task_runs/{some_id(number)}").named("last")
    yield get("/task_run_states/<last.state_id>")


def _delete(draw: Random, _: str) -> Iterator[RequestStep]:
    yield delete(draw.choice((_task_run(draw),) * 3 + (f"/flow_runs/<{FLOW_RUNS[0]}.id>",)))


def _task_run(draw: Random) -> str:
    return f"/task_runs/{some_id(draw.randrange(RUNS))}"


KINDS: dict[Callable[[Random, str], Iterator[RequestStep]], float] = {
    _new_task_run: 12,
    _propose: 26,
    _run_through: 6,
    _propose_for_flow_run: 8,
    _read: 8,
    _read_states: 3,
    _new_flow_run: 1,
    _change_flow_run: 1,
    _delete: 2,
}
