"""Carrying out a plan: read what it names, keep what is wanted, and give a page of it in order."""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import chain, groupby, islice
from math import isqrt

from runledger.domain.facts import TaskRunFacts
from runledger.domain.filters.criteria import Criteria
from runledger.domain.sorting import Order, rank
from runledger.domain.task_runs import TaskRun
from runledger.store import items, keys
from runledger.store.expressions import in_index
from runledger.store.lineages import Lineages
from runledger.store.planning import Lookup, Read, Walk, everything, expected_between, plan
from runledger.store.table import MOST_KEYS, Query, Table
from runledger.store.writes import Item

# Entries of an unordered path that are sorted in memory; where there are more, walking all runs in
# their order finds a page sooner.
MOST_SORTED = 2_000

# More runs than a table has.
EVERY = 2**63


@dataclass(frozen=True)
class Search:
    """What is wanted, in which order, and which part of it."""

    criteria: Criteria
    order: Order
    offset: int
    limit: int

    @classmethod
    def of_all(cls, criteria: Criteria) -> "Search":
        """Return a search for all the runs, in an order whose index tells what they are."""
        return cls(criteria, Order("expected_start_time"), offset=0, limit=EVERY)

    @property
    def asks_nothing(self) -> bool:
        """Whether every run is wanted."""
        return self.criteria == Criteria()


@dataclass(frozen=True)
class Candidate:
    """A run that may be wanted: its key, and what has been read of it so far."""

    key: keys.Key
    facts: TaskRunFacts | None = None
    item: Item | None = None


@dataclass(frozen=True)
class Found:
    """A page of runs, and what it took to find them."""

    runs: list[TaskRun]
    path: str
    entries_read: int

    def told(self) -> dict[str, object]:
        """Return what is worth logging."""
        return {"path": self.path, "entries_read": self.entries_read, "runs": len(self.runs)}


