"""POST /flow_runs/{id}/set_state, PATCH /flow_runs/{id}, and subflows.

See docs/contract/neighbours.md 3.3.
"""

from collections.abc import Iterator
from itertools import product

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
from tests.conformance.tables.runs.flow_runs import FLOW, POLICIES, flow_run
from tests.conformance.tables.values import samples
from tests.conformance.tables.values.proposals import (
    FUTURE,
    PAST,
    RUN,
    Body,
    created,
    forced,
    reads,
    state,
)
from tests.conformance.tables.values.proposals import proposed_for_flow_run as proposed
from tests.conformance.tables.values.states import TYPES

READ = get("/flow_runs/<run.id>")
RUNNING, PENDING, FAILED, COMPLETED = map(state, ("RUNNING", "PENDING", "FAILED", "COMPLETED"))
SCHEDULED, LATE = state("SCHEDULED", scheduled_time=PAST), state("SCHEDULED", name="Late")
PERSISTED = state("COMPLETED", data={"type": "result", "x": [1]})
PAUSED = state("PAUSED", pause_timeout=FUTURE)
KEYED = state("PAUSED", pause_timeout=FUTURE, pause_key="k")
SUSPENDED = state("PAUSED", name="Suspended", pause_timeout=FUTURE, pause_reschedule=True)
EXPIRED = state("PAUSED", pause_timeout=PAST)
CANCELLING, CANCELLED = state("CANCELLING"), state("CANCELLED")
AGAIN = state("RUNNING", transition_id=some_id(5))
LEASE, OTHER = some_id(801), some_id(802)
DEPLOYED: Body = {"deployment_id": some_id(900)}
SETUPS: dict[str, Body] = {
    **{kind: state(kind) for kind in TYPES},
    "persisted": PERSISTED,
    "late": LATE,
    "not yet due": state("SCHEDULED", scheduled_time=FUTURE),
    "pending, not yet due": state("PENDING", scheduled_time=FUTURE),
    "suspended": SUSPENDED,
    "paused too long": EXPIRED,
}
TARGETS: tuple[Body, ...] = (
    *(state(kind) for kind in TYPES),
    *(PERSISTED, LATE, SUSPENDED, state("PENDING", name="Submitting"), AGAIN, AGAIN),
)


def programs() -> Iterator[Program]:
    for number, (name, setup) in enumerate(SETUPS.items()):
        yield _to_each(f"{name} {number}", setup)
        yield _to_each(f"{name}, deployed {number}", setup, **DEPLOYED)
    for name, (fields, asked) in CASES.items():
        yield program(
            f"flow run set_state: {name}", FLOW, flow_run(**fields).named("run"), *_each(asked)
        )
    for number, data in enumerate(samples.DATA):
        yield _data(number, data)
    for number, kind in enumerate(TYPES):
        yield _leased(number, kind)
    yield from _pauses_anew()
    yield from _changes()
    yield from _subflows()


def _each(asked: tuple[Body, ...]) -> Iterator[RequestStep]:
    for body in asked:
        yield proposed(body)
        yield READ


def _to_each(name: str, setup: Body, **fields: object) -> Program:
    """From the same state to each in turn."""
    setups = (step for target in TARGETS for step in (proposed(forced(setup)), proposed(target)))
    running = flow_run(state=RUNNING, **fields).named("run")
    return program(f"flow run set_state: from {name}", FLOW, running, *setups, READ)


def _data(number: int, data: object) -> Program:
    asked = state("COMPLETED", data=data), COMPLETED, forced(COMPLETED), PERSISTED, RUNNING, FAILED
    running = flow_run(state=RUNNING).named("run")
    return program(f"flow run set_state: data {number}", FLOW, running, *_each(asked))


def _leased(number: int, kind: str) -> Program:
    """The lease of a slot, from a state of one type to each, as it is, named anew, and by force."""
    held = state(kind, deployment_concurrency_lease_id=LEASE)
    targets = [state(target) for target in TYPES]
    targets += [state(target, deployment_concurrency_lease_id=OTHER) for target in TYPES]
    targets += [state("PENDING", name="Submitting"), state("RUNNING", name="Mine", x=1)]
    runs = (
        flow_run(state=held, name=f"FR {at}", empirical_policy={"retries": 3}).named(f"run{at}")
        for at in range(2 * len(targets))
    )
    asked = (one for target in targets for one in (target, forced(target)))
    steps = (
        step
        for at, (run, body) in enumerate(zip(runs, asked, strict=True))
        for step in (run, proposed(body, run=f"run{at}"), get(f"/flow_runs/<run{at}.id>"))
    )
    return program(f"flow run set_state: a lease {number}", FLOW, *steps)


