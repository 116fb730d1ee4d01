"""Carrying out a plan: read what it names, keep what is wanted, and give a page of it in order."""

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, islice
from sys import maxsize
from typing import Generic, NamedTuple, TypeVar

from runledger.domain.errors import OutOfTime
from runledger.domain.filters.criteria import Criteria
from runledger.domain.runs.states import StateType
from runledger.domain.sorting import ALL, Page
from runledger.parallel import MAX_PARALLEL
from runledger.store.dynamodb import large_documents
from runledger.store.dynamodb.errors import DeadlineExceeded
from runledger.store.dynamodb.table import MAX_KEYS, Table, chunks
from runledger.store.runs import derived_items
from runledger.store.runs.derived_items import COUNTERS
from runledger.store.search.costs import MANY_QUERIES, costs_more_than_all
from runledger.store.search.entities import EntityType, F, R, Selection
from runledger.store.search.paths.shared import counted
from runledger.store.search.planner import (
    Read,
    Walk,
    everything,
    expected_between,
    is_bounded,
    narrowest,
)
from runledger.store.search.reader import Candidate, CountingIterator, Reader
from runledger.store.search_result import SearchResult

A = TypeVar("A")

# Entries of an unordered path that are sorted in memory. Where there are more, as many are first
# looked at in the order that is asked for: a page of what is common is found sooner there.
MAX_SORTED = 2_000

# Things that are read at a time where all of them must be: batches that are under way together.
MAX_READ = MAX_PARALLEL * MAX_KEYS

NOTHING = Criteria()

TOO_LONG = "The search takes longer than a request may. Narrow it by one of these filters:"


class PageAndTotal(NamedTuple, Generic[R]):
    """A page, and how many things there are on all pages."""

    page: list[R]
    total: int


class Ranked(NamedTuple, Generic[F]):
    """What is wanted, in order, and how many there are if that is known already."""

    candidates: Iterator[Candidate[F]]
    total: int | None = None


