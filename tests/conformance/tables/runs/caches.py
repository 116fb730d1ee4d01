"""Results that are remembered under a cache key (docs/contract/orchestration.md R2 and R10)."""

from collections.abc import Iterator

from tests.conformance.programs import Program, RequestStep, delete, get, program, some_id
from tests.conformance.tables.runs.flow_runs import FLOW, flow_run
from tests.conformance.tables.values.proposals import (
    FUTURE,
    PAST,
    RUN,
    Body,
    created,
    deferred,
    forced,
    proposed,
    reads,
    state,
)

OTHER, THIRD = some_id(2), some_id(3)
RUNNING = state("RUNNING")
LONGEST = 2000


def programs() -> Iterator[Program]:
    for number, (name, kept, asked) in enumerate(CASES):
        yield _remembered(f"{name} {number}", kept, asked)
    yield _newest()
    yield _deleted()
    yield _left()
    yield from (_guarded(name, first) for name, first in GUARDS.items())
    yield _in_flow_runs()


def _completed(key: object, **given: object) -> Body:
    return state("COMPLETED", cache_key=key, **given)


def _asked(key: object, **given: object) -> Body:
    return state("RUNNING", cache_key=key, **given)


# What a first run completes with, and what a second one asks for.
CASES: tuple[tuple[str, Body, Body], ...] = (
    ("a hit", _completed("c1", data={"x": 1}, message="m", name="Mine"), _asked("c1")),
    ("no data", _completed("c2"), _asked("c2")),
    ("unpersisted", _completed("c3", data={"type": "unpersisted"}), _asked("c3")),
    ("text", _completed("c4", data="text"), _asked("c4")),
    ("refreshed", _completed("c5"), _asked("c5", refresh_cache=True)),
    ("not refreshed", _completed("c6"), _asked("c6", refresh_cache=False)),
    ("still good", _completed("c7", cache_expiration=FUTURE), _asked("c7")),
    ("expired", _completed("c8", cache_expiration=PAST), _asked("c8")),
    ("no key", _completed(""), _asked("")),
    ("null", _completed(None), _asked(None)),
    ("another case", _completed("c9"), _asked("C9")),
    ("deferred", deferred("COMPLETED", cache_key="c10"), deferred("RUNNING", cache_key="c10")),
    ("forced in", forced(_completed("c11")), _asked("c11")),
    ("forced past", _completed("c12"), forced(_asked("c12"))),
    ("forced but deferred", _completed("c13"), forced(deferred("RUNNING", cache_key="c13"))),
    ("the longest key", _completed("k" * LONGEST), _asked("k" * LONGEST)),
    ("too long a key", _completed("k" * (LONGEST + 1), data={"x": 1}), _asked("k" * (LONGEST + 1))),
    ("of a failure", state("FAILED", cache_key="c14"), _asked("c14")),
    ("asked by a name", _completed("c15"), _asked("c15", name="Mine", message="asked")),
    ("details", _completed("c16", traceparent="00-a-b-01", pause_key="p"), _asked("c16")),
)
GUARDS: dict[str, Body] = {
    "failed": state("FAILED"),
    "running": RUNNING,
    "not yet due": state("SCHEDULED", scheduled_time=FUTURE),
    "completed": state("COMPLETED"),
    "cancelling": state("CANCELLING"),
}


def _remembered(name: str, kept: Body, asked: Body) -> Program:
    return program(
        f"cache: {name}",
        created(RUNNING),
        proposed(kept),
        created(None, OTHER),
        proposed(asked, run=OTHER),
        *reads(OTHER),
        proposed(state("RUNNING"), run=OTHER),
        created(asked.get("state", asked), THIRD),
        get(f"/task_runs/{THIRD}"),
        *reads(),
    )


def _newest() -> Program:
    """An older result serves when the newest has expired."""
    keep = (
        _completed("n", message="first"),
        _completed("n", message="second", cache_expiration=FUTURE),
        _completed("n", message="third", cache_expiration=PAST),
    )
    return program(
        "cache: the newest",
        *(step for one in keep for step in (created(RUNNING), proposed(one), *_asker("n"))),
        *(
            step
            for one in keep
            for step in (proposed(forced(RUNNING)), proposed(one), *_asker("n"))
        ),
    )


def _asker(key: str) -> tuple[RequestStep, ...]:
    return created(None, OTHER), proposed(_asked(key), run=OTHER), delete(f"/task_runs/{OTHER}")


def _deleted() -> Program:
    """No older result stands in for one that went with its run."""
    return program(
        "cache: a deleted run",
        created(RUNNING),
        proposed(_completed("d")),
        created(RUNNING, THIRD),
        proposed(_completed("d"), run=THIRD),
        *_asker("d"),
        delete(f"/task_runs/{THIRD}"),
        *_asker("d"),
        delete(f"/task_runs/{RUN}"),
        *_asker("d"),
    )


def _left() -> Program:
    """A result serves when its run has moved on; what it served is not remembered anew."""
    return program(
        "cache: a run that moved on",
        created(RUNNING),
        proposed(_completed("l", message="first")),
        proposed(state("FAILED")),
        created(None, THIRD),
        proposed(_asked("l"), run=THIRD),
        proposed(_asked("l")),
        *reads(),
        delete(f"/task_runs/{RUN}"),
        *_asker("l"),
    )


def _guarded(name: str, first: Body) -> Program:
    return program(
        f"cache: a hit for a run that is {name}",
        created(RUNNING),
        proposed(_completed(f"g {name}", data={"x": 1})),
        created(first, OTHER),
        proposed(_asked(f"g {name}"), run=OTHER),
        *reads(OTHER),
    )


def _in_flow_runs() -> Program:
    """A hit is for any run, whatever its flow run does."""
    return program(
        "cache: across flow runs",
        FLOW,
        flow_run(state=RUNNING).named("run"),
        flow_run(state=state("PAUSED"), name="FR 2").named("paused"),
        flow_run(name="FR 3").named("pending"),
        created(RUNNING, flow_run_id="<run.id>"),
        proposed(_completed("f", data={"x": 1})),
        created(None, OTHER, flow_run_id="<paused.id>"),
        proposed(_asked("f"), run=OTHER),
        *reads(OTHER),
        created(None, THIRD, flow_run_id="<pending.id>"),
        proposed(_asked("f"), run=THIRD),
        *reads(THIRD),
    )
