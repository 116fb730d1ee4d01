"""Events are stored packed: ordinary ones are small; all sizes are read as they were sent."""

import base64
import json
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from runledger.domain.events.events import Event, ReceivedEvent
from runledger.store.dynamodb import stream_records
from runledger.store.dynamodb.stream_records import Change
from runledger.store.dynamodb.table import Table
from runledger.store.events.events import EventStore
from runledger.store.schema import keys
from runledger.store.store import Store
from tests.bench.metering import metered
from tests.reporting.building import JSON, at, body
from tests.support import databases
from tests.support.databases import DynamoDB

RECORDED: dict[str, list[JSON]] = json.loads(
    (Path(__file__).parents[2] / "reporting/recorded.json").read_text("utf-8")
)
KB = 1_000


@pytest.fixture
def store(on_dynoxide: DynamoDB) -> Store:
    return Store(Table(on_dynoxide.client, on_dynoxide.table), shards=2)


def received(event: JSON) -> ReceivedEvent:
    return Event.model_validate(event).received_at(at(0))


def stored(store: Store, database: DynamoDB) -> list[str]:
    """The one event as filters read it, and as the stream's consumer does."""
    events = EventStore.of(store)
    found = events.between(at(0) - timedelta(days=1), at(0) + timedelta(days=1))
    (item,) = (item for item in databases.scan(database) if is_event(item))
    return [event.model_dump_json() for event in (*found, *events.stored([inserted(item)]))]


def is_event(item: JSON) -> bool:
    key = keys.Key(item["pk"]["S"], item["sk"]["S"])
    return keys.is_of(key, keys.EVENTS) and not key.sk.startswith(keys.DOCUMENT_PIECE)


def inserted(item: JSON) -> Change:
    """The change, from a record as Lambda passes it: bytes are in base64."""
    image = {name: as_record(value) for name, value in item.items()}
    named = {name: item[name] for name in ("pk", "sk")}
    return stream_records.read(
        {"dynamodb": {"SequenceNumber": "1", "Keys": named, "NewImage": image}}
    )


def as_record(value: JSON) -> JSON:
    return {"B": base64.b64encode(value["B"]).decode()} if "B" in value else value


@pytest.mark.parametrize("program", RECORDED)
def test_an_event_of_a_stock_client_takes_one_write_unit(store: Store, program: str) -> None:
    with metered(store.table.client) as usage:
        for event in RECORDED[program]:
            EventStore.of(store).add(received(event))
    assert (usage.write_units, usage.calls.total()) == (len(RECORDED[program]),) * 2


def with_all(event: JSON, tags: int) -> JSON:
    """The event of a deployment's run with tags, whose result is stored."""
    resource_id, role, name = (f"prefect.resource.{part}" for part in ("id", "role", "name"))
    more = [
        {resource_id: f"prefect.{kind}.{event['id'][::-1]}", role: kind, name: f"my-{kind}"}
        for kind in ("deployment", "work-queue", "work-pool")
    ]
    more += [{resource_id: f"prefect.tag.team-{n}", role: "tag"} for n in range(tags)]
    result = {
        "type": "unpickled",
        "storage_key": f"results/{event['id']}",
        "hash": "0" * 9,
    }
    payload = event["payload"]
    state = {**payload["validated_state"], "data": result}
    return {
        **event,
        "related": event["related"] + more,
        "payload": {**payload, "validated_state": state},
    }


def test_an_event_with_a_deployment_tags_and_a_result_takes_one_write_unit(store: Store) -> None:
    event = received(with_all(RECORDED["minimal"][3], tags=5))
    with metered(store.table.client) as usage:
        EventStore.of(store).add(event)
    assert len(event.model_dump_json()) > 2 * KB
    assert usage.write_units == 1


@pytest.mark.parametrize("size", [0, 30 * KB, 33 * KB, 370 * KB, 420 * KB, 1_200 * KB, 5_000 * KB])
@pytest.mark.parametrize("is_compressible", [True, False])
def test_an_event_of_any_size_is_read_as_it_was_sent(
    store: Store, on_dynoxide: DynamoDB, size: int, *, is_compressible: bool
) -> None:
    noise = Random(size).randbytes(size // 2).hex()  # noqa: S311 - the same at each run
    sent = received(body(state={"data": "数" * (size // 3) if is_compressible else noise}))
    EventStore.of(store).add(sent)
    EventStore.of(store).add(sent.replace(received=at(9)))
    assert stored(store, on_dynoxide) == [sent.model_dump_json()] * 2
