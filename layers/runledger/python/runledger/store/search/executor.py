"""Executes the plan of a search: reads candidates, filters and sorts them, and returns a page."""

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, field
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
from runledger.store.runs.state_counts import COUNTERS, StateCountStore
from runledger.store.schema import keys, sort_keys
from runledger.store.search.costs import MANY_QUERIES, costs_more_than_all
from runledger.store.search.entities import EntityType, F, R, Selection
from runledger.store.search.paths.shared import only_state_types
from runledger.store.search.planner import Read, Walk, everything, is_bounded, narrowest
from runledger.store.search.reader import Candidate, CountingIterator, Reader
from runledger.store.search_result import SearchResult

A = TypeVar("A")

# Entries of an unordered path that are sorted in memory. Where there are more, as many entries are
# first read in the requested order: a page of common entities is found sooner there.
MAX_SORTED = 2_000

# Entities that are read at a time where all of them are needed: batches in parallel.
MAX_READ = MAX_PARALLEL * MAX_KEYS

NO_CRITERIA = Criteria.model_construct()

TOO_LONG = "The search takes longer than a request may. Narrow it by one of these filters:"


class PageAndTotal(NamedTuple, Generic[R]):
    """A page, and the number of entities on all pages."""

    page: list[R]
    total: int


class Ranked(NamedTuple, Generic[F]):
    """The matching candidates in order, and their number if it is known already."""

    candidates: Iterator[Candidate[F]]
    total: int | None = None