def _pauses_anew() -> Iterator[Program]:
    """A run's memory of its pauses when it starts over, by the client's version."""
    versions = ("0.8.4", "0.10.0", "1.0.0", "", "0.8.3")
    kinds = ("SCHEDULED", "FAILED", "COMPLETED", "CANCELLING", "RUNNING")
    pauses = (KEYED, state("PAUSED", pause_key="k", pause_reschedule=True))
    run = flow_run(state=RUNNING, empirical_policy={"retries": 2}, **DEPLOYED).named("run")
    again = (state("PENDING"), RUNNING, FAILED, RUNNING)
    for number, (version, kind, paused) in enumerate(product(versions, kinds, pauses)):
        asked = (paused, state(kind), *(() if version == "0.8.3" else (*again, paused)))
        steps = (one for body in asked for one in (_versioned(body, version), READ))
        yield program(f"flow run set_state: after a pause {number}", FLOW, run, *steps)


def _versioned(body: Body, version: str) -> RequestStep:
    return post("/flow_runs/<run.id>/set_state", {"state": body}, x_prefect_api_version=version)


CASES: dict[str, tuple[Body, tuple[Body, ...]]] = {
    "pauses by key": (
        {"state": RUNNING},
        (KEYED, RUNNING, KEYED, state("PAUSED", pause_key="K"), FAILED, RUNNING, KEYED),
    ),
    "keys known from the start": (
        {"state": RUNNING, "empirical_policy": {"pause_keys": ["k"]}},
        (KEYED,),
    ),
    "pause and resume": (
        {"state": RUNNING},
        (PAUSED, PENDING, PAUSED, RUNNING, PAUSED, SCHEDULED, PENDING, RUNNING, COMPLETED),
    ),
    "pauses for good": ({"state": RUNNING}, (state("PAUSED"), state("SCHEDULED"), RUNNING)),
    "paused too long": ({"state": RUNNING}, (EXPIRED, PENDING, PAUSED, RUNNING, RUNNING)),
    "suspended too long": (
        {"state": RUNNING, **DEPLOYED},
        (
            SUSPENDED | {"state_details": {"pause_timeout": PAST, "pause_reschedule": True}},
            SCHEDULED,
        ),
    ),
    "suspended and cancelled": ({"state": RUNNING, **DEPLOYED}, (SUSPENDED, CANCELLING, RUNNING)),
    "retries": (
        {"state": RUNNING, "empirical_policy": {"retries": 1, "retry_delay": 60}},
        (state("FAILED", message="why", data={"x": 1}), RUNNING, forced(RUNNING), FAILED, RUNNING),
    ),
    "retries at once": (
        {"state": PENDING, "empirical_policy": {"retries": 2}},
        (RUNNING, FAILED, RUNNING, KEYED, RUNNING, FAILED, RUNNING, KEYED, FAILED, PENDING, FAILED),
    ),
    "retries, not retriable": (
        {"state": RUNNING, "empirical_policy": {"retries": 1}},
        (state("FAILED", retriable=False),),
    ),
    "cancelled in time": ({"state": RUNNING}, (CANCELLING, RUNNING, CANCELLED, RUNNING, FAILED)),
    "never started": ({"state": SCHEDULED}, (CANCELLING, CANCELLING, PENDING)),
    "late": ({"state": SCHEDULED}, (LATE, LATE, PENDING, LATE, RUNNING, LATE)),
    "the same transition": ({"state": PENDING}, (AGAIN, AGAIN, forced(AGAIN), PAUSED, AGAIN)),
    "the same transition, ended": (
        {"state": RUNNING},
        (state("COMPLETED", transition_id=some_id(5)), state("RUNNING", transition_id=some_id(5))),
    ),
    "a long life": ({}, tuple(state(kind) for kind in (*TYPES, *TYPES))),
}