@dataclass
class Searcher:
    """One search, on its way through the table."""

    table: Table
    shards: int
    search: Search
    entries_read: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Prepare to look up what stands above the runs."""
        self._lineages = Lineages(self.table, self.search.criteria)

    def find(self) -> Found:
        """Return the page that is wanted."""
        read = plan(self.search.criteria, self.search.order, self.shards)
        wanted = self._in_order(read)
        if wanted is None:
            read = everything(self.search.order, self.shards)
            wanted = self._wanted(self._entries(read))
        runs = self._page(islice(wanted, self.search.offset, None))
        return Found(runs, read.name, self.entries_read)

    def facts(self, between: tuple[datetime, datetime] | None = None) -> Iterator[TaskRunFacts]:
        """Yield what is known of the runs wanted, or of those expected to start between."""
        read = plan(self.search.criteria, self.search.order, self.shards)
        if between and not (isinstance(read, Lookup) or read.bounded):
            read = expected_between(*between, self.shards)
        candidates = self._named(read) if isinstance(read, Lookup) else self._entries(read)
        return (one.facts for one in self._wanted(candidates) if one.facts)

    def _named(self, read: Lookup) -> Iterator[Candidate]:
        return map(Candidate, map(keys.task_run, read.ids))

    def _in_order(self, read: Read) -> Iterator[Candidate] | None:
        """Return what a plan finds, in order; None where it is too much to be sorted."""
        if isinstance(read, Lookup):
            return self._sorted(self._wanted(self._named(read)))
        entries = self._entries(read)
        if read.yields(self.search.order):
            return self._wanted(entries)
        if read.bounded:
            return self._sorted(self._wanted(entries))
        some = list(islice(entries, MOST_SORTED + 1))
        return None if len(some) > MOST_SORTED else self._sorted(self._wanted(some))

    def _sorted(self, wanted: Iterable[Candidate]) -> Iterator[Candidate]:
        order = self.search.order
        known = list(wanted) if not self.search.asks_nothing else list(self._known(wanted))
        return iter(sorted(known, key=partial(_rank, order), reverse=order.reverse))

    def _entries(self, walk: Walk) -> Iterator[Candidate]:
        """Merge the partitions of an index, in its order, reading each only as far as needed."""
        reverse = self.search.order.reverse and walk.yields(self.search.order)
        streams = [self._partition(walk, value, reverse=reverse) for value in walk.partitions]
        place = walk.index.range
        merged = heapq.merge(*streams, key=lambda entry: entry[place], reverse=reverse)
        if walk.index == keys.BY_NAME:
            return self._with_long_names_settled(merged)
        return (_candidate(entry, wide=walk.wide) for entry in merged)

    def _partition(self, walk: Walk, value: str, *, reverse: bool) -> Iterator[Item]:
        where = in_index(walk.index, value, walk.between)
        page = self._page_size(len(walk.partitions)) if walk.yields(self.search.order) else None
        for entry in self.table.query(Query(where, walk.index.name, reverse, page)):
            self.entries_read += 1
            yield entry

    def _page_size(self, partitions: int) -> int | None:
        """Entries to ask a partition for: its share, and what chance may add to that."""
        if self.search.limit == EVERY:
            return None
        share = -(-(self.search.offset + self.search.limit) // partitions)
        return share + 2 * isqrt(share) + 1

    def _with_long_names_settled(self, entries: Iterable[Item]) -> Iterator[Candidate]:
        """Put in order what the index can't: names that agree as far as it shows them."""
        order = self.search.order
        for cut, group in groupby(entries, lambda entry: keys.cut_name(entry["name_key"])):
            candidates = [_candidate(entry, wide=False) for entry in group] if cut else None
            if candidates is None:
                yield from (_candidate(entry, wide=False) for entry in group)
            else:
                known = self._known(candidates)
                yield from sorted(known, key=partial(_rank, order), reverse=order.reverse)

    def _wanted(self, candidates: Iterable[Candidate]) -> Iterator[Candidate]:
        """Keep those that the criteria want, as far as what is known of them tells."""
        if self.search.asks_nothing:
            return iter(candidates)
        return chain.from_iterable(map(self._choose, _chunks(candidates, MOST_KEYS)))

    def _choose(self, candidates: Sequence[Candidate]) -> Iterator[Candidate]:
        known = list(self._known(candidates))
        lineages = self._lineages.of([one.facts for one in known if one.facts])
        for one in known:
            if one.facts and self.search.criteria.matches(
                one.facts, lineages.get(one.facts.flow_run_id)
            ):
                yield one

    def _known(self, candidates: Iterable[Candidate]) -> Iterator[Candidate]:
        """Add the facts, from the documents where the entries have none; drop what is gone."""
        candidates = list(candidates)
        unknown = [one.key for one in candidates if one.facts is None]
        documents = self.table.read_many(unknown, items.OF_TASK_RUNS)
        for one in candidates:
            if one.facts:
                yield one
            elif item := documents.get(one.key):
                yield Candidate(one.key, items.read_facts(item), item)

    def _page(self, wanted: Iterator[Candidate]) -> list[TaskRun]:
        page: list[TaskRun] = []
        while left := self.search.limit - len(page):
            chunk = list(islice(wanted, min(left, MOST_KEYS)))
            if not chunk:
                break
            page += self._documents(chunk)
        return page

    def _documents(self, candidates: Sequence[Candidate]) -> Iterator[TaskRun]:
        """Read the runs themselves; an index may lag behind, so each is asked for again."""
        bare = [Candidate(one.key) for one in candidates if one.item is None]
        fresh = {one.key: one for one in self._wanted_documents(bare)}
        for one in candidates:
            found = one if one.item else fresh.get(one.key)
            if found and found.item:
                yield items.read_task_run(found.item).run

    def _wanted_documents(self, candidates: Sequence[Candidate]) -> Iterator[Candidate]:
        return self._known(candidates) if self.search.asks_nothing else self._choose(candidates)


def _candidate(entry: Item, *, wide: bool) -> Candidate:
    return Candidate(keys.of(entry), items.read_facts(entry) if wide else None)


def _rank(order: Order, candidate: Candidate) -> tuple[object, ...]:
    return rank(candidate.facts, order.column) if candidate.facts else ()


def _chunks(candidates: Iterable[Candidate], size: int) -> Iterator[list[Candidate]]:
    rest = iter(candidates)
    while chunk := list(islice(rest, size)):
        yield chunk
