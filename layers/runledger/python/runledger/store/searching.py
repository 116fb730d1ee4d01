"""Carrying out a plan: read what it names, keep what is wanted, and give a page of it in order."""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, groupby, islice
from math import isqrt
from typing import Any, Generic

from runledger.domain.sorting import ALL, Page
from runledger.store import items, keys, places
from runledger.store.expressions import in_index, in_partition
from runledger.store.kinds import F, Kind, R
from runledger.store.planning import Follow, Lookup, Read, Walk, everything, expected_between
from runledger.store.selections import Selection
from runledger.store.table import MOST_KEYS, Query, Table
from runledger.store.writes import Item

# Entries of an unordered path that are sorted in memory; where there are more, walking everything
# in its order finds a page sooner.
MOST_SORTED = 2_000

# Entries that are asked for at once; DynamoDB sends no more than a megabyte, whatever is asked.
MOST_ENTRIES = 10_000


@dataclass(frozen=True)
class Candidate(Generic[F]):
    """A thing that may be wanted: its key, and what has been read of it so far."""

    key: keys.Key
    facts: F | None = None
    item: Item | None = None


@dataclass(frozen=True)
class Found(Generic[R]):
    """A page, and what it took to find it."""

    page: list[R]
    path: str
    entries_read: int

    def told(self) -> dict[str, object]:
        """Return what is worth logging."""
        return {"path": self.path, "entries_read": self.entries_read, "found": len(self.page)}


