"""The lives of task runs, as stock clients tell of them: what each step takes of AWS.

All functions run in this process on dynoxide, which counts units as DynamoDB does. The stream is
read after each step: what its functions do for the step is known. Each change comes by itself then,
as where runs are spread evenly over a month; `together`, some runs take the step before the stream
is read, as those of a mapped task do.
"""

import json
import re
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial, reduce
from pathlib import Path
from statistics import mean, median
from typing import Any, NamedTuple
from unittest.mock import patch
from uuid import UUID, uuid4

from local.functions import Functions
from local.rest_api.events import Event
from local.websocket_api.client import WebSocketClient
from runledger.domain.random_values import uuid7
from runledger.domain.runs.states import made_at
from tests.bench import metering
from tests.bench.metering import Usage, metered
from tests.bench.workers.delivery_costs import DeliverySite
from tests.reporting.building import JSON
from tests.support.background import Worker, delay, subscribe

RECORDED = Path(__file__).parents[2] / "reporting/recorded.json"
REST, WEBSOCKET = "REST API", "WebSocket API"
SCHEDULE = "EventBridge"
HEARTBEATS, EVENTS = 1, 3
RUNS, WARM_UP, TOGETHER = 20, 3, 10
AUTHORIZER = "authorize"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
# What a worker tells of a run as it received it.
RECEIVED = (
    "name",
    "task_key",
    "dynamic_key",
    "expected_start_time",
    "next_scheduled_start_time",
)
SCHEDULED_FIRST = ("SCHEDULED", "PENDING", "RUNNING", "COMPLETED")


class LifeStep(NamedTuple):
    """A client's step, and the way by which it reaches its function."""

    name: str
    way: str
    act: Callable[[], object]


class StepCost(NamedTuple):
    """A step's means: of its own function, and of the stream's functions behind it.

    functions: calls of functions, for both; milliseconds: of the processor, in these.
    """

    way: str
    own: Usage
    stream: Usage
    functions: float
    milliseconds: float

    @property
    def write_units(self) -> float:
        """Of both."""
        return self.own.write_units + self.stream.write_units

    @property
    def read_units(self) -> float:
        """Of both."""
        return self.own.read_units + self.stream.read_units

    @property
    def calls(self) -> int:
        """Of DynamoDB, by both."""
        return self.own.calls.total() + self.stream.calls.total()


Life = Callable[[], Iterator[LifeStep]]
Costs = Mapping[str, StepCost]


def lives(site: DeliverySite) -> Mapping[str, Life]:
    """Return the three lives: each call makes the steps of a new run."""
    return {
        "REST": partial(_rest, site, _flow_run(site)),
        "events": told_by_events(site),
        "background": in_background(site),
    }


def told_by_events(site: DeliverySite) -> Life:
    """Return the life of a run that a client of its own tells of."""
    return partial(_events, _client_of_events(site))


def in_background(site: DeliverySite, workers: int = 1) -> Life:
    """Return the life of a run for which so many workers wait; there must be no others."""
    waiting = [subscribe(site.sockets, client_id=f"host-{number}") for number in range(workers)]
    return partial(_background, site, Receivers(waiting), _client_of_events(site))


def _client_of_events(site: DeliverySite) -> WebSocketClient:
    events = site.sockets.connect("/api/events/in", subprotocols=["prefect"])
    events.send('{"type":"auth","token":null}')
    return events


def costs(site: DeliverySite, life: Life, runs: int = RUNS) -> Costs:
    """Return what the steps of a life take, by their names."""
    site.stream.pump()
    lived = [
        {step.name: cost_of(site, step.way, [step]) for step in life()}
        for _ in range(WARM_UP + runs)
    ]
    return {name: _mean([run[name] for run in lived[WARM_UP:]]) for name in lived[0]}


def units_together(site: DeliverySite, life: Life, runs: int = TOGETHER) -> Mapping[str, float]:
    """Return the write units of a run's steps, of so many runs that take each step together."""
    site.stream.pump()
    steps = zip(*(life() for _ in range(runs)), strict=True)
    return {some[0].name: cost_of(site, some[0].way, some).write_units / runs for some in steps}


def cost_of(site: DeliverySite, way: str, steps: Sequence[LifeStep]) -> StepCost:
    """Return what some steps take together."""
    with timed_functions() as taken:
        with metered(site.client) as own:
            deque((step.act() for step in steps), maxlen=0)
        with metered(site.client) as stream:
            site.stream.pump()
    return StepCost(way, own, stream, len(taken), 1000 * sum(seconds for _, seconds in taken))


@contextmanager
def timed_functions() -> Iterator[list[tuple[str, float]]]:
    """Note each call of a function and its processor seconds, until the end of the block.

    API Gateway remembers for five minutes what the authorizer said: its calls are left out.
    """
    call, taken = Functions.call, list[tuple[str, float]]()

    def timed(functions: Functions, operation: str, event: Event) -> object:
        began = time.process_time()
        try:
            return call(functions, operation, event)
        finally:
            if operation != AUTHORIZER:
                taken.append((operation, time.process_time() - began))

    with patch.object(Functions, "call", timed):
        yield taken


def _mean(some: Sequence[StepCost]) -> StepCost:
    return StepCost(
        some[0].way,
        metering.mean([cost.own for cost in some]),
        metering.mean([cost.stream for cost in some]),
        mean(cost.functions for cost in some),
        median(cost.milliseconds for cost in some),
    )


