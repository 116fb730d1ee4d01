"""POST /task_runs/{id}/set_state: what each rule makes of a proposal.

See docs/contract/orchestration.md 2.
"""

from collections.abc import Iterator

from tests.conformance.programs import Program, RequestStep, delete, get, post, program, some_id
from tests.conformance.tables.runs.flow_runs import FLOW, flow_run
from tests.conformance.tables.values import samples
from tests.conformance.tables.values.proposals import (
    FUTURE,
    PAST,
    RUN,
    Body,
    created,
    deferred,
    forced,
    proposed,
    proposed_for_flow_run,
    reads,
    state,
)
from tests.conformance.tables.values.states import TYPES

RUNNING, PENDING, FAILED, COMPLETED = map(state, ("RUNNING", "PENDING", "FAILED", "COMPLETED"))
PERSISTED = state("COMPLETED", data={"type": "result", "x": [1]})
UNPERSISTED = state("COMPLETED", data={"type": "unpersisted", "x": 1})
ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


def programs() -> Iterator[Program]:
    for number, kind in enumerate(TYPES):
        yield _second_pending(number, kind)
        yield _flow_must_be_running(number, kind)
    for number, last in enumerate((*map(state, ENDED), PERSISTED, UNPERSISTED)):
        yield _terminal(number, last)
    for number, data in enumerate(samples.DATA):
        yield _data(number, data)
    yield _behind_its_flow_run()
    yield _closed_tag()
    yield from _times()
    yield from _retries()
    yield from _names()
    yield _life()
    yield program(
        "set_state: the same transition twice",
        created(state("PENDING", transition_id=some_id(5))),
        proposed(state("RUNNING", transition_id=some_id(5))),
        proposed(state("RUNNING", transition_id=some_id(5))),
        *reads(),
    )


def _tried(name: str, first: object, *asked: Body, **fields: object) -> Program:
    """Each proposal follows what came of the one before."""
    return program(
        f"set_state: {name}", created(first, RUN, **fields), *map(proposed, asked), *reads()
    )


def _second_pending(number: int, kind: str) -> Program:
    """R1, and the same without it."""
    renamed, again = deferred("PENDING", name="Odd"), deferred("PENDING", name="Pending")
    first = state(kind, scheduled_time=PAST, task_parameters_id=some_id(6))
    return _tried(
        f"a second PENDING {number}",
        first,
        *(deferred("PENDING"), renamed, renamed, again, deferred("PENDING", name="")),
        *(forced(deferred("PENDING")), PENDING, deferred("PENDING", scheduled_time=FUTURE)),
        *(deferred("RUNNING"), deferred("PENDING")),
    )


def _terminal(number: int, last: Body) -> Program:
    """R3, to each type in turn from the same state."""
    setups = (step for kind in TYPES for step in (proposed(forced(last)), proposed(state(kind))))
    return program(
        f"set_state: from an end {number}",
        created(RUNNING),
        *setups,
        *reads(),
        *(proposed(deferred(kind)) for kind in TYPES),
        *(proposed(forced(state(kind))) for kind in TYPES),
        *reads(),
    )


def _data(number: int, data: object) -> Program:
    """Return data that count as persisted, and how they are shown."""
    completed = state("COMPLETED", data=data)
    return program(
        f"set_state: data {number}",
        created(RUNNING),
        proposed(completed),
        *reads(),
        *(proposed(state(kind)) for kind in ("CRASHED", "PAUSED", "CANCELLING")),
        proposed(COMPLETED),
        proposed(state("FAILED", data=data)),
        get(f"/task_runs/{RUN}"),
        proposed(forced(state("RUNNING", data=data))),
        *reads(),
    )


def _flow_must_be_running(number: int, kind: str) -> Program:
    """R4 and R9, in a flow run of each type."""
    first = state(kind, pause_timeout=FUTURE, pause_reschedule=True)
    in_flow_run = {"flow_run_id": "<run.id>"}
    runs = tuple(some_id(number) for number in range(1, 5))
    return program(
        f"set_state: in a flow run {number}",
        FLOW,
        flow_run(state=first).named("run"),
        *(created(state("SCHEDULED", scheduled_time=PAST), run, **in_flow_run) for run in runs),
        proposed(RUNNING),
        proposed(deferred("RUNNING"), run=runs[1]),
        proposed(forced(RUNNING), run=runs[2]),
        proposed(PENDING, run=runs[3]),
        proposed(RUNNING, run=runs[3]),
        proposed(PERSISTED, run=runs[3]),
        proposed(RUNNING, run=runs[3]),
        *(step for run in runs for step in reads(run)),
    )


def _behind_its_flow_run() -> Program:
    """R3.4, R8 and R9: a flow run that starts over."""
    run_again = (proposed(RUNNING), proposed(FAILED), get(f"/task_runs/{RUN}"))
    return program(
        "set_state: a flow run that starts over",
        FLOW,
        flow_run(state=RUNNING).named("run"),
        created(PENDING, flow_run_id="<run.id>"),
        *run_again,
        *run_again,
        proposed_for_flow_run(FAILED),
        proposed(RUNNING),
        proposed_for_flow_run(RUNNING),
        *run_again,
        *run_again,
        created(FAILED, some_id(2), flow_run_id="<run.id>"),
        proposed(RUNNING, run=some_id(2)),
        delete("/flow_runs/<run.id>"),
        proposed(RUNNING),
    )


