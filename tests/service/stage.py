"""The table, the stream and the clients of the model of background runs, and what they say."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, cast
from uuid import UUID

from hypothesis.stateful import RuleBasedStateMachine

from local.event_sources.patterns import matches
from runledger.adapters.websocket.connections import ApiGatewayConnections
from runledger.api.bodies import StateCreate
from runledger.domain.access import ANYBODY
from runledger.domain.runs.states import is_taken_up, is_waiting
from runledger.domain.websocket.task_workers import Disconnect
from runledger.service.context import ServiceContext
from runledger.service.runs import run_reads, task_run_states
from runledger.service.stream import reactions
from runledger.service.websocket import dispatcher
from runledger.service.websocket.dispatcher import WebSocketDispatcher
from runledger.store.dynamodb.table import Table
from runledger.store.store import Store
from tests.service.far_ends import FarEnds
from tests.service.watching import Process, queued, records_of
from tests.store.support.contents import Table as Contents
from tests.store.support.contents import scan
from tests.support.databases import DynamoDB
from tests.test_template import FUNCTIONS

Ending = str
OF_ITSELF, BY_PLATFORM, UNHEARD = ENDINGS = ("of itself", "by the platform", "unheard")
CLIENTS = ("host-1", "host-2")

# What AWS Lambda passes of the stream.
SOURCE = FUNCTIONS["react_to_changes"][1]["Events"]["Changes"]["Properties"]
PASSED = [json.loads(one["Pattern"]) for one in SOURCE["FilterCriteria"]["Filters"]]


class Stage(RuleBasedStateMachine):
    """The stage remembers of runs only which of them are to be run."""

    new_table: ClassVar[Callable[[], DynamoDB]]

    def __init__(self) -> None:
        super().__init__()
        self.database = type(self).new_table()
        self.store = Store(Table(self.database.client, self.database.table), shards=2)
        self.far_ends = FarEnds()
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.processes = {name: Process() for name in CLIENTS}
        self.connections = self.created = 0
        self.runs: list[UUID] = []
        self.records: list[dict[str, Any]] = []
        self.seen: Contents = {}

    def present(self) -> list[str]:
        """The clients that are connected."""
        open_ = self.far_ends.open
        return [name for name, one in self.processes.items() if one.connection in open_]

    def away(self) -> list[str]:
        return [name for name in self.processes if name not in self.present()]

    def busy(self) -> list[str]:
        """The clients that were sent a run and have not acknowledged it."""
        return [name for name in self.present() if self.processes[name].unanswered]

    @property
    def context(self) -> ServiceContext:
        sockets = ApiGatewayConnections.by(cast("Any", self.far_ends))
        return ServiceContext(self.store, sockets, self.now)

    def after(self) -> None:
        """Let a moment pass, the stream learn what changed, and the clients what they were sent."""
        self.now += timedelta(seconds=1)
        before, self.seen = self.seen, scan(self.database)
        changes = records_of(before, self.seen)
        self.records += [one for one in changes if any(matches(passed, one) for passed in PASSED)]
        for process in self.processes.values():
            self._read(process, before)

    def _read(self, process: Process, before: Contents) -> None:
        inbox = self.far_ends.open.get(process.connection or "")
        if inbox:
            (text,) = inbox
            inbox.clear()
            self._assert_first(process.receive(json.loads(text)), before)

    def _assert_first(self, run_id: UUID, before: Contents) -> None:
        """Nothing is left in the queue that a run came from that should have come before it."""
        for place, _ in (entry for entry in queued(before) if entry[1].run_id == run_id):
            queue, now = before[place]["queue"], queued(self.seen)
            left = [
                one for key, one in now if self.seen[key]["queue"] == queue and key.sk < place.sk
            ]
            assert not [
                one for one in left if one.run_id in self.runs and self.is_waiting(one.run_id)
            ]

    def report(self, run_id: UUID, state: StateCreate) -> None:
        proposed = state.proposed(self.now)
        task_run_states.set_state(self.store, run_id, proposed, force=True, now=self.now)
        self.after()

    def say(self, connection_id: str, **message: object) -> None:
        WebSocketDispatcher(self.context, lambda _: ANYBODY).dispatch(
            connection_id, json.dumps(message)
        )
        if connection_id not in self.far_ends.open:
            self.closed(connection_id)
        self.after()

    def closed(self, connection_id: str) -> None:
        """Tell that a connection has ended that was closed from here."""
        for process in self.processes.values():
            if process.connection == connection_id:
                process.lose_connection(self.now)
        self.end(connection_id, OF_ITSELF)

    def end(self, connection_id: str, how: Ending) -> None:
        gone = Disconnect(at=self.now, by_platform=how != OF_ITSELF, unheard=how == UNHEARD)
        dispatcher.disconnect(self.store, connection_id, gone)
        self.after()

    def is_waiting(self, run_id: UUID) -> bool:
        state = run_reads.read_task_run(self.store, run_id).value().state
        return is_waiting(state) or is_taken_up(state)

    def tell_everything(self) -> None:
        while self.records:
            change_of, self.records = self.records, []
            assert list(reactions.react(self.context, change_of)) == []
            self.after()