@dataclass
class Searcher(Generic[F, R]):
    """One search, on its way through the table.

    Its methods raise `OutOfTime` when the table's deadline comes before they are done.
    """

    table: Table
    shards: int
    kind: EntityType[F, R]
    selection: Selection[F]
    page: Page = ALL
    most_sorted: int = MAX_SORTED
    many_queries: int = MANY_QUERIES
    path: str = field(default="", init=False)

    def __post_init__(self) -> None:
        """Begin with nothing read."""
        self.reader: Reader[F, R] = Reader(self.table, self.kind, self.page)

    def find(self) -> SearchResult[list[R]]:
        """Return the page that is wanted."""
        with self._in_time():
            page = self._read_page(self._ranked())
        return self._found(page, kept=len(page))

    def paginate(self) -> SearchResult[PageAndTotal[R]]:
        """Return the page that is wanted, and how many there are on all pages."""
        with self._in_time():
            ranked = self._ranked()
            page = self._read_page(ranked)
        if ranked.total is not None:
            return self._found(PageAndTotal(page, ranked.total), kept=len(page))
        counted = replace(self, page=ALL).count()
        items_read = self.reader.items_read + counted.items_read
        return SearchResult(PageAndTotal(page, counted.answer), self.path, items_read, len(page))

    def count(self) -> SearchResult[int]:
        """Return how many are wanted."""
        types = counted(self.selection.criteria, self.kind.name) if self.kind.is_counted else None
        if types is not None:
            return self._sum_up(types)
        return self.aggregate(lambda facts: sum(1 for _ in facts))

    def _sum_up(self, types: AbstractSet[StateType | None]) -> SearchResult[int]:
        self.path = "counters"
        with self._in_time():
            totals = derived_items.read_totals(self.table, self.kind.name)
        number = sum(totals[state_type] for state_type in types)
        return SearchResult(number, self.path, COUNTERS, number)

    def aggregate(
        self,
        summary: Callable[[Iterator[F]], A],
        between: tuple[datetime, datetime] | None = None,
    ) -> SearchResult[A]:
        """Sum up all that is wanted, as far as runs are expected to start between, if given."""
        with self._in_time():
            read = self._narrowest() or self._everything(ALL)
            if between and not is_bounded(read):
                read = expected_between(self.kind.name, *between, self.shards)
            self.path = read.name
            wanted = CountingIterator(self._all_wanted(read))
            answer = summary(one.facts for one in wanted if one.facts is not None)
        return self._found(answer, kept=wanted.number)

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        try:
            yield
        except DeadlineExceeded as exceeded:
            log_fields = self._found(None, kept=0).log_fields()
            raise OutOfTime(f"{TOO_LONG} {', '.join(self.kind.paths)}.", log_fields) from exceeded

    def _found(self, answer: A, *, kept: int) -> SearchResult[A]:
        return SearchResult(answer, self.path, self.reader.items_read, kept)

    @property
    def _asks_nothing(self) -> bool:
        return self.selection.criteria == NOTHING

    def _narrowest(self) -> Read | None:
        read = narrowest(self.kind.paths, self.selection.criteria, self.shards)
        return None if costs_more_than_all(read, self.table, self.kind, self.many_queries) else read

    def _everything(self, page: Page) -> Walk:
        return everything(self.kind.name, page.order, self.shards)

    def _ranked(self) -> Ranked[F]:
        read = self._narrowest()
        whole = self._everything(self.page)
        self.path = (read or whole).name
        if read is None and (self._asks_nothing or whole.wide):
            return Ranked(self._wanted(self.reader.candidates(whole)))
        if isinstance(read, Walk) and read.yields(self.page.order):
            return Ranked(self._wanted(self.reader.candidates(read)))
        if read and is_bounded(read):
            return self._best(read)
        sorted_all = self._sorted(read) if read else None
        return sorted_all or self._common(whole) or self._best(read or self._everything(ALL))

    def _sorted(self, read: Read) -> Ranked[F] | None:
        """Sort in memory what a plan finds; None where it is too much."""
        candidates = self.reader.candidates(read, ordered=False)
        some = list(islice(candidates, self.most_sorted))
        if next(candidates, None) is not None:
            return None
        found = self.reader.sorted(self._wanted(some, at_a_time=MAX_READ))
        return Ranked(iter(found), len(found))

    def _common(self, whole: Walk) -> Ranked[F] | None:
        """Look for the page among the first of everything; None where it does not end there."""
        if self._end > self.most_sorted:
            return None
        self.path = whole.name
        entries = self.reader.candidates(whole)
        found = list(islice(self._wanted(islice(entries, self.most_sorted)), self._end))
        if len(found) == self._end:
            return Ranked(iter(found))
        return Ranked(iter(found), len(found)) if next(entries, None) is None else None

    def _best(self, read: Read) -> Ranked[F]:
        """Look at all that a plan finds, and keep no more of it than the page needs."""
        self.path = read.name
        wanted = CountingIterator(self._all_wanted(read))
        choose = heapq.nlargest if self.page.order.reverse else heapq.nsmallest
        # Of none, `heapq` would look at none, and they could not be counted.
        best = choose(max(self._end, 1), wanted, key=self.reader.rank)
        return Ranked(iter(best), wanted.number)

    @property
    def _end(self) -> int:
        return min(self.page.offset + self.page.limit, maxsize)

    def _all_wanted(self, read: Read) -> Iterator[Candidate[F]]:
        """Keep those of a plan that are wanted, in any order."""
        return self._wanted(self.reader.candidates(read, ordered=False), at_a_time=MAX_READ)

    def _wanted(
        self, candidates: Iterable[Candidate[F]], at_a_time: int = MAX_KEYS
    ) -> Iterator[Candidate[F]]:
        """Keep those that are wanted, as far as what is known of them tells.

        Of many at a time, more may be read than the page needs.
        """
        if self._asks_nothing:
            return iter(candidates)
        return chain.from_iterable(map(self._choose, chunks(candidates, at_a_time)))

    def _choose(self, candidates: Sequence[Candidate[F]]) -> Iterator[Candidate[F]]:
        known = list(self.reader.known(candidates))
        chosen = self.selection.choose([one.facts for one in known if one.facts is not None])
        return (one for one, wanted in zip(known, chosen, strict=True) if wanted)

    def _read_page(self, ranked: Ranked[F]) -> list[R]:
        wanted = islice(ranked.candidates, self.page.offset, None)
        page: list[R] = []
        while left := self.page.limit - len(page):
            chunk = list(islice(wanted, min(left, MAX_READ)))
            if not chunk:
                break
            page += self._documents(chunk)
        return page

    def _documents(self, candidates: Sequence[Candidate[F]]) -> Iterator[R]:
        """Read the things themselves; an index may lag behind, so each is asked about again."""
        bare: list[Candidate[F]] = [Candidate(one.key) for one in candidates if one.item is None]
        read = self.reader.known(bare) if self._asks_nothing else self._choose(bare)
        fresh = {one.key: one for one in read}
        found = (one if one.item else fresh.get(one.key) for one in candidates)
        items = [one.item for one in found if one and one.item]
        large_documents.check_size(items)
        return map(self.kind.document, self.table.assembler.each_whole(items))
