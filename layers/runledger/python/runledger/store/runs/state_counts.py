"""Counts of task runs and flow runs by state type, which the table's stream keeps.

A change of a run adds one to the type of its new state, and takes one from that of its old state.
These amounts are added up in a few items, the counters; a run's id says in which. The sums do not
depend on the order of the changes. So a count is right as soon as each change was added, and stays
right if none is added twice.

The stream repeats changes: whole batches, halves of them, or what came after a failure, and with
others between. So a counter also has the ids of the changes that it has added:

1. The newest are in its own item, in the set WINDOW. One conditional write adds the amounts and the
   ids, on the condition that none of the ids is there already. It happens whole or not at all, and
   can be repeated. Writers of other changes do not conflict with it.
2. A transaction moves the older ones of a full window into items beside the counter. The counter
   keeps the latest time of an id that was moved, in SEALED. An id begins with the time of its
   change, which the stream repeats unchanged. So an id with a later time was never moved, and the
   condition on the window is enough.
3. Other ids are looked up beside the counter, where the time in the id says in which items they
   can be. SEALS counts the moves, and the write expects that there was none since the lookup: what
   was moved is in the items that were read, all else is in the window.

The items beside a counter expire after two days; the stream repeats nothing after one.

The same write keeps the time of the last state of each type that has the type's usual name, among
the changes that the counter has added. The condition expects no later time, so it only grows.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta
from hashlib import blake2b
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, Self

from runledger import ids
from runledger.domain.errors import Unavailable
from runledger.domain.runs.states import StateType
from runledger.parallel import run_in_parallel
from runledger.store.dynamodb.conditions import Attr, Condition
from runledger.store.dynamodb.errors import ConditionFailed
from runledger.store.dynamodb.expressions import in_partition
from runledger.store.dynamodb.table import Query, Table, chunks
from runledger.store.dynamodb.writes import Add, Item, Put
from runledger.store.runs.latest_states import entered_state, latest_attribute
from runledger.store.schema import keys
from runledger.store.schema.keys import Key
from runledger.store.store import Store

if TYPE_CHECKING:
    from runledger.store.dynamodb.stream_records import Change

# A count reads this number of items. A counter takes 1,000 write units a second, as each partition
# does. A change that comes alone takes up to 1.5 of them, one of a batch of 100 takes 0.3: eight
# counters keep up with 5,000 changes a second in the one case, and with 25,000 in the other. The
# number may be raised; if it is lowered, the sums miss the last counters.
COUNTERS = 8

STATELESS = "NONE"
"""The counter's attribute for runs without a state; the others are named for state types."""

TYPES: Mapping[str, StateType | None] = {**{str(one): one for one in StateType}, STATELESS: None}

WINDOW, SEALED, SEALS, IDS, EXPIRES = "window", "sealed", "seals", "ids", "expires_at"

# Ids in a window before some are moved, those that stay, and those that one write adds. A counter
# has at most 75 ids of 17 bytes, and in most cases less than a kilobyte, the size of a write unit.
MAX_WINDOW, MIN_WINDOW, MAX_ADDED = 36, 12, 40

# Bytes of an id: the time in seconds, and a hash of the run and its change's sequence number.
TIME_BYTES, HASH_BYTES = 4, 12

# The spans of time, in seconds, that an item beside a counter can have. The ids that are moved
# together share a minute where many changes come, and hours where few do.
SPANS = (60, 3600)
MAX_ITEMS = 4

RETENTION = timedelta(days=2)

# The maximum of the random pause after each refused write, in seconds. A write is refused because
# the window is full or has one of the ids, or because another writer has emptied the window.
PAUSES = (0.0, 0.0, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32)

Totals = Counter[StateType | None]


class CountedChange(NamedTuple):
    """The part of a run's change in its counter."""

    counter: Key
    id: bytes
    amounts: Mapping[str, int]
    entered: Mapping[str, int] = {}
    """The attribute and the time of the state that was entered, if it has its type's name."""

    @property
    def time(self) -> int:
        return _time(self.id)


def counted_change(change: Change) -> CountedChange | None:
    """Return what a change adds; None if it is of no run, or leaves the type of its state."""
    if not keys.is_run(change.key):
        return None
    amounts = Counter([attribute_of(change.new)] if change.new else [])
    amounts.subtract([attribute_of(change.old)] if change.old else [])
    changed = {name: amount for name, amount in amounts.items() if amount}
    if not changed:
        return None
    entered = {latest_attribute(state): time for state, time in entered_state(change)}
    return CountedChange(counter_of(change.key), _id(change), changed, entered)


def counter_of(run: Key) -> Key:
    """Return the key of the counter that has a run."""
    kind, run_id = keys.entity_of(run)
    return keys.count(kind, keys.shard_of(run_id, COUNTERS))


def attribute_of(item: Item) -> str:
    """Return the counter's attribute for a run that is in the state of an item."""
    return keys.state_type_of(item) or STATELESS


def _id(change: Change) -> bytes:
    """Return the id of a change; the changes of a run are numbered in their order."""
    name = f"{change.key.pk} {change.sequence_number}".encode()
    return change.time.to_bytes(TIME_BYTES) + blake2b(name, digest_size=HASH_BYTES).digest()


def _time(change_id: bytes) -> int:
    return int.from_bytes(change_id[:TIME_BYTES])


