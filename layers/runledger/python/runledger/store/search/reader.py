"""Reads the candidates of a plan, each once."""

import heapq
from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from math import isqrt
from operator import itemgetter
from typing import Any, Generic, NamedTuple, TypeVar

from runledger.domain.sorting import ALL, Page, has_value
from runledger.store import items
from runledger.store.dynamodb.expressions import in_index, in_partition
from runledger.store.dynamodb.table import MAX_ENTRIES, MAX_KEYS, Query, Table, chunks
from runledger.store.dynamodb.writes import Item
from runledger.store.schema import indexes, keys, sort_keys
from runledger.store.search.entities import EntityType, F, R
from runledger.store.search.planner import WHOLE, Follow, Lookup, Read, Walk

A = TypeVar("A")

# The sort keys that entries of `by_owner` carry, beside their own.
SORT_KEYS = frozenset({indexes.BY_EXPECTED_START.range, indexes.BY_NAME.range})


class Candidate(NamedTuple, Generic[F]):
    """An entity that may match the filters: its key, and the parts of it that have been read."""

    key: keys.Key
    facts: F | None = None
    item: Item | None = None


class CountingIterator(Generic[A]):
    """Yields the elements of an iterable and counts them."""

    def __init__(self, elements: Iterable[A]) -> None:
        """Begin at none."""
        self.elements, self.number = elements, 0

    def __iter__(self) -> Iterator[A]:
        """Count each element."""
        for element in self.elements:
            self.number += 1
            yield element


