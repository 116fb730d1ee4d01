"""Reading what a plan names: candidates in the order in which they are found, each once."""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, groupby
from math import isqrt
from operator import itemgetter
from typing import Any, Generic, TypeVar

from runledger.domain.sorting import ALL, Page
from runledger.store import items
from runledger.store.dynamodb.expressions import in_index, in_partition
from runledger.store.dynamodb.table import MAX_ENTRIES, Query, Table
from runledger.store.dynamodb.writes import Item
from runledger.store.schema import indexes, keys, sort_keys
from runledger.store.search.duration_reader import DurationReader
from runledger.store.search.entities import EntityType, F, R
from runledger.store.search.planner import Follow, Lookup, Read, Walk

A = TypeVar("A")


@dataclass(frozen=True)
class Candidate(Generic[F]):
    """A thing that may be wanted: its key, and what has been read of it so far."""

    key: keys.Key
    facts: F | None = None
    item: Item | None = None


@dataclass
class CountingIterator(Generic[A]):
    """Counts what passes."""

    passing: Iterable[A]
    number: int = 0

    def __iter__(self) -> Iterator[A]:
        """Let each pass."""
        for one in self.passing:
            self.number += 1
            yield one


@dataclass
class Reader(Generic[F, R]):
    """Reads things of a kind for a page; `items_read` counts index entries and items alike."""

    table: Table
    kind: EntityType[F, R]
    page: Page
    items_read: int = field(default=0, init=False)

    def candidates(self, read: Read, *, ordered: bool = True) -> Iterator[Candidate[F]]:
        """Yield what a plan finds; of a walk in the order of its index, unless in any.

        That is the order of the page where the walk yields it. In any order, few partitions are
        read ahead of their need; in order, all of them begin at once, each with few entries.
        """
        if isinstance(read, Walk):
            return _each_once(self._entries(read, ordered=ordered))
        found = read.keys if isinstance(read, Lookup) else self._followed(read)
        return (Candidate(key) for key in dict.fromkeys(found))

    def _followed(self, read: Follow) -> Iterator[keys.Key]:
        asked = (Query(in_partition(pk, between)) for pk, between in read.ranges)
        by_key = self.table.read_many(read.keys).values()
        for item in chain(by_key, chain.from_iterable(self.table.query_each(asked))):
            self.items_read += 1
            yield keys.entity(self.kind.name, items.pointed_to(item))

    def _entries(self, walk: Walk, *, ordered: bool) -> Iterator[Candidate[F]]:
        if not ordered:
            found = self._of_kind(chain.from_iterable(self._partitions(walk)))
            yield from (self._candidate(entry, wide=walk.wide) for entry in found)
        elif walk.index == indexes.BY_DURATION:
            yield from (self._candidate(entry, wide=False) for entry in self._by_duration(walk))
        elif walk.index == indexes.BY_NAME:
            yield from self._with_long_names_settled(self._merged(walk))
        else:
            yield from (self._candidate(entry, wide=walk.wide) for entry in self._merged(walk))

    def _by_duration(self, walk: Walk) -> Iterator[Item]:
        at_first = self._page_size(len(walk.partitions)) or MAX_ENTRIES
        return self._of_kind(
            DurationReader(self.table, self.page, at_first).entries(walk.partitions)
        )

    def _merged(self, walk: Walk) -> Iterator[Item]:
        """Merge the partitions of an index, in its order, reading each only as far as needed."""
        streams = map(self._of_kind, self._partitions(walk, ordered=True))
        reverse = self._reads_backwards(walk)
        return heapq.merge(*streams, key=itemgetter(walk.index.range), reverse=reverse)

    def _partitions(self, walk: Walk, *, ordered: bool = False) -> Iterator[Iterator[Item]]:
        page = self._page_size(len(walk.partitions)) if ordered else None
        reverse = self._reads_backwards(walk)
        wheres = (in_index(walk.index, value, walk.between) for value in walk.partitions)
        return self.table.query_each(
            Query(where, walk.index.name, reverse, page) for where in wheres
        )

    def _reads_backwards(self, walk: Walk) -> bool:
        return self.page.order.reverse and walk.yields(self.page.order)

    def _of_kind(self, entries: Iterable[Item]) -> Iterator[Item]:
        for entry in entries:
            self.items_read += 1
            # What one owner has can be of several kinds.
            if keys.is_of(keys.of(entry), self.kind.name):
                yield entry

    def _page_size(self, partitions: int) -> int | None:
        """Entries to ask a partition for: its share, and what chance may add to that."""
        if self.page == ALL or not partitions:
            return None
        share = -(-(self.page.offset + self.page.limit) // partitions)
        return min(share + 2 * isqrt(share) + 1, MAX_ENTRIES)

    def _with_long_names_settled(self, entries: Iterable[Item]) -> Iterator[Candidate[F]]:
        """Put in order what the index can't: names that agree as far as it shows them."""
        for cut, group in groupby(entries, lambda entry: sort_keys.cut_name(entry["name_key"])):
            candidates = (self._candidate(entry, wide=False) for entry in group)
            yield from self.sorted(candidates) if cut else candidates

    def _candidate(self, entry: Item, *, wide: bool) -> Candidate[F]:
        # An entry may be of an item that lies under the thing, such as its tag.
        key = keys.Key(entry["pk"], self.kind.name)
        return Candidate(key, self.kind.facts(entry) if wide else None)

    def sorted(self, candidates: Iterable[Candidate[F]]) -> list[Candidate[F]]:
        """Return candidates in the order of the page, without those that are gone."""
        return sorted(self.known(candidates), key=self.rank, reverse=self.page.order.reverse)

    def rank(self, candidate: Candidate[F]) -> tuple[Any, ...]:
        """Return where a candidate stands of which the facts are known."""
        if candidate.facts is None:
            raise ValueError(f"nothing is known of {candidate.key}")
        return self.kind.rank(candidate.facts, self.page)

    def known(self, candidates: Iterable[Candidate[F]]) -> Iterator[Candidate[F]]:
        """Add the facts, from the documents where the entries have none; drop what is gone."""
        candidates = list(candidates)
        unknown = [one.key for one in candidates if one.facts is None]
        documents = self.table.read_many(unknown, self.kind.attributes, whole=False)
        self.items_read += len(documents)
        for one in candidates:
            if one.facts is not None:
                yield one
            elif item := documents.get(one.key):
                yield Candidate(one.key, self.kind.facts(item), item)


def _each_once(candidates: Iterable[Candidate[F]]) -> Iterator[Candidate[F]]:
    """Leave out what comes again: a thing that moves while an index is read is in two places."""
    seen: set[keys.Key] = set()
    for one in candidates:
        if one.key not in seen:
            seen.add(one.key)
            yield one