def _closed_tag() -> Program:
    """R5, as far as the reference on SQLite can answer."""
    limit = "/v2/concurrency_limits/tag:closed"
    return program(
        "set_state: a tag whose limit is 0",
        post("/v2/concurrency_limits/", {"name": "tag:closed", "limit": 0}),
        created(PENDING, tags=["open", "closed"]),
        proposed(RUNNING),
        proposed(deferred("RUNNING")),
        proposed(RUNNING),
        proposed(FAILED),
        proposed(RUNNING),
        proposed(forced(RUNNING)),
        *reads(),
        delete(limit),
        proposed(RUNNING),
    )


def _times() -> Iterator[Program]:
    """R6a, R6b and R6c."""
    past, future = (
        state("SCHEDULED", scheduled_time=PAST),
        state("SCHEDULED", scheduled_time=FUTURE),
    )
    parameters = {"scheduled_time": PAST, "task_parameters_id": some_id(6)}
    yield _tried("due", past, PENDING, RUNNING)
    yield _tried("not yet due", future, RUNNING, deferred("RUNNING"), PENDING, RUNNING)
    yield _tried("not yet due, by force", future, forced(RUNNING), RUNNING)
    yield _tried("a time of its own", future, state("PENDING", scheduled_time=PAST), RUNNING)
    yield _tried("scheduled without a time", state("SCHEDULED"), PENDING, RUNNING)
    yield _tried("a time in another type", state("PAUSED", scheduled_time=FUTURE), RUNNING)
    yield _tried("scheduled again", past, future, past, future, PENDING, future, forced(PENDING))
    yield _tried(
        "parameters, deferred",
        deferred("SCHEDULED", **parameters),
        *(deferred("PENDING"), deferred("RUNNING"), deferred("COMPLETED")),
    )
    yield _tried("parameters", state("SCHEDULED", **parameters), PENDING, RUNNING)
    yield _tried(
        "other parameters",
        deferred("SCHEDULED", **parameters),
        deferred("PENDING", task_parameters_id=some_id(7)),
        RUNNING,
    )


def _retries() -> Iterator[Program]:
    """R7; jitter is compared by its bounds."""
    policies: tuple[object, ...] = (
        *({"retries": retries} for retries in (None, 0, -1, 1, 2)),
        *({"retries": 1, "retry_delay": delay} for delay in (0, 100, 90.5, -5, None, "60")),
        *({"retries": 3, "retry_delay": delays} for delays in ([60, 120.5], [90], [0, -5, 70])),
        *({"retries": 2, "retry_delay": 100, "retry_jitter_factor": f} for f in (0, 0.5, 2)),
        {"retries": 2, "retry_delay": [90, 0], "retry_jitter_factor": 0.3},
        {"max_retries": 1, "retry_delay_seconds": 60},
    )
    failed = state("FAILED", message="why", data={"what": 1}, cache_key="k", scheduled_time=FUTURE)
    asked = (failed, forced(RUNNING)) * 4
    for number, policy in enumerate(policies):
        yield _tried(f"retries {number}", RUNNING, *asked, empirical_policy=policy)
    once: Body = {"retries": 1}
    never = [state("FAILED", retriable=value) for value in (False, "no", True)]
    for number, proposal in enumerate((*never, forced(failed), deferred("FAILED"))):
        yield _tried(f"retriable {number}", RUNNING, proposal, empirical_policy=once)
    for kind in TYPES:
        yield _tried(f"FAILED after {kind}", state(kind), FAILED, empirical_policy=once)
    with_data = deferred("SCHEDULED", data={"x": 1})
    yield program("set_state: deferred, with data", created(RUNNING), proposed(with_data))
    no_delays: Body = {"retries": 1, "retry_delay": []}
    yield program(
        "set_state: no delays at all",
        created(RUNNING, empirical_policy=no_delays),
        proposed(FAILED),
    )


def _names() -> Iterator[Program]:
    """R8: a name is the client's until a run starts again."""
    mine = state("RUNNING", name="Mine")
    awaiting = state("SCHEDULED", name="AwaitingRetry", scheduled_time=PAST)
    yield _tried("names", PENDING, mine, mine, state("RUNNING", name=""), state("PAUSED"), mine)
    yield _tried("an awaited retry", RUNNING, awaiting, mine, awaiting, PENDING, mine)
    yield _tried("an awaited retry, first", awaiting, mine)
    yield _tried("an awaited retry, deferred", RUNNING, awaiting, deferred("RUNNING", name="Mine"))
    yield _tried("another type named so", RUNNING, state("PAUSED", name="AwaitingRetry"), mine)
    retried: Body = {"retries": 5, "retry_delay": -5}
    asked = (PENDING, RUNNING, FAILED) * 3
    yield _tried("retried for real", PENDING, RUNNING, FAILED, *asked, empirical_policy=retried)
    yield _tried("retried at once", RUNNING, *(FAILED, RUNNING) * 3, empirical_policy=retried)


def _life() -> Program:
    """Bookkeeping (docs/contract/orchestration.md 4), looked at after each step."""
    steps: list[RequestStep] = []
    for kind in (*TYPES, "RUNNING", "RUNNING", "CANCELLED", "FAILED", "PENDING", "COMPLETED"):
        steps += [proposed(state(kind)), get(f"/task_runs/{RUN}")]
    for kind in TYPES:
        steps += [proposed(forced(state(kind))), get(f"/task_runs/{RUN}")]
    return program("set_state: a long life", created(), *steps, *reads())
