"""Events of task runs whose flow run is deleted, and what is left in the end."""

from datetime import timedelta
from uuid import UUID

from runledger.domain.events.events import Event
from runledger.service import events
from runledger.store.dynamodb.table import Table
from runledger.store.schema import keys
from runledger.store.schema.keys import REMAINDER, TOMBSTONE
from runledger.store.store import Store
from tests.reporting.building import JSON, at, body
from tests.store.support.asking import Asked, removal
from tests.store.support.contents import is_of_counter, scan
from tests.support.databases import DynamoDB
from tests.support.streaming import Streaming

NOW = at(3600)
OF_FLOW = {keys.FLOW, keys.FLOW_NAME}
STATES = ("PENDING", "RUNNING", "COMPLETED")
STAYING = {TOMBSTONE, REMAINDER}


def event(number: int, flow_run: str, run_id: UUID, key: str = "d") -> JSON:
    """Report of a run its first state, the second or the last."""
    named = {"dynamic_key": key}
    return body(number, STATES[number], run_id=run_id, flow_run_id=UUID(flow_run), run=named)


def receive(store: Store, sent: JSON, *, now: timedelta = timedelta(0)) -> None:
    events.receive(store, Event.model_validate(sent), now=NOW + now)


def elsewhere(database: DynamoDB) -> Store:
    """A function that remembers nothing."""
    return Store(Table(database.client, database.table), shards=2)


def kinds(database: DynamoDB) -> set[str]:
    """Return the kinds of items beside events and those that stay for a while."""
    table = scan(database)
    found = (key for key in table if not is_event(key) and not is_of_counter(key))
    return {key.sk for key in found} - STAYING


def is_event(key: keys.Key) -> bool:
    return keys.is_of(key, keys.EVENTS)


def settle(database: DynamoDB, stream: Streaming) -> None:
    """Work off the stream, also after a minute, when DynamoDB removes remainders."""
    stream.pump()
    for remainder in [key for key in scan(database) if key.sk == REMAINDER]:
        spelled = {name: {"S": part} for name, part in remainder._asdict().items()}
        database.client.delete_item(TableName=database.table, Key=spelled)
    stream.pump()


def delete_flow_run(flow_run: str) -> Asked:
    return removal("flow_runs", {"id": flow_run})