@dataclass
class Searcher(Generic[F, R]):
    """One search, on its way through the table."""

    table: Table
    shards: int
    kind: Kind[F, R]
    selection: Selection[F]
    page: Page = ALL
    entries_read: int = field(default=0, init=False)

    def find(self) -> Found[R]:
        """Return the page that is wanted."""
        read = self._plan()
        wanted = self._in_order(read)
        if wanted is None:
            read = self._everything()
            wanted = self._wanted(self._entries(read))
        page = self._read_page(islice(wanted, self.page.offset, None))
        return Found(page, read.name, self.entries_read)

    def facts(self, between: tuple[datetime, datetime] | None = None) -> Iterator[F]:
        """Yield what is known of all that is wanted, or of runs expected to start between."""
        read = self._plan()
        if between and isinstance(read, Walk) and not read.bounded:
            read = expected_between(self.kind.name, *between, self.shards)
        wanted = self._wanted(self._candidates(read))
        return (one.facts for one in wanted if one.facts is not None)

    def _plan(self) -> Read:
        return self.selection.narrowest(self.shards) or self._everything()

    def _everything(self) -> Walk:
        return everything(self.kind.name, self.page.order, self.shards)

    def _candidates(self, read: Read) -> Iterator[Candidate[F]]:
        if isinstance(read, Walk):
            return self._entries(read)
        found = read.keys if isinstance(read, Lookup) else self._followed(read)
        return (Candidate(key) for key in dict.fromkeys(found))

    def _followed(self, read: Follow) -> Iterator[keys.Key]:
        for pk, between in read.ranges:
            for item in self.table.query(Query(in_partition(pk, between))):
                yield keys.thing(self.kind.name, items.pointed_to(item))

    def _in_order(self, read: Read) -> Iterator[Candidate[F]] | None:
        """Return what a plan finds, in order; None where it is too much to be sorted."""
        candidates = self._candidates(read)
        if isinstance(read, Walk) and read.yields(self.page.order):
            return self._wanted(candidates)
        if not isinstance(read, Walk) or read.bounded:
            return self._sorted(self._wanted(candidates))
        some = list(islice(candidates, MOST_SORTED + 1))
        return None if len(some) > MOST_SORTED else self._sorted(self._wanted(some))

    def _sorted(self, wanted: Iterable[Candidate[F]]) -> Iterator[Candidate[F]]:
        return iter(sorted(self._known(wanted), key=self._rank, reverse=self.page.order.reverse))

    def _rank(self, candidate: Candidate[F]) -> tuple[Any, ...]:
        if candidate.facts is None:
            raise ValueError(f"nothing is known of {candidate.key}")
        return self.kind.rank(candidate.facts, self.page.order.column)

    def _entries(self, walk: Walk) -> Iterator[Candidate[F]]:
        """Merge the partitions of an index, in its order, reading each only as far as needed."""
        reverse = self.page.order.reverse and walk.yields(self.page.order)
        streams = [self._partition(walk, value, reverse=reverse) for value in walk.partitions]
        place = walk.index.range
        merged = heapq.merge(*streams, key=lambda entry: entry[place], reverse=reverse)
        if walk.index == keys.BY_NAME:
            return self._with_long_names_settled(merged)
        return (self._candidate(entry, wide=walk.wide) for entry in merged)

    def _partition(self, walk: Walk, value: str, *, reverse: bool) -> Iterator[Item]:
        where = in_index(walk.index, value, walk.between)
        page = self._page_size(len(walk.partitions)) if walk.yields(self.page.order) else None
        for entry in self.table.query(Query(where, walk.index.name, reverse, page)):
            self.entries_read += 1
            # What one owner has can be of several kinds.
            if keys.is_of(keys.of(entry), self.kind.name):
                yield entry

    def _page_size(self, partitions: int) -> int | None:
        """Entries to ask a partition for: its share, and what chance may add to that."""
        if self.page == ALL:
            return None
        share = -(-(self.page.offset + self.page.limit) // partitions)
        return min(share + 2 * isqrt(share) + 1, MOST_ENTRIES)

    def _with_long_names_settled(self, entries: Iterable[Item]) -> Iterator[Candidate[F]]:
        """Put in order what the index can't: names that agree as far as it shows them."""
        for cut, group in groupby(entries, lambda entry: places.cut_name(entry["name_key"])):
            candidates = (self._candidate(entry, wide=False) for entry in group)
            yield from self._sorted(candidates) if cut else candidates

    def _candidate(self, entry: Item, *, wide: bool) -> Candidate[F]:
        return Candidate(keys.of(entry), self.kind.facts(entry) if wide else None)

    def _wanted(self, candidates: Iterable[Candidate[F]]) -> Iterator[Candidate[F]]:
        """Keep those that are wanted, as far as what is known of them tells."""
        if self.selection.asks_nothing:
            return iter(candidates)
        return chain.from_iterable(map(self._choose, _chunks(candidates, MOST_KEYS)))

    def _choose(self, candidates: Sequence[Candidate[F]]) -> Iterator[Candidate[F]]:
        known = list(self._known(candidates))
        chosen = self.selection.choose([one.facts for one in known if one.facts is not None])
        return (one for one, wanted in zip(known, chosen, strict=True) if wanted)

    def _known(self, candidates: Iterable[Candidate[F]]) -> Iterator[Candidate[F]]:
        """Add the facts, from the documents where the entries have none; drop what is gone."""
        candidates = list(candidates)
        unknown = [one.key for one in candidates if one.facts is None]
        documents = self.table.read_many(unknown, self.kind.attributes)
        for one in candidates:
            if one.facts is not None:
                yield one
            elif item := documents.get(one.key):
                yield Candidate(one.key, self.kind.facts(item), item)

    def _read_page(self, wanted: Iterator[Candidate[F]]) -> list[R]:
        page: list[R] = []
        while left := self.page.limit - len(page):
            chunk = list(islice(wanted, min(left, MOST_KEYS)))
            if not chunk:
                break
            page += self._documents(chunk)
        return page

    def _documents(self, candidates: Sequence[Candidate[F]]) -> Iterator[R]:
        """Read the things themselves; an index may lag behind, so each is asked about again."""
        bare: list[Candidate[F]] = [Candidate(one.key) for one in candidates if one.item is None]
        read = self._known(bare) if self.selection.asks_nothing else self._choose(bare)
        fresh = {one.key: one for one in read}
        for one in candidates:
            found = one if one.item else fresh.get(one.key)
            if found and found.item:
                yield self.kind.document(found.item)


def _chunks(candidates: Iterable[Candidate[F]], size: int) -> Iterator[list[Candidate[F]]]:
    rest = iter(candidates)
    while chunk := list(islice(rest, size)):
        yield chunk