@dataclass
class Searcher(Generic[F, R]):
    """One search of the table.

    Its methods raise `OutOfTime` when the table's deadline comes before they are done.
    """

    table: Table
    shards: int
    entity_type: EntityType[F, R]
    selection: Selection[F]
    page: Page = ALL
    max_sorted: int = MAX_SORTED
    many_queries: int = MANY_QUERIES
    path: str = field(default="", init=False)

    def __post_init__(self) -> None:
        """Create the reader, which counts the items read."""
        self.reader: Reader[F, R] = Reader(self.table, self.entity_type, self.page)

    def find(self) -> SearchResult[list[R]]:
        """Return the page."""
        with self.in_time():
            page = self._read_page(self._ranked().candidates)
        return self.found(page, kept=len(page))

    def paginate(self) -> SearchResult[PageAndTotal[R]]:
        """Return the page, and the number of entities on all pages.

        One walk finds both, unless the counters have the number.
        """
        with self.in_time():
            types = self.counted_types()
            ranked = self._ranked() if types is not None else self._ranked_and_counted()
            matching = CountingIterator(ranked.candidates)
            page = self._read_page(matching)
            total = ranked.total
            if total is None:
                total = self._rest(matching) if types is None else self._total(types, page)
        return self.found(PageAndTotal(page, total), kept=len(page))

    def _ranked_and_counted(self) -> Ranked[F]:
        read = self._narrowest()
        if read is None and self._has_no_criteria:
            return self._ranked()
        return self._select_page(read or self._scan())

    @staticmethod
    def _rest(matching: CountingIterator[Candidate[F]]) -> int:
        """Read the candidates behind the page; return the number of all."""
        for _ in matching:
            pass
        return matching.number

    def _total(self, types: AbstractSet[StateType | None], page: Sequence[R]) -> int:
        """Return the number of runs in states of some types; a page that is the last one tells it.

        The counters may lag behind the page, which must not have more than the total.
        """
        seen = self.page.offset + len(page)
        if len(page) < self.page.limit and (page or not self.page.offset):
            return seen
        return max(self._sum_counters(types), seen if page else 0)

    def count(self) -> SearchResult[int]:
        """Return the number of matching entities."""
        types = self.counted_types()
        if types is None:
            return self.aggregate(lambda facts: sum(1 for _ in facts))
        self.path = "counters"
        with self.in_time():
            number = self._sum_counters(types)
        return self.found(number, kept=number)

    def counted_types(self) -> AbstractSet[StateType | None] | None:
        """Return the state types of runs that the criteria admit; None if they ask for more."""
        entity_type = self.entity_type
        return only_state_types(self.criteria, entity_type.name) if entity_type.is_counted else None

    def _sum_counters(self, types: AbstractSet[StateType | None]) -> int:
        totals = StateCountStore(self.table).totals(self.entity_type.name, types)
        self.reader.items_read += COUNTERS
        return sum(totals.values())

    def aggregate(
        self,
        summary: Callable[[Iterator[F]], A],
        between: tuple[datetime, datetime] | None = None,
    ) -> SearchResult[A]:
        """Summarize the facts of all matching entities.

        `between` limits an unbounded search to the runs that are expected to start in this range.
        """
        with self.in_time():
            read = self._narrowest() or self._scan()
            if between and not is_bounded(read):
                read = self._scan(sort_keys.between(*between))
            self.path = read.name
            wanted = CountingIterator(self._all_wanted(read))
            facts = (candidate.facts for candidate in wanted)
            answer = summary(known for known in facts if known is not None)
        return self.found(answer, kept=wanted.number)

    @contextmanager
    def in_time(self) -> Iterator[None]:
        """Tell the end of the deadline in a block as `OutOfTime`."""
        try:
            yield
        except DeadlineExceeded as exceeded:
            log_fields = self.found(None, kept=0).log_fields()
            raise OutOfTime(
                f"{TOO_LONG} {', '.join(self.entity_type.paths)}.", log_fields
            ) from exceeded

    def found(self, answer: A, *, kept: int) -> SearchResult[A]:
        """Return an answer with its path and the number of items read."""
        return SearchResult(answer, self.path, self.reader.items_read, kept)

    @property
    def criteria(self) -> Criteria:
        """The criteria of the search."""
        return self.selection.criteria

    @property
    def _has_no_criteria(self) -> bool:
        return self.criteria == NO_CRITERIA

    def _narrowest(self) -> Read | None:
        entity_type = self.entity_type
        read = narrowest(entity_type.paths, self.criteria, self.shards)
        return (
            None if costs_more_than_all(read, self.table, entity_type, self.many_queries) else read
        )

    def _everything(self, page: Page) -> Walk:
        return everything(self.entity_type.name, page.order, self.shards)

    def _scan(self, between: tuple[str, str] | None = None) -> Walk:
        return self.entity_type.scan(self.entity_type.name, between, self.shards)

    def _ranked(self) -> Ranked[F]:
        read = self._narrowest()
        whole = self._everything(self.page)
        self.path = (read or whole).name
        if read is None and (self._has_no_criteria or self.reader.is_wide(whole)):
            return Ranked(self._wanted(self.reader.candidates(whole)))
        if isinstance(read, Walk) and read.yields(self.page.order):
            return Ranked(self._wanted(self.reader.candidates(read)))
        if isinstance(read, Walk) and self.reader.sorts_entries(read):
            return Ranked(self._wanted(self.reader.sorted_entries(read)))
        if read and is_bounded(read):
            return self._select_page(read)
        in_memory = self._sort_in_memory(read) if read else None
        return in_memory or self._scan_in_order(whole) or self._select_page(read or self._scan())

    def _sort_in_memory(self, read: Read) -> Ranked[F] | None:
        """Sort the candidates of a plan in memory; None if there are too many."""
        candidates = self.reader.candidates(read, ordered=False)
        some = list(islice(candidates, self.max_sorted))
        if next(candidates, None) is not None:
            return None
        found = self.reader.sorted(self._wanted(some, at_a_time=MAX_READ))
        return Ranked(iter(found), len(found))

    def _scan_in_order(self, whole: Walk) -> Ranked[F] | None:
        """Look for the page among the first entries of all; None if it does not end there."""
        if self._end > self.max_sorted:
            return None
        self.path = whole.name
        entries = self.reader.candidates(whole)
        found = list(islice(self._wanted(islice(entries, self.max_sorted)), self._end))
        if len(found) == self._end:
            return Ranked(iter(found))
        return Ranked(iter(found), len(found)) if next(entries, None) is None else None

    def _select_page(self, read: Read) -> Ranked[F]:
        """Read all candidates of a plan, and keep no more of them than the page needs."""
        self.path = read.name
        wanted = CountingIterator(self._all_wanted(read))
        choose = heapq.nlargest if self.page.order.reverse else heapq.nsmallest
        # With 0, `heapq` would read no candidates, and their number would be missing.
        first = choose(max(self._end, 1), wanted, key=self.reader.rank)
        return Ranked(iter(first), wanted.number)

    @property
    def _end(self) -> int:
        return min(self.page.offset + self.page.limit, maxsize)

    def _all_wanted(self, read: Read) -> Iterator[Candidate[F]]:
        """Yield the matching candidates of a plan with their facts, in any order."""
        candidates = self.reader.candidates(read, ordered=False)
        if self._has_no_criteria:
            return chain.from_iterable(map(self.reader.known, chunks(candidates, MAX_READ)))
        return self._wanted(candidates, at_a_time=MAX_READ)

    def _wanted(
        self, candidates: Iterable[Candidate[F]], at_a_time: int = MAX_KEYS
    ) -> Iterator[Candidate[F]]:
        """Yield the candidates whose facts match.

        With many `at_a_time`, more may be read than the page needs.
        """
        if self._has_no_criteria:
            return iter(candidates)
        return chain.from_iterable(map(self._choose, chunks(candidates, at_a_time)))

    def _choose(self, candidates: Sequence[Candidate[F]]) -> Iterator[Candidate[F]]:
        known = list(self.reader.known(candidates))
        facts = [candidate.facts for candidate in known if candidate.facts is not None]
        matches = self.selection.choose(facts)
        return (candidate for candidate, match in zip(known, matches, strict=True) if match)

    def _read_page(self, matching: Iterable[Candidate[F]]) -> list[R]:
        wanted = islice(matching, self.page.offset, None)
        page: list[R] = []
        while left := self.page.limit - len(page):
            chunk = list(islice(wanted, min(left, MAX_READ)))
            if not chunk:
                break
            page += self._documents(chunk)
        return page

    def _documents(self, candidates: Sequence[Candidate[F]]) -> Iterator[R]:
        """Read the documents, and filter again by them: an index may be older than its items."""
        bare: list[Candidate[F]] = [
            Candidate(candidate.key) for candidate in candidates if candidate.item is None
        ]
        read = self.reader.known(bare) if self._has_no_criteria else self._choose(bare)
        by_key = {candidate.key: candidate for candidate in read}
        found = (
            candidate if candidate.item else by_key.get(candidate.key) for candidate in candidates
        )
        kept = {candidate.key: candidate for candidate in found if candidate}
        items = [candidate.item for candidate in kept.values() if candidate.item]
        large_documents.check_size(items)
        for item in self.table.assembler.each_whole(items):
            candidate = kept[keys.of(item)]
            facts = candidate.facts if item is candidate.item else None
            yield self.entity_type.document(item, facts)