class StateCountStore(NamedTuple):
    """The counters in the table."""

    table: Table

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table)

    def totals(
        self, kind: str, types: Collection[StateType | None] = frozenset(TYPES.values())
    ) -> Totals:
        """Return how many runs of a kind are in some types of state, as far as they are counted."""
        counters = [keys.count(kind, number) for number in range(COUNTERS)]
        names = [STATELESS if one is None else str(one) for one in types]
        totals: Totals = Counter()
        for item in self.table.read_many(counters, (*Key._fields, *names)).values():
            for name in item.keys() & names:
                totals[TYPES[name]] += int(item[name])
        return +totals

    def add(self, changes: Iterable[Change]) -> None:
        """Add changes to their counters, each of them once, however often it is added.

        Raises:
            Unavailable: some counters were contended or did not answer; all can be added again.
        """
        self.add_counted(filter(None, map(counted_change, changes)))

    def add_counted(self, changes: Iterable[CountedChange]) -> None:
        """Add changes, as `add` does."""
        by_counter: dict[Key, dict[bytes, CountedChange]] = defaultdict(dict)
        for change in changes:
            by_counter[change.counter][change.id] = change
        run_in_parallel(lambda batch: self._add_all(*batch), by_counter.items())

    def _add_all(self, counter: Key, by_id: Mapping[bytes, CountedChange]) -> None:
        for some in chunks(by_id.values(), MAX_ADDED):
            self._add(counter, some)

    def _add(self, counter: Key, changes: Sequence[CountedChange]) -> None:
        expected = _is_later(min(change.time for change in changes))
        item: Item = {}
        for pause in PAUSES:
            try:
                self.table.write(_addition(counter, changes, expected, item))
            except ConditionFailed as refused:
                item = refused.met[0][1] or counter._asdict()
            else:
                return
            changes = self._without_counted(item, changes)
            if not changes:
                return
            expected = _has_seals(self._make_room(item))
            time.sleep(pause * ids.random_fraction())
        raise Unavailable(f"{counter.pk} is contended")

    def _without_counted(
        self, counter: Item, changes: Sequence[CountedChange]
    ) -> Sequence[CountedChange]:
        """Return the changes that a counter has not added, as far as it knew when it was read."""
        window = counter.get(WINDOW, ())
        left = [change for change in changes if change.id not in window]
        moved = [change for change in left if change.time <= counter.get(SEALED, -1)]
        found = self._moved_ids(keys.of(counter), moved)
        return [change for change in left if change.id not in found]

    def _moved_ids(self, counter: Key, changes: Iterable[CountedChange]) -> AbstractSet[bytes]:
        """Return the ids beside a counter that are from about the times of the changes."""
        starts = {(span, _start(change.time, span)) for change in changes for span in SPANS}
        wheres = (in_partition(counter.pk, keys.counted_within(*start)) for start in starts)
        found = self.table.query_each(Query(where, whole=False) for where in wheres)
        return {change_id for item in chain.from_iterable(found) for change_id in item[IDS]}

    def _make_room(self, counter: Item) -> int:
        """Move the older ids of a full window; return the number of moves that are known now."""
        window, seals = sorted(counter.get(WINDOW, ())), int(counter.get(SEALS, 0))
        if len(window) < MAX_WINDOW:
            return seals
        key, moved = keys.of(counter), window[:-MIN_WINDOW]
        latest = max(int(counter.get(SEALED, 0)), _time(moved[-1]))
        move = Add(
            key,
            {SEALS: 1},
            _has_seals(seals),
            sets={SEALED: latest},
            excludes={WINDOW: frozenset(moved)},
        )
        try:
            self.table.write(move, *(Put(item) for item in _items_of_moved(key, moved)))
        except ConditionFailed:
            return seals
        return seals + 1


def _addition(
    counter: Key, changes: Collection[CountedChange], expected: Condition, seen: Item
) -> Add:
    """Return the write of changes to a counter, as it was seen last."""
    latest: dict[str, int] = {}
    for name, time_ in chain.from_iterable(change.entered.items() for change in changes):
        if time_ > max(latest.get(name, 0), int(seen.get(name, 0))):
            latest[name] = time_
    for name, time_ in latest.items():
        expected &= Attr(name).not_exists() | Attr(name).lte(time_)
    amounts: Counter[str] = Counter()
    for change in changes:
        amounts.update(change.amounts)
        expected &= Attr(WINDOW).lacks(change.id)
    expected &= Attr(WINDOW).has_fewer_than(MAX_WINDOW)
    sums = {name: amount for name, amount in amounts.items() if amount}
    added = {change.id for change in changes}
    return Add(counter, sums, expected, sets=latest, includes={WINDOW: added})


def _is_later(than_moved: int) -> Condition:
    """No id from that time on was moved out of the window."""
    return Attr(SEALED).not_exists() | Attr(SEALED).lt(than_moved)


def _has_seals(number: int) -> Condition:
    return Attr(SEALS).eq(number) if number else Attr(SEALS).not_exists()


def _items_of_moved(counter: Key, moved: Sequence[bytes]) -> Iterator[Item]:
    """Divide ids among items of the shortest span that does with few of them, or of the longest."""
    for span in SPANS:
        groups: dict[int, set[bytes]] = defaultdict(set)
        for change_id in moved:
            groups[_start(_time(change_id), span)].add(change_id)
        if len(groups) <= MAX_ITEMS:
            break
    for start, group in groups.items():
        key = keys.counted(counter, span, start, min(group).hex())
        expires = start + span + int(RETENTION.total_seconds())
        yield key._asdict() | {IDS: group, EXPIRES: expires}


def _start(at: int, span: int) -> int:
    return at - at % span
