"""Counts the runs of a table again, and corrects the counters by the difference.

The table stays in use, so no reading of it is one instant. Instead, each counter is compared with
the runs as they were after exactly the changes that the counter has added:

1. The state of each run is read from the indexes. Their entries may be of different instants, and
   late.
2. The stream is read, from before that and until after it: a day of changes. Where it has changes
   of a run, the last of them says what the run is; the index is right for all other runs, which
   have not changed for a day.
3. What the stream has and the counter has not added is added now, as the stream's function would:
   this also finds changes that were lost.
4. The counter is read with the ids of all changes that it has added. The stream is read on until it
   has shown them. What it shows beyond them is taken back from the numbers of runs by state type.
   The difference between these numbers and the counter is the counter's error.
5. The error does not change while others add changes to the counter, since each adds to the counter
   what it adds to the runs. So it is subtracted by an addition, which loses none of theirs. A
   number of corrections in the counter makes one of two commands at a time start over.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, product
from typing import Any, NamedTuple

from runledger.domain.errors import Unavailable
from runledger.store.dynamodb import stream_records
from runledger.store.dynamodb.conditions import Attr
from runledger.store.dynamodb.errors import ConditionFailed
from runledger.store.dynamodb.expressions import in_partition, plain
from runledger.store.dynamodb.stream_records import Change
from runledger.store.dynamodb.table import Query, Table, chunks
from runledger.store.dynamodb.writes import Add, Item
from runledger.store.runs.state_counts import (
    COUNTERS,
    IDS,
    SEALS,
    WINDOW,
    CountedChange,
    StateCountStore,
    attribute_of,
    counted_change,
    counter_of,
)
from runledger.store.schema import indexes, keys
from runledger.store.schema.keys import Key

Records = Callable[[], Iterable[Mapping[str, Any]]]

CORRECTIONS = "corrections"

# Attempts at a counter that others change meanwhile, and the pause after each, in seconds.
ATTEMPTS, PAUSE = 100, 0.1

INDEXES = (indexes.BY_NAME, indexes.BY_STATE)

# The stream is read again after so many entries of an index: its iterators expire after 15 minutes.
ENTRIES_AT_A_TIME = 1_000

# A change is in the stream some milliseconds after it is in the table.
SECONDS_TO_ARRIVE = 2.0


class Correction(NamedTuple):
    """By how much the counts of a state type were wrong: less than 0, they were too high."""

    kind: str
    state_type: str
    amount: int


class LastChange(NamedTuple):
    """The number of a run's last change, and its state type after it; None: it was removed."""

    number: int
    state_type: str | None


@dataclass
class CountedRuns:
    """The runs of a counter: by the index, by their last changes, and the changes to count."""

    indexed: dict[Key, str] = field(default_factory=dict)
    last: dict[Key, LastChange] = field(default_factory=dict)
    changes: dict[bytes, CountedChange] = field(default_factory=dict)

    def totals(self) -> Counter[str]:
        """Return the number of runs by state type, after the changes."""
        changed = {key: change.state_type for key, change in self.last.items()}
        return Counter(filter(None, (self.indexed | changed).values()))