def _flow_run(site: DeliverySite) -> str:
    flow = site.api.post("/flows/", json={"name": f"bench-{uuid4()}"}).raise_for_status().json()
    body = {"flow_id": flow["id"], "state": {"type": "RUNNING"}}
    run_id: str = site.api.post("/flow_runs/", json=body).raise_for_status().json()["id"]
    return run_id


def _rest(site: DeliverySite, flow_run: str) -> Iterator[LifeStep]:
    """A run of a flow run whose states are proposed."""
    body = {
        "name": "extract-a9d",
        "flow_run_id": flow_run,
        "task_key": "extract-1f2a9c",
        "dynamic_key": str(uuid4()),
        "task_inputs": {"x": []},
        "state": {"type": "PENDING"},
    }
    made: list[str] = []
    yield LifeStep("create", REST, lambda: made.append(_post(site, "/task_runs/", body)["id"]))
    for kind in ("RUNNING", "COMPLETED"):
        path = f"/task_runs/{made[0]}/set_state"
        yield LifeStep(kind, REST, partial(_post, site, path, {"state": {"type": kind}}))


def _events(socket: WebSocketClient) -> Iterator[LifeStep]:
    """A run of a flow run whose client runs it by itself, and tells of it by three events."""
    recorded = json.loads(RECORDED.read_text("utf-8"))["minimal"]
    for event in _renamed(recorded[HEARTBEATS:][:EVENTS]):
        yield _event(socket, event)


class Receivers:
    """The workers that wait for runs, and which of them has got which."""

    def __init__(self, workers: Sequence[Worker]) -> None:
        self._workers = workers
        self._receivers: dict[str, Worker] = {}

    def of(self, run_id: str) -> Worker:
        """Return the worker that has got a run."""
        for worker in self._workers:
            self._receivers |= dict.fromkeys(worker.ids(), worker)
        return self._receivers.pop(run_id)


def _background(
    site: DeliverySite, receivers: Receivers, socket: WebSocketClient
) -> Iterator[LifeStep]:
    """A run of `.delay()`, which waits for no worker, and which a worker tells of by events."""
    made: list[str] = []
    yield LifeStep("create and hand out", REST, lambda: made.append(delay(site.api)))
    yield LifeStep("acknowledge", WEBSOCKET, receivers.of(made[0]).ack)
    run = site.api.get(f"/task_runs/{made[0]}").json()
    received = {name: run[name] for name in RECEIVED}
    for event in _renamed(_recorded_in_background(), run_id=made[0], first_id=run["state_id"]):
        event["payload"]["task_run"] |= received
        yield _event(socket, event)


def _event(socket: WebSocketClient, event: JSON) -> LifeStep:
    kind = event["payload"]["validated_state"]["type"]
    return LifeStep(f"event {kind}", WEBSOCKET, partial(socket.send, json.dumps(event)))


def _recorded_in_background() -> Sequence[JSON]:
    """Return the events of the first recorded run that went this way, as they occurred."""
    runs: dict[str, dict[str, JSON]] = {}
    for event in json.loads(RECORDED.read_text("utf-8"))["background"]:
        kind = event["payload"]["validated_state"]["type"]
        runs.setdefault(_run_of(event), {})[kind] = event
    usual = next(run for run in runs.values() if set(run) == set(SCHEDULED_FIRST))
    return [usual[kind] for kind in SCHEDULED_FIRST]


def _renamed(events: Sequence[JSON], run_id: str = "", first_id: str = "") -> Sequence[JSON]:
    """Return events of a run under new ids, or under those that are given."""
    by = datetime.now(UTC) - _instant(events[0])
    new = {event["id"]: _id_at(event, by) for event in events}
    if first_id:
        new[events[0]["id"]] = first_id
    new[_run_of(events[0])] = run_id or _moved_id(_run_of(events[0]), by)
    new[events[0]["payload"]["task_run"]["dynamic_key"]] = str(uuid4())
    text = reduce(lambda text, old: text.replace(old, new[old]), new, json.dumps(events))
    renamed: list[JSON] = json.loads(_moved(text, by))
    return renamed


def _instant(event: JSON) -> datetime:
    return datetime.fromisoformat(event["occurred"])


def _moved(text: str, by: timedelta) -> str:
    """Move all times in a text: what is old is written less often, and stands elsewhere."""
    return TIME.sub(lambda time: _spelled(datetime.fromisoformat(time[0]) + by), text)


def _spelled(time: datetime) -> str:
    return time.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _id_at(event: JSON, by: timedelta) -> str:
    """Return a new id of an event, made when it will have occurred, as stock clients do."""
    return str(uuid7(_instant(event) + by, uuid4().int))


def _moved_id(recorded: str, by: timedelta) -> str:
    """Return a new id of a run that was made so long after that of a recorded one."""
    recorded_at = made_at(UUID(recorded))
    assert recorded_at
    return str(uuid7(recorded_at + by, uuid4().int))


def _run_of(event: JSON) -> str:
    run_id: str = event["resource"]["prefect.resource.id"].rpartition(".")[2]
    return str(UUID(run_id))


def _post(site: DeliverySite, path: str, body: Mapping[str, Any]) -> Any:  # noqa: ANN401 JSON
    return site.api.post(path, json=body).raise_for_status().json()
