"""Runs that come and go in a table whose clock, timers and stream a test drives."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from runledger.api.bodies import PENDING
from runledger.api.flow_runs import FlowRunCreate
from runledger.api.flows import FlowCreate
from runledger.api.task_runs import TaskRunCreate
from runledger.domain.runs.states import TERMINAL, State, StateType
from runledger.service.deployments import flows
from runledger.service.runs import flow_runs, task_run_creation, task_run_states
from runledger.service.stream import maintenance
from runledger.store.artifacts import artifact_items
from runledger.store.dynamodb import stream_records
from runledger.store.dynamodb.calls import Deadline
from runledger.store.dynamodb.stream_records import Change
from runledger.store.dynamodb.table import Table
from runledger.store.schema import keys
from runledger.store.schema.keys import ARTIFACT, REMAINDER, RETENTION, Key
from runledger.store.store import Store
from tests.store.support.contents import scan, whole
from tests.store.support.counting import assert_counted
from tests.store.support.late_events import NOW, event, receive
from tests.support.databases import DynamoDB, Items, items_of, put_back, stream_of

START = datetime(2030, 1, 1, tzinfo=UTC)
PERIOD = timedelta(days=10)
DAY = timedelta(days=1)


class Moment(NamedTuple):
    """The contents of a table, and a test's knowledge of it."""

    items: Items
    now: datetime
    parents: dict[Key, Key | None]
    ends: dict[Key, datetime | None]