def _changes() -> Iterator[Program]:
    for field, values in CHANGES.items():
        steps = [patch("/flow_runs/<run.id>", {field: value}) for value in values]
        looked_at = (step for change in steps for step in (change, READ))
        yield program(f"flow run changed: {field}", FLOW, flow_run().named("run"), *looked_at)
    bodies = (patch("/flow_runs/<run.id>", body) for body in CHANGED)
    yield program("flow run changed: bodies", FLOW, flow_run().named("run"), *bodies, READ)
    nowhere = (f"/flow_runs/{identity}" for identity in (some_id(404), "abc"))
    asked = (patch(path, body) for path in nowhere for body in ({}, {"x": 1}, {"tags": ["a"]}))
    yield program("flow run changed: nothing there", *asked)
    scheduled = flow_run(state=SCHEDULED, **DEPLOYED).named("run")
    given = patch("/flow_runs/<run.id>", {"job_variables": {"a": 1}})
    as_text = patch("/flow_runs/<run.id>", {"infrastructure_pid": "7"})
    yield program("flow run changed: job variables", FLOW, scheduled, given, READ)
    yield program(
        "flow run changed: a process of its own",
        *(FLOW, flow_run(state=SCHEDULED).named("run"), as_text, READ),
        *_each((CANCELLING, CANCELLED)),
    )
    policies = (patch("/flow_runs/<run.id>", {"empirical_policy": policy}) for policy in POLICIES)
    looked_at = (step for change in policies for step in (change, READ))
    yield program("flow run changed: policies", FLOW, flow_run().named("run"), *looked_at)


CHANGES: dict[str, tuple[object, ...]] = {
    "name": ("FR 2", "é 1", " ", 5, [], ["x"], True),
    "flow_version": ("v1", "", None, 5),
    "parameters": ({"a": [1, {"b": None}]}, {}, [], "x", None),
    "empirical_policy": ({}, {"retries": 1}, [], "x"),
    "tags": samples.TAGS,
    "infrastructure_pid": ("7", "", None, 7),
    "job_variables": ({"a": 1}, {}, [], None),
    "labels": ({}, {"a": 1}),
    "state": (None, PENDING),
    "flow_id": (some_id(9),),
}
CHANGED: tuple[object, ...] = (
    *({}, [], None, "x", 5, {"x": 1}, {"name": "FR 3", "tags": ["a"], "flow_version": "v"}),
    *({"name": "FR 4", "x": 1}, {"tags": 5, "parameters": 5, "z": 1}),
)


def _subflows() -> Iterator[Program]:
    for number, kind in enumerate(TYPES):
        yield _mirrored(number, kind)
    sub = flow_run(parent_task_run_id=RUN, name="FR 2", state=RUNNING).named("run")
    refused = (CANCELLING, RUNNING, SUSPENDED, COMPLETED, PENDING)
    yield program(
        "subflow: refused proposals",
        *(FLOW, created(), sub),
        *(step for one in refused for step in (proposed(one), *reads())),
        delete("/flow_runs/<run.id>"),
        *reads(),
    )
    yield program(
        "subflow: a parent that goes",
        *(FLOW, created(), sub, delete(f"/task_runs/{RUN}"), READ),
        *_each((PAUSED, RUNNING, COMPLETED)),
        *reads(),
    )


def _mirrored(number: int, kind: str) -> Program:
    """The parent becomes the same as its subflow, from any state."""
    parent = created(state(kind), flow_run_id="<parent.id>", empirical_policy={"retries": 3})
    details: Body = {"message": "m", "transition_id": some_id(5), "scheduled_time": PAST}
    asked = RUNNING, PAUSED, state("RUNNING", name="Mine", **details), FAILED, forced(PERSISTED)
    return program(
        f"subflow: mirrored onto a parent {number}",
        *(FLOW, flow_run(state=PENDING).named("parent"), parent),
        flow_run(parent_task_run_id=RUN, name="FR 2", state=state(kind, name="Mine")).named("run"),
        *reads(),
        *(step for one in asked for step in (proposed(one), get(f"/task_runs/{RUN}"))),
        *reads(),
        READ,
    )