class Reader(Generic[F, R]):
    """Reads entities for a page; `items_read` counts index entries and items alike."""

    def __init__(self, table: Table, entity_type: EntityType[F, R], page: Page) -> None:
        """Begin with nothing read."""
        self.table, self.entity_type, self.page = table, entity_type, page
        self.items_read = 0

    def candidates(self, read: Read, *, ordered: bool = True) -> Iterator[Candidate[F]]:
        """Yield the candidates of a plan; those of a walk in the order of its index if `ordered`.

        This is the order of the page where the walk yields it. Unordered reads begin few partitions
        ahead of their need; ordered reads begin all of them at once, each with few entries.
        """
        if isinstance(read, Walk):
            return _each_once(self._in_order(read) if ordered else self._unordered(read))
        found = read.keys if isinstance(read, Lookup) else self._followed(read)
        return (Candidate(key) for key in dict.fromkeys(found))

    def _followed(self, read: Follow) -> Iterator[keys.Key]:
        queries = (Query(in_partition(pk, between)) for pk, between in read.ranges)
        by_key = self.table.read_many(read.keys).values()
        for item in chain(by_key, chain.from_iterable(self.table.query_each(queries))):
            self.items_read += 1
            yield keys.entity(self.entity_type.name, items.pointed_to(item))

    def _unordered(self, walk: Walk) -> Iterator[Candidate[F]]:
        wide = self.is_wide(walk)
        found = self._of_entity_type(chain.from_iterable(self._partitions(walk)))
        yield from (self._candidate(entry, wide=wide) for entry in found)
        if walk.beside:
            yield from self._unordered(walk.beside)

    def _in_order(self, walk: Walk) -> Iterator[Candidate[F]]:
        wide = self.is_wide(walk)
        if walk.index == indexes.BY_DURATION:
            yield from (self._candidate(entry, wide=False) for entry in self._by_duration(walk))
        elif walk.lacks_some and walk.index == indexes.BY_ID:
            yield from (self._candidate(entry, wide=False) for entry in self._by_id(walk))
        elif walk.lacks_some:
            yield from self._with_those_lacking(walk)
        elif walk.beside:
            yield from self._told_by_state(self._by_end(walk, walk.beside))
        elif walk.index == indexes.BY_NAME:
            yield from self._sort_truncated_names(self._merged(walk))
        else:
            yield from (self._candidate(entry, wide=wide) for entry in self._merged(walk))

    def _by_duration(self, walk: Walk) -> Iterator[Item]:
        from runledger.store.search.duration_reader import DurationReader  # noqa: PLC0415 rare

        reader = DurationReader(self.table, self.page, len(walk.partitions), self._page_size)
        return self._of_entity_type(reader.entries())

    def _by_id(self, walk: Walk) -> Iterator[Item]:
        from runledger.store.search.id_reader import in_order_of_ids  # noqa: PLC0415 one order

        reverse, page = self._reads_backwards(walk), self._page_size(len(walk.partitions))
        found = in_order_of_ids(self.table, walk, reverse=reverse, page=page)
        return self._of_entity_type(found)

    def _by_end(self, walk: Walk, soon: Walk) -> Iterator[Item]:
        from runledger.store.search.end_reader import EndReader  # noqa: PLC0415 rare

        reader = EndReader(self.table, walk, soon, self._page_size)
        return self._of_entity_type(reader.entries())

    def _with_those_lacking(self, walk: Walk) -> Iterator[Candidate[F]]:
        """Add the runs that the index does not have: none of these has its time."""
        from runledger.store.search.creation_reader import CreationReader  # noqa: PLC0415 rare

        shards = len(walk.partitions)
        others = CreationReader(self.table, self.entity_type.name, shards, self._page_size)
        if walk.index == indexes.BY_NEXT_SCHEDULED_START:
            unscheduled = self._told_by_state(self._of_entity_type(others.unscheduled()))
            yield from self._without_scheduled(unscheduled)
            yield from self._told_by_state(self._of_entity_type(others.scheduled()))
        else:
            ended = self._by_end(walk, walk.beside) if walk.beside else self._merged(walk)
            yield from self._told_by_state(ended)
            # Of all runs, those that ended were read before, and are dropped (`_each_once`): they
            # are fewer than the page reads.
            newest = self._of_entity_type(others.newest())
            yield from (self._candidate(entry, wide=False) for entry in newest)

    def _told_by_state(self, entries: Iterable[Item]) -> Iterator[Candidate[F]]:
        """Read the facts in the entries by state, which some of these are."""
        is_wide = indexes.BY_STATE in self.entity_type.wide
        for entry in entries:
            yield self._candidate(entry, wide=is_wide and indexes.BY_STATE.hash in entry)

    def _without_scheduled(self, candidates: Iterator[Candidate[F]]) -> Iterator[Candidate[F]]:
        """Drop the runs that are scheduled, although in another state."""
        at_a_time = max(min(self.page.offset + self.page.limit, MAX_KEYS), 1)
        known = chain.from_iterable(map(self.known, chunks(candidates, at_a_time)))
        return (candidate for candidate in known if not has_value(self.rank(candidate)))

    def _merged(self, walk: Walk) -> Iterator[Item]:
        """Merge the partitions of an index in its order; read each only as far as needed."""
        streams = map(self._of_entity_type, self._partitions(walk, ordered=True))
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

    def _of_entity_type(self, entries: Iterable[Item]) -> Iterator[Item]:
        for entry in entries:
            self.items_read += 1
            # An owner can have entities of several types.
            if keys.is_of(keys.of(entry), self.entity_type.name):
                yield entry

    def is_wide(self, walk: Walk) -> bool:
        """Return whether the entries carry the facts that filters need."""
        return walk.index in self.entity_type.wide and not walk.bare

    def sorts_entries(self, walk: Walk) -> bool:
        """Return whether the entries of a bounded walk carry the sort keys of the page's order."""
        index = WHOLE[self.page.order.column]
        return walk.index == indexes.BY_OWNER and not walk.bare and index.range in SORT_KEYS

    def sorted_entries(self, walk: Walk) -> Iterator[Candidate[F]]:
        """Yield the candidates of such a walk in the order of the page.

        All entries are read, but the documents only of those that the page needs.
        """
        index = WHOLE[self.page.order.column]
        entries = self._of_entity_type(chain.from_iterable(self._partitions(walk)))
        found = sorted(entries, key=itemgetter(index.range), reverse=self.page.order.reverse)
        if index == indexes.BY_NAME:
            return _each_once(self._sort_truncated_names(found))
        wide = self.is_wide(walk)
        return _each_once(self._candidate(entry, wide=wide) for entry in found)

    def _page_size(self, partitions: int) -> int | None:
        """Entries to read of a partition: its share of the page, with a margin for chance."""
        if self.page == ALL or not partitions:
            return None
        share = -(-(self.page.offset + self.page.limit) // partitions)
        return min(share + 2 * isqrt(share) + 1, MAX_ENTRIES)

    def _sort_truncated_names(self, entries: Iterable[Item]) -> Iterator[Candidate[F]]:
        """Sort names that the index has truncated to the same text, by their documents."""
        groups = groupby(entries, lambda entry: sort_keys.truncated_name(entry["name_key"]))
        for truncated, group in groups:
            candidates = (self._candidate(entry, wide=False) for entry in group)
            yield from self.sorted(candidates) if truncated else candidates

    def _candidate(self, entry: Item, *, wide: bool) -> Candidate[F]:
        # An entry may be of an item in the entity's partition, such as a tag.
        key = keys.Key(entry["pk"], self.entity_type.name)
        return Candidate(key, self.entity_type.facts(entry) if wide else None)

    def sorted(self, candidates: Iterable[Candidate[F]]) -> list[Candidate[F]]:
        """Return candidates in the order of the page, without deleted ones."""
        return sorted(self.known(candidates), key=self.rank, reverse=self.page.order.reverse)

    def rank(self, candidate: Candidate[F]) -> tuple[Any, ...]:
        """Return the sort rank of a candidate whose facts were read."""
        if candidate.facts is None:
            raise ValueError(f"the facts of {candidate.key} were not read")
        return self.entity_type.rank(candidate.facts, self.page)

    def known(self, candidates: Iterable[Candidate[F]]) -> Iterator[Candidate[F]]:
        """Add the facts, from the documents where the entries have none; drop deleted entities."""
        candidates = list(candidates)
        unknown = [candidate.key for candidate in candidates if candidate.facts is None]
        documents = self.table.read_many(unknown, self.entity_type.attributes, whole=False)
        self.items_read += len(documents)
        for candidate in candidates:
            if candidate.facts is not None:
                yield candidate
            elif item := documents.get(candidate.key):
                yield Candidate(candidate.key, self.entity_type.facts(item), item)


def _each_once(candidates: Iterable[Candidate[F]]) -> Iterator[Candidate[F]]:
    """Drop repeated candidates: an entry that changes during a read may be read twice."""
    seen: set[keys.Key] = set()
    for candidate in candidates:
        if candidate.key not in seen:
            seen.add(candidate.key)
            yield candidate
