"""Two background runs, the clients that may get them, and what happens at the counter."""

import copy
import json
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from typing import Any, Self, cast
from uuid import UUID

from runledger.adapters.websocket.connections import ApiGatewayConnections
from runledger.api.bodies import StateCreate
from runledger.api.task_runs import TaskRunCreate
from runledger.domain.access import ANYBODY
from runledger.domain.runs.states import StateDetails, StateType
from runledger.domain.websocket.task_workers import Disconnect
from runledger.service.context import ServiceContext
from runledger.service.runs import task_run_creation, task_run_states
from runledger.service.websocket import disconnects, dispatcher
from runledger.service.websocket.dispatcher import Handshake, WebSocketDispatcher
from runledger.service.websocket.task_run_dispatcher import TaskRunDispatcher
from runledger.store.dynamodb.table import Table
from runledger.store.store import Store
from tests.service.far_ends import FarEnds
from tests.support.databases import DynamoDB

CLIENT = Handshake("/task_runs/subscriptions/scheduled", ())
LEASE = timedelta(seconds=60)
NOW = datetime(2026, 1, 1, tzinfo=UTC)

details = StateDetails(deferred=True)
WAITING = StateCreate(type=StateType.SCHEDULED, state_details=details)
RETRIED = WAITING.replace(name="AwaitingRetry")
TAKEN_UP = StateCreate(type=StateType.PENDING, state_details=details)
STARTED = StateCreate(type=StateType.RUNNING)


def store_on(database: DynamoDB) -> Store:
    return Store(Table(database.client, database.table), shards=2)


class WorkerSite:
    """Two runs that wait, and the clients that are connected."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.far_ends = FarEnds()
        self.runs = {self._run(number) for number in range(2)}

    def on(self, store: Store) -> Self:
        """Return this site as it is now, on another table, which has the same items."""
        site = copy.copy(self)
        site.store = store
        site.far_ends, site.runs = copy.deepcopy((self.far_ends, self.runs))
        return site

    def _run(self, number: int) -> UUID:
        asked = TaskRunCreate(task_key="task", dynamic_key=str(number), state=WAITING)
        run = asked.to_run(NOW)
        task_run_creation.create(self.store, run, asked.proposed(NOW), now=NOW)
        return run.id

    def context(self, after: timedelta = timedelta(0)) -> ServiceContext:
        return ServiceContext(
            self.store, ApiGatewayConnections.by(cast("Any", self.far_ends)), NOW + after
        )

    def connect(self, name: str) -> None:
        self.far_ends.open[name] = []
        dispatcher.connect(self.store, name, CLIENT, is_open=True, now=NOW)

    def say(self, name: str, **message: object) -> None:
        WebSocketDispatcher(self.context(), lambda _: ANYBODY).dispatch(name, json.dumps(message))

    def subscribe(self, name: str) -> None:
        self.say(name, type="subscribe", keys=["task"], client_id=name)

    def end(self, name: str, *, by_platform: bool = False, unheard: bool = False) -> None:
        self.far_ends.open.pop(name, None)
        gone = Disconnect(at=NOW, by_platform=by_platform, unheard=unheard)
        dispatcher.disconnect(self.store, name, gone)

    def announce(self) -> None:
        TaskRunDispatcher(self.context()).announce({"task:task"})

    def report(self, run_id: UUID, state: StateCreate) -> None:
        task_run_states.set_state(self.store, run_id, state.proposed(NOW), force=True, now=NOW)

    def sweep(self, after: timedelta) -> None:
        disconnects.sweep(self.context(after), LEASE)

    def inbox(self, name: str) -> Iterator[UUID]:
        """Take what came."""
        inbox = self.far_ends.open[name]
        while inbox:
            yield UUID(json.loads(inbox.pop())["id"])

    def drain(self, name: str) -> Iterator[UUID]:
        """Acknowledge what comes, until nothing does."""
        for run_id in self.inbox(name):
            self.say(name, type="ack")
            yield run_id

    def got_in_the_end(self, name: str, beside: AbstractSet[UUID] = frozenset()) -> set[UUID]:
        """Take what comes, also what is passed on when leases are over.

        beside: runs that need not come. When all others have, nothing more is awaited.
        """
        got = set(self.drain(name))
        for _ in range(3):
            if self.runs <= got | beside:
                break
            self.sweep(2 * LEASE)
            self.announce()
            got.update(self.drain(name))
        return got
