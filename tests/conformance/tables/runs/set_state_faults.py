"""POST .../set_state: bodies and states that are refused, or read leniently."""

from collections.abc import Iterator

from tests.conformance.programs import Program, RequestStep, post, program, raw, some_id
from tests.conformance.tables.runs.flow_runs import FLOW, flow_run
from tests.conformance.tables.values import samples
from tests.conformance.tables.values.proposals import RUN, created, forced, reads, state
from tests.conformance.tables.values.states import DETAILED, STATES

PENDING = state("PENDING")
BODIES: tuple[object, ...] = (
    *({}, [], None, "x", 5, True, {"state": None}, {"state": []}, {"state": "PENDING"}, PENDING),
    *({"force": True}, {"force": "x"}, {"state": PENDING, "x": 1}, {"state": PENDING, "force": []}),
    *({"state": PENDING, "force": force} for force in samples.BOOLS),
    {"state": {"type": "x", "z": 1}, "force": "x"},
    {"state": {**PENDING, "timestamp": "2030-01-01T00:00:00Z", "id": some_id(9)}},
)
RAW: tuple[tuple[bytes, str | None], ...] = (
    *((b'{"state": {"type": "PENDING"}}', kind) for kind in (None, "text/plain", "text/json")),
    *((content, "application/json") for content in (b"", b"{", b"null", b'{"state":{', b"\xff")),
    (b'{"state": {"type": "PENDING"}, "state": {"type": "RUNNING"}}', "application/vnd.api+json"),
    (b'{"state": {"type": "PENDING"}}', "application/jsonx"),
)


def programs() -> Iterator[Program]:
    run = f"/task_runs/{RUN}"
    yield program("set_state: bodies", created(), *_asked(run), *reads())
    yield program("set_state: states by force", created(), *_forced(run, STATES), *reads())
    yield program("set_state: details by force", created(), *_forced(run, DETAILED), *reads())
    flow_runs = FLOW, flow_run().named("run")
    of_flow_run = "/flow_runs/<run.id>"
    yield program("flow run set_state: bodies", *flow_runs, *_asked(of_flow_run))
    states = [one for one in STATES if not (isinstance(one, dict) and one.get("data"))]
    yield program("flow run set_state: states", *flow_runs, *_forced(of_flow_run, states))
    yield program("flow run set_state: details", *flow_runs, *_forced(of_flow_run, DETAILED))
    yield program("set_state: nothing there", *_nowhere("/task_runs"), *_nowhere("/flow_runs"))


def _asked(run: str) -> Iterator[RequestStep]:
    path = f"{run}/set_state"
    yield from (post(path, body) for body in BODIES)
    for content, kind in RAW:
        yield raw("POST", path, content, **({"content_type": kind} if kind else {}))


def _forced(run: str, states: object) -> Iterator[RequestStep]:
    assert isinstance(states, tuple | list)
    return (post(f"{run}/set_state", forced(one)) for one in states)


def _nowhere(collection: str) -> Iterator[RequestStep]:
    for identity in (some_id(404), some_id(404).upper(), some_id(404).replace("-", ""), "abc"):
        path = f"{collection}/{identity}/set_state"
        yield from (post(path, {"state": PENDING}), post(path, forced(PENDING)))
        yield from (post(path, {}), raw("POST", path, b"{", content_type="application/json"))
        yield post(path, {"state": PENDING}, x_prefect_api_version="0.1.0")