class Recount:
    """One recount of a table; `scan` yields the entries of an index of that name."""

    def __init__(
        self, table: Table, new_records: Records, scan: Callable[[str], Iterable[Item]]
    ) -> None:
        self._table = table
        self._new_records = new_records
        self._scan = scan
        self._counts = StateCountStore(table)
        self._runs: dict[Key, CountedRuns] = defaultdict(CountedRuns)

    def run(self, seconds_to_arrive: float = SECONDS_TO_ARRIVE) -> list[Correction]:
        """Correct all counters; return what was wrong.

        Raises:
            Unavailable: a counter changed again and again; run it again.
        """
        counters = {keys.count(*of): of[0] for of in product(keys.RUNS, range(COUNTERS))}
        before = {counter: _window(self._read(counter)) for counter in counters}
        self._read_stream()
        self._read_runs()
        time.sleep(seconds_to_arrive)
        self._read_stream()
        corrected: Counter[tuple[str, str]] = Counter()
        for counter, kind in counters.items():
            for name, amount in self._correct(counter, before[counter]).items():
                corrected[kind, name] += amount
        return [Correction(*of, amount) for of, amount in sorted(corrected.items()) if amount]

    def _read_stream(self) -> None:
        for record in self._new_records():
            if keys.is_run(keys.of(plain(record["dynamodb"]["Keys"]))):
                self._keep(stream_records.read(record))

    def _keep(self, change: Change) -> None:
        runs, number = self._runs[counter_of(change.key)], int(change.sequence_number)
        last = runs.last.get(change.key)
        if last is None or last.number < number:
            state_type = attribute_of(change.new) if change.new else None
            runs.last[change.key] = LastChange(number, state_type)
        if counted := counted_change(change):
            runs.changes[counted.id] = counted

    def _read_runs(self) -> None:
        """Read all runs, of which those without a state have no entry in by_state."""
        entries = chain.from_iterable(self._scan(index.name) for index in INDEXES)
        for some in chunks(entries, ENTRIES_AT_A_TIME):
            for entry in (one for one in some if keys.is_run(keys.of(one))):
                key = keys.of(entry)
                self._runs[counter_of(key)].indexed[key] = attribute_of(entry)
            self._read_stream()

    def _correct(self, counter: Key, before: AbstractSet[bytes]) -> Mapping[str, int]:
        """Add the changes that a counter lacks, and what is wrong besides; return the latter."""
        self._add_missing(counter)
        for _ in range(ATTEMPTS):
            item, added = self._read_with_ids(counter)
            self._read_stream()
            error = self._error(counter, item, added)
            is_known = _window(item) <= before | self._runs[counter].changes.keys()
            if is_known and self._is_written(counter, item, error):
                return error
            time.sleep(PAUSE)
        raise Unavailable(f"the stream lacks changes that {counter.pk} has added")

    def _add_missing(self, counter: Key) -> None:
        changes = self._runs[counter].changes
        for _ in range(ATTEMPTS):
            _, added = self._read_with_ids(counter)
            with suppress(Unavailable):
                self._counts.add_counted(changes[one] for one in changes.keys() - added)
                return
            time.sleep(PAUSE)
        raise Unavailable(f"{counter.pk} is contended")

    def _read_with_ids(self, counter: Key) -> tuple[Item, AbstractSet[bytes]]:
        """Return a counter, and the ids of all changes that it had added then."""
        for _ in range(ATTEMPTS):
            item = self._read(counter)
            moved = Query(in_partition(counter.pk, keys.under(keys.COUNTED)), whole=False)
            ids = {change_id for other in self._table.query(moved) for change_id in other[IDS]}
            if self._read(counter).get(SEALS) == item.get(SEALS):
                return item, ids | _window(item)
        raise Unavailable(f"{counter.pk} changes too often")

    def _error(self, counter: Key, item: Item, added: AbstractSet[bytes]) -> Mapping[str, int]:
        """Return the amounts that a counter lacks, after the changes that it had added."""
        runs = self._runs[counter]
        found = runs.totals()
        for change_id in runs.changes.keys() - added:
            found.subtract(runs.changes[change_id].amounts)
        found.subtract({name: int(item[name]) for name in item if name.isupper()})
        return {name: amount for name, amount in found.items() if amount}

    def _is_written(self, counter: Key, item: Item, error: Mapping[str, int]) -> bool:
        if not error:
            return True
        seen = item.get(CORRECTIONS)
        unchanged = Attr(CORRECTIONS).eq(seen) if seen else Attr(CORRECTIONS).not_exists()
        try:
            self._table.write(Add(counter, {**error, CORRECTIONS: 1}, unchanged))
        except ConditionFailed:
            return False
        return True

    def _read(self, counter: Key) -> Item:
        return self._table.read(counter) or {}


def _window(item: Item) -> AbstractSet[bytes]:
    return frozenset(item.get(WINDOW, ()))
