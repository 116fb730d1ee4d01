"""Background runs seen from outside: the table's changes, and who has which."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from runledger.domain.runs.task_runs import WaitingRun
from runledger.store.dynamodb.expressions import typed
from runledger.store.items import read_document
from runledger.store.schema import keys
from runledger.store.schema.keys import Key
from tests.store.support.contents import Table


class Process:
    """A client's process: what it has acknowledged and not started, its connection and tasks."""

    def __init__(self) -> None:
        self.connection: str | None = None
        self.left = datetime.max.replace(tzinfo=UTC)
        self.keys: list[str] = []
        self.unanswered: UUID | None = None
        self.has: list[UUID] = []
        self.overtaken: set[UUID] = set()

    def receive(self, run: Mapping[str, Any]) -> UUID:
        """Take the run that it was sent; return its id."""
        assert self.unanswered is None, "one at a time"
        assert run["task_key"] in self.keys
        self.unanswered = run_id = UUID(run["id"])
        self.overtaken.discard(run_id)
        return run_id

    def acknowledge(self) -> None:
        self.has, self.unanswered = self.holding, None

    @property
    def holding(self) -> list[UUID]:
        """Return its runs, acknowledged or not, unless somebody else changed their states since."""
        had = dict.fromkeys([*self.has, self.unanswered] if self.unanswered else self.has)
        return [run_id for run_id in had if run_id not in self.overtaken]

    def lose(self, run_id: UUID) -> None:
        """Somebody else changes the state of a run: what is here of it is outdated."""
        self.overtaken.add(run_id)
        self.has = [one for one in self.has if one != run_id]

    def connect(self, connection: str, keys: list[str], *, in_time: bool) -> None:
        """Begin a connection; what it had may be others' by now unless it is back in time.

        One that runs other tasks is a new process.
        """
        if keys != self.keys or not in_time:
            self.has = []
        self.connection, self.keys = connection, keys

    def lose_connection(self, now: datetime) -> None:
        """Forget runs that it was sent and did not acknowledge."""
        self.connection = self.unanswered = None
        self.left = now


def queued(contents: Table) -> Iterator[tuple[Key, WaitingRun]]:
    for key, item in contents.items():
        if key.pk.startswith(keys.QUEUE):
            yield key, read_document(WaitingRun, item)


def records_of(before: Table, now: Table) -> Iterator[dict[str, Any]]:
    """Return the stream's records of the items that differ."""
    for key in sorted(before.keys() | now.keys()):
        old, new = before.get(key), now.get(key)
        if old != new:
            change_of: Mapping[str, Any] = {"Keys": typed(key._asdict()), "SequenceNumber": "1"}
            images = {"OldImage": old and typed(old), "NewImage": new and typed(new)}
            images = {name: one for name, one in images.items() if one}
            kind = "MODIFY" if len(images) > 1 else "INSERT" if new else "REMOVE"
            yield {"eventName": kind, "dynamodb": {**change_of, **images}}
