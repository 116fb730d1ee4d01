"""The counts by state type, as the stream of a table keeps them, and as they should be."""

from collections import Counter
from collections.abc import Iterator

from local.event_sources.records import Record
from runledger.store.dynamodb import stream_records
from runledger.store.dynamodb.table import Table
from runledger.store.runs.state_counts import StateCountStore, Totals
from runledger.store.schema import keys
from tests.store.support.contents import scan
from tests.support.databases import DynamoDB, stream_of


class Counting:
    """Counts the changes of a table when it is told to."""

    def __init__(self, database: DynamoDB) -> None:
        """Give the table its stream: what is written from here on is counted."""
        self._database = database
        self._stream = stream_of(database)
        self._iterator = self._stream.start("")
        self._records: list[Record] = []
        self.store = StateCountStore(Table(database.client, database.table))

    def records(self) -> Iterator[Record]:
        """Iterate over all records of the stream, from the first on; each is read once."""
        while True:
            records, self._iterator = self._stream.read(self._iterator)
            if not records:
                return iter(self._records)
            self._records += records

    def drain(self) -> None:
        """Count all changes, also those that are counted already."""
        self.store.add(map(stream_records.read, self.records()))

    def totals(self, kind: str = keys.TASK_RUN) -> Totals:
        """Return the counts when all changes are counted."""
        self.drain()
        return counted(self._database, kind)

    def assert_right(self) -> None:
        """Compare the counts with the runs that there are, when all changes are counted."""
        self.drain()
        assert_counted(self._database)


def counted(database: DynamoDB, kind: str) -> Totals:
    return StateCountStore(Table(database.client, database.table)).totals(kind)


def existing(database: DynamoDB) -> dict[str, Counter[str | None]]:
    """Return the number of runs that there are, of each kind, by the type of their state."""
    found: dict[str, Counter[str | None]] = {kind: Counter() for kind in keys.RUNS}
    for key, item in scan(database).items():
        if keys.is_run(key):
            found[key.sk][keys.state_type_of(item)] += 1
    return found


def assert_counted(database: DynamoDB) -> None:
    assert {kind: counted(database, kind) for kind in keys.RUNS} == existing(database)