class RetainedRuns:
    """A table in which finished runs leave after ten days, and what should be in it."""

    def __init__(self, database: DynamoDB) -> None:
        self.database = database
        self.store = Store(Table(database.client, database.table), shards=2, run_retention=PERIOD)
        self.now = START
        self.parents: dict[Key, Key | None] = {}
        self.ends: dict[Key, datetime | None] = {}
        self._stream = stream_of(database)
        self._iterator = self._stream.start("")
        self._flow = made_flow(self.store)

    def moment(self) -> Moment:
        return Moment(items_of(self.database), self.now, {**self.parents}, {**self.ends})

    def return_to(self, moment: Moment) -> None:
        """Let everything be as it was; the stream tells nothing of the way back."""
        put_back(self.database, moment.items)
        self.now, self.parents, self.ends = moment.now, {**moment.parents}, {**moment.ends}
        self.changes()

    def pass_days(self, days: int) -> None:
        """Let time pass; no two moments are a whole number of days apart."""
        self.now += days * DAY + timedelta(seconds=1)

    def begin_flow_run(self, parent: Key | None = None) -> Key:
        under = {"parent_task_run_id": id_of(parent)} if parent else {}
        body = FlowRunCreate.model_validate({"flow_id": self._flow, "tags": ["a"], **under})
        run = body.to_run(self.now)
        flow_runs.create(self.store, run, self._state("RUNNING"), now=self.now)
        return self._began(keys.flow_run(run.id), parent)

    def begin_task_run(self, parent: Key | None = None) -> Key:
        number, under = len(self.parents), id_of(parent) if parent else None
        body = TaskRunCreate.model_validate(
            {"task_key": "t", "dynamic_key": str(number), "tags": ["b"], "flow_run_id": under}
        )
        run = body.to_run(self.now)
        task_run_creation.create(self.store, run, self._state("RUNNING"), now=self.now)
        return self._began(keys.task_run(run.id), parent)

    def report_task_run(self, parent: Key) -> Key:
        """A task run that a client's event creates in a flow run."""
        number = len(self.parents)
        run = keys.task_run(UUID(int=number + 1))
        sent = event(0, str(id_of(parent)), id_of(run), str(number))
        receive(self.store, sent, now=self.now - NOW)
        return self._began(run, parent)

    def _began(self, run: Key, parent: Key | None) -> Key:
        self.parents[run], self.ends[run] = parent, None
        self._mirror(run)
        return run

    def enter(self, run: Key, state_type: str) -> None:
        """Set a state by force."""
        service = flow_runs if run.sk == keys.FLOW_RUN else task_run_states
        state = self._state(state_type)
        service.set_state(self.store, id_of(run), state, force=True, now=self.now)
        self._ended(run, state_type)
        self._mirror(run, state_type)

    def _mirror(self, run: Key, state_type: str = "RUNNING") -> None:
        """A subflow run's state is its parent's, too."""
        parent = self.parents[run]
        if run.sk == keys.FLOW_RUN and parent:
            self._ended(parent, state_type)

    def _ended(self, run: Key, state_type: str) -> None:
        is_end = state_type in TERMINAL
        self.ends[run] = (self.ends[run] or self.now) if is_end else None

    def _state(self, state_type: str) -> State:
        state = PENDING.proposed(self.now)
        # The artifacts of results leave with their runs.
        data = {"a": 1} if state_type == "COMPLETED" else None
        return state.replace(type=StateType(state_type), name=state_type.capitalize(), data=data)

    def there(self) -> set[Key]:
        """The runs that there are."""
        return {key for key in scan(self.database) if keys.is_run(key)}

    def may_leave(self) -> set[Key]:
        """The runs whose whole tree has ended long enough ago."""
        waiting = {
            self._root(run)
            for run, ended in self.ends.items()
            if ended is None or ended > self.now - PERIOD
        }
        return {run for run in self.parents if self._root(run) not in waiting}

    def _root(self, run: Key) -> Key:
        while parent := self.parents[run]:
            run = parent
        return run

    def changes(self) -> list[Change]:
        """Return the changes in the stream since the last call."""
        found: list[Change] = []
        while True:
            records, self._iterator = self._stream.read(self._iterator)
            if not records:
                return found
            found += map(stream_records.read, records)

    def deliver(self, changes: Sequence[Change], calls: int = 10_000) -> list[Change]:
        """Let the stream's function have changes; return those that it has to get again.

        It has time for so many calls of DynamoDB.
        """
        deadline = Deadline(self.now + timedelta(seconds=calls), CountedCalls(self.now))
        failed = list(maintenance.follow(self.store, changes, deadline, now=self.now))
        numbers = [change.sequence_number for change in changes]
        first = min((numbers.index(one.sequence_number) for one in failed), default=len(numbers))
        return list(changes[first:])

    def pump(self) -> None:
        while changes := self.changes():
            assert self.deliver(changes) == []

    def expired(self) -> list[Key]:
        """The items that DynamoDB may remove."""
        seconds = self.now.timestamp()
        table = scan(self.database).items()
        found = (key for key, item in table if item.get("expires_at", seconds + 1) <= seconds)
        return sorted(key for key in found if key.sk in {RETENTION, REMAINDER})

    def expire(self, gone: Sequence[Key]) -> None:
        """Remove items as DynamoDB does when they have expired."""
        for key in gone:
            spelled = {name: {"S": part} for name, part in key._asdict().items()}
            self.database.client.delete_item(TableName=self.database.table, Key=spelled)

    def settle(self) -> None:
        """Let everything happen that will happen by itself within some days."""
        self.pump()
        for _ in range(3):
            self.expire(self.expired())
            self.pump()
            self.pass_days(1)

    def assert_whole(self) -> None:
        """Nothing is half there: no run without its parent, no item without its run."""
        runs = self.there()
        assert {parent for run in runs if (parent := self.parents[run])} <= runs

    def assert_settled(self) -> None:
        """All that may leave has left, with all that belonged to it; counts are exact."""
        allowed = self.may_leave()
        self.settle()
        assert self.parents.keys() - self.may_leave() <= self.there()
        assert not self.there() & allowed
        ends = {key.pk for key in scan(self.database) if key.sk == RETENTION}
        assert ends <= {run.pk for run in self.there()}
        assert self._with_artifacts() <= self.there()
        whole(self.database)
        assert_counted(self.database)

    def _with_artifacts(self) -> set[Key]:
        """The runs whose results have artifacts."""
        table = scan(self.database).values()
        found = [artifact_items.read_artifact(item) for item in table if item["sk"] == ARTIFACT]
        artifacts = [one.artifact for one in found]
        return {
            *(keys.flow_run(one.flow_run_id) for one in artifacts if one.flow_run_id),
            *(keys.task_run(one.task_run_id) for one in artifacts if one.task_run_id),
        }


def made_flow(store: Store) -> UUID:
    flow = FlowCreate.model_validate({"name": "etl"}).to_flow(START)
    return flows.create(store, flow).flow.id


class CountedCalls:
    """A clock by which each call takes a second."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def __call__(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now


def id_of(run: Key) -> UUID:
    _, run_id = keys.entity_of(run)
    return run_id
