"""Background runs and their workers, whatever happens to them in whichever order."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, ClassVar, cast
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from runledger.api.requests import StateCreate, TaskRunCreate
from runledger.domain.states import StateType
from runledger.domain.task_workers import is_taken_up, waits
from runledger.service import conversations, departures, reactions, task_runs
from runledger.service.conversations import Ears
from runledger.service.means import Means
from runledger.sockets import Sockets
from runledger.store.store import Store
from runledger.store.table import Table
from tests.conftest import new_table
from tests.databases import DynamoDB, Engine
from tests.service.far_ends import FarEnds
from tests.service.sites import CLIENT, LEASE, RETRIED, STARTED, TAKEN_UP, WAITING
from tests.service.watching import Process, queued, records_of
from tests.store.contents import Table as Contents
from tests.store.contents import scan

KEYS = ("first", "second")
CLIENTS = ("host-1", "host-2", "host-3")

clients = st.sampled_from(CLIENTS)


class Background(RuleBasedStateMachine):
    """Clients and the stream act in any order; the table's changes are told as often as you like.

    What is kept here of runs is only which of them are to be run.
    """

    new_table: ClassVar[Callable[[], DynamoDB]]

    def __init__(self) -> None:
        super().__init__()
        self.database = type(self).new_table()
        self.store = Store(Table(self.database.client, self.database.table), shards=1)
        self.far_ends = FarEnds()
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.processes = {name: Process() for name in CLIENTS}
        self.connections = self.created = 0
        self.runs: list[UUID] = []
        self.records: list[dict[str, Any]] = []
        self.seen: Contents = {}

    @property
    def means(self) -> Means:
        sockets = Sockets.by(cast("Any", self.far_ends))
        return Means(self.store, sockets, self.now)

    def after(self) -> None:
        """Let a moment pass, the stream learn what changed, and the clients what they were sent."""
        self.now += timedelta(seconds=1)
        before, self.seen = self.seen, scan(self.database)
        self.records += records_of(before, self.seen)
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
        for place in (key for key, one in queued(before) if one.run_id == run_id):
            left = [one for key, one in queued(self.seen) if key.pk == place.pk and key < place]
            assert not [one for one in left if one.run_id in self.runs and self._waits(one.run_id)]

    @rule(key=st.sampled_from(KEYS), state=st.sampled_from([WAITING, WAITING, RETRIED]))
    def create(self, key: str, state: StateCreate) -> None:
        self.created += 1
        run_id, dynamic_key = UUID(int=self.created), str(self.created)
        asked = TaskRunCreate(id=run_id, task_key=key, dynamic_key=dynamic_key, state=state)
        run = asked.to_run(self.now)
        task_runs.create(self.store, run, asked.proposed(self.now), now=self.now)
        self.runs.append(run.id)
        self.after()

    @precondition(lambda self: self.runs)
    @rule(data=st.data(), kind=st.sampled_from(["delete", *StateType]))
    def change(self, data: st.DataObject, kind: str) -> None:
        run_id = data.draw(st.sampled_from(self.runs))
        for process in self.processes.values():
            process.lose(run_id)
        if kind == "delete":
            task_runs.delete(self.store, run_id, now=self.now)
            self.runs.remove(run_id)
            self.after()
        else:
            is_to_wait = kind == "SCHEDULED"
            self._report(run_id, WAITING if is_to_wait else StateCreate(type=StateType(kind)))

    @rule(name=clients, keys=st.permutations(KEYS), count=st.integers(1, 2))
    def connect(self, name: str, keys: list[str], count: int) -> None:
        process = self.processes[name]
        if process.connection in self.far_ends.open:
            return
        process.lose_connection()
        self.connections += 1
        process.connection = connection_id = f"connection-{self.connections}"
        self.far_ends.open[connection_id] = []
        assert conversations.begin(self.store, connection_id, CLIENT, lambda _: True, now=self.now)
        process.keys = keys[:count]
        self._say(connection_id, type="subscribe", keys=process.keys, client_id=name)

    @rule(name=clients)
    def acknowledge(self, name: str) -> None:
        process = self.processes[name]
        if process.unanswered and process.connection in self.far_ends.open:
            process.acknowledge()
            self._say(process.connection, type="ack")

    @rule(name=clients)
    def take_up_unheard(self, name: str) -> None:
        """Take up a run before its acknowledgement is heard, which is lost if the connection is."""
        process = self.processes[name]
        run_id = process.unanswered
        if run_id in self.runs and waits(task_runs.read(self.store, run_id).state):
            process.has = process.holding
            self._report(run_id, TAKEN_UP)

    @rule(name=clients)
    def start(self, name: str) -> None:
        """Take up what was acknowledged first or, if it was, start it; the client reports that."""
        process = self.processes[name]
        if process.has and process.has[0] in self.runs:
            run_id = process.has[0]
            is_new = waits(task_runs.read(self.store, run_id).state)
            process.has = process.has[0 if is_new else 1 :]
            self._report(run_id, TAKEN_UP if is_new else STARTED)

    @rule(name=clients)
    def quit(self, name: str) -> None:
        process = self.processes[name]
        if process.unanswered and process.connection in self.far_ends.open:
            self._say(process.connection, type="quit")

    @rule(name=clients, is_told=st.booleans(), by_platform=st.booleans())
    def drop(self, name: str, *, is_told: bool, by_platform: bool) -> None:
        """Lose a connection, of which API Gateway may say nothing."""
        process = self.processes[name]
        if process.connection and self.far_ends.open.pop(process.connection, None) is not None:
            if is_told:
                self._end(process.connection, by_platform=by_platform)
            process.lose_connection()

    @rule(name=clients)
    def die(self, name: str) -> None:
        """Lose a process, with all that it had."""
        self.drop(name, is_told=True, by_platform=False)
        self.processes[name] = Process()

    @rule(data=st.data())
    def stream(self, data: st.DataObject) -> None:
        """Tell some changes, in any order, some of them not for the last time."""
        told = data.draw(st.permutations(self.records))[: data.draw(st.integers(0, 8))]
        again = data.draw(st.booleans())
        failed = list(reactions.react(self.means, told))
        assert failed == []
        self.records = [one for one in self.records if again or one not in told]
        self.after()

    @rule(seconds=st.sampled_from([5, 40, 70]))
    def sweep(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        before = set(self.far_ends.open)
        departures.sweep(self.means, LEASE)
        for ended in before - set(self.far_ends.open):
            self._end(ended, by_platform=False)
        self.after()

    def _report(self, run_id: UUID, state: StateCreate) -> None:
        proposed = state.proposed(self.now)
        task_runs.set_state(self.store, run_id, proposed, force=True, now=self.now)
        self.after()

    def _say(self, connection_id: str, **message: object) -> None:
        Ears(self.means, lambda _: True).hear(connection_id, json.dumps(message))
        if connection_id not in self.far_ends.open:
            self._end(connection_id, by_platform=False)
        self.after()

    def _end(self, connection_id: str, *, by_platform: bool) -> None:
        conversations.end(self.store, connection_id, by_platform=by_platform, now=self.now)
        self.after()

    @invariant()
    def nobody_has_what_another_has(self) -> None:
        here = [one for one in self.processes.values() if one.connection in self.far_ends.open]
        held = [
            run_id
            for process in here
            for run_id in set(process.holding)
            if run_id in self.runs and self._waits(run_id)
        ]
        assert len(held) == len(set(held))

    def _waits(self, run_id: UUID) -> bool:
        state = task_runs.read(self.store, run_id).state
        return waits(state) or is_taken_up(state)

    def teardown(self) -> None:
        """In the end a worker gets everything that nobody has who lives."""
        self._tell_everything()
        for name in CLIENTS:
            self.drop(name, is_told=True, by_platform=False)
        last = self.processes["last"] = Process()
        for _ in range(5):
            self.connect("last", list(KEYS), 2)
            while last.unanswered and last.connection in self.far_ends.open:
                self.acknowledge("last")
            self.sweep(70)
            self._tell_everything()
        waiting = {run_id for run_id in self.runs if self._waits(run_id)}
        assert waiting <= set(last.has)

    def _tell_everything(self) -> None:
        while self.records:
            told, self.records = self.records, []
            assert list(reactions.react(self.means, told)) == []
            self.after()


def test_no_run_is_lost_or_held_twice(moto: Engine) -> None:
    class OnMoto(Background):
        new_table = partial(new_table, moto)

    steps = settings(max_examples=settings().max_examples // 4, stateful_step_count=30)
    run_state_machine_as_test(OnMoto, settings=steps)
