"""What a task run's events cost: units, milliseconds, and dollars for a million runs.

Events as a stock client has sent them, taken by the functions in this process, on dynoxide. What a
function remembers makes a difference, so all is measured twice: the run's events all taken by one
function, and each by one that has never heard of the run nor of the connection.
"""

import base64
import json
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial, reduce
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import boto3
import yaml

from local.cloudformation import intrinsics
from local.cloudformation.template import REPOSITORY
from local.functions import Functions
from local.websocket_api.client import WebSocketClient
from runledger import wiring
from tests.bench.events import prices
from tests.bench.metering import Usage, metered
from tests.bench.workers import delivery_costs
from tests.bench.workers.delivery_costs import DeliverySite
from tests.reporting.building import JSON
from tests.support.databases import TEMPLATE

RECORDED = Path(__file__).parents[2] / "reporting/recorded.json"
HEARTBEATS, EVENTS = 1, 3
RUNS = 40


class CostStep(NamedTuple):
    """What an event takes of DynamoDB, and milliseconds of its function."""

    used: Usage
    milliseconds: float


class Costs(NamedTuple):
    """Steps by the state that is told of, and the bytes that a run leaves in table and indexes."""

    here: Mapping[str, CostStep]
    elsewhere: Mapping[str, CostStep]
    handed_on: CostStep
    stored: float


def measured() -> Costs:
    with delivery_costs.on_dynoxide() as site:
        socket = site.sockets.connect("/api/events/in", subprotocols=["prefect"])
        socket.send('{"type":"auth","token":null}')
        _steps(site, socket, lambda _: None)
        here = _steps(site, socket, lambda _: None)
        elsewhere = _steps(site, socket, lambda run_id: _forget(socket, run_id))
        return Costs(here, elsewhere, _handed_on(site), _stored() / (3 * RUNS))


def dollars(steps: Mapping[str, CostStep], handed_on: CostStep) -> Mapping[str, float]:
    """For a million runs, if each event is handed on by itself: in batches it is less."""
    taken = [*steps.values(), *[handed_on] * len(steps)]
    seconds = sum(step.milliseconds for step in taken) / 1000
    of_one = {
        "WebSocket messages": len(steps) * prices.WEBSOCKET_MESSAGE,
        "Lambda requests": len(taken) * prices.LAMBDA_REQUEST,
        "Lambda time": seconds * gigabytes() * prices.LAMBDA_GIGABYTE_SECOND,
        "write units": sum(step.used.write_units for step in taken) * prices.WRITE_UNIT,
        "read units": sum(step.used.read_units for step in taken) * prices.READ_UNIT,
    }
    return {name: prices.MILLION * price for name, price in of_one.items()}


def dollars_a_month(stored: float) -> float:
    """For what a million runs leave, while all of it is kept."""
    return prices.MILLION * stored / 1e9 * prices.GIGABYTE_MONTH


def gigabytes() -> float:
    """The memory of a function, as the template has it for all."""
    document = yaml.load((REPOSITORY / "template.yaml").read_text("utf-8"), intrinsics.Loader)  # noqa: S506 a SafeLoader
    return float(document["Globals"]["Function"]["MemorySize"]) / 1024


def _steps(
    site: DeliverySite, socket: WebSocketClient, prepare: Callable[[UUID], None]
) -> Mapping[str, CostStep]:
    taken: dict[str, list[CostStep]] = {}
    for _ in range(RUNS):
        run_id, events = _a_run()
        for event in events:
            prepare(run_id)
            kind, text = event["payload"]["validated_state"]["type"], json.dumps(event)
            step = _taken(site, partial(socket.send, text))
            taken.setdefault(kind, []).append(step)
    assert socket.closed is None
    return {kind: _median(steps) for kind, steps in taken.items()}


def _taken(site: DeliverySite, act: Callable[[], object]) -> CostStep:
    with metered(site.client) as used:
        began = time.perf_counter()
        act()
        return CostStep(used, 1000 * (time.perf_counter() - began))


def _median(steps: Sequence[CostStep]) -> CostStep:
    """The calls of one are those of all, or of nearly all."""
    units = [(step.used.write_units, step.used.read_units) for step in steps]
    usual = steps[units.index(statistics.mode(units))].used
    return CostStep(usual, statistics.median(step.milliseconds for step in steps))


def _a_run() -> tuple[UUID, list[JSON]]:
    """The events of a recorded run, under ids of their own."""
    events = json.loads(RECORDED.read_text("utf-8"))["minimal"][HEARTBEATS:][:EVENTS]
    ids = [event["id"] for event in events]
    run_id = events[0]["resource"]["prefect.resource.id"].rpartition(".")[2]
    ids += [run_id, events[0]["payload"]["task_run"]["dynamic_key"]]
    fresh = {old: str(uuid4()) for old in ids}
    text = reduce(lambda as_text, old: as_text.replace(old, fresh[old]), ids, json.dumps(events))
    return UUID(fresh[run_id]), json.loads(text)


def _forget(socket: WebSocketClient, run_id: UUID) -> None:
    store = wiring.store()
    store.known_connections.forget(socket.id)
    store.known_runs.forget(run_id)


def _handed_on(site: DeliverySite) -> CostStep:
    """What it takes that nobody listens to an event."""
    functions = Functions(TEMPLATE)
    event = next(item for item in _items() if item["pk"]["S"].startswith("EVENTS"))
    as_text = {
        "SequenceNumber": "1",
        "Keys": {name: event[name] for name in ("pk", "sk")},
        "NewImage": {name: _as_record(value) for name, value in event.items()},
    }
    records = {"Records": [{"eventName": "INSERT", "dynamodb": as_text}]}
    steps = [_taken(site, lambda: functions.call("react_to_changes", records)) for _ in range(RUNS)]
    return _median(steps)


def _as_record(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Lambda passes records as JSON, with bytes in base64."""
    return {"B": base64.b64encode(value["B"]).decode()} if "B" in value else value


def _stored() -> float:
    """The bytes of all items and of all entries of indexes."""
    indexes = [index["IndexName"] for index in TEMPLATE.table["GlobalSecondaryIndexes"]]
    return sum(_size(item) for index in (None, *indexes) for item in _items(index))


def _items(index: str | None = None) -> list[dict[str, Any]]:
    source: Any = {"IndexName": index} if index else {}
    scan = boto3.client("dynamodb").get_paginator("scan")
    pages = scan.paginate(TableName=wiring.store().table.name, **source)
    return [item for page in pages for item in page["Items"]]


def _size(item: Mapping[str, Mapping[str, Any]]) -> int:
    values = (value for typed in item.values() for value in typed.values())
    texts = [value if isinstance(value, bytes) else str(value) for value in values]
    return prices.BYTES_OF_AN_ITEM + sum(map(len, [*item, *texts]))
