"""Reads log lines from several sources at once, in the order of time and then of their ids.

Chunks overlap: each run has its own. So a line is yielded only after all chunks that could have an
earlier line (a later one, in reverse) were read.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count, groupby
from typing import NamedTuple

from runledger.domain.logs import Log
from runledger.domain.random_values import EPOCH
from runledger.store.dynamodb.table import MAX_ENTRIES, MAX_KEYS, Query, Table
from runledger.store.dynamodb.writes import Item
from runledger.store.logs.chunk_sort_key import MAX_CHUNK_TIME, ChunkSortKey
from runledger.store.logs.chunks import PACKED, SMALL, is_whole, read_logs
from runledger.store.logs.paths import Source
from runledger.store.schema import keys
from runledger.store.schema.sort_keys import MICROSECOND

CONTENT = {SMALL, PACKED}

# Entries in the first page of a partition: with full chunks they have some thousand lines, and take
# 30 read units. Later pages are longer.
FIRST_ENTRIES = 16

# Lines of a full chunk, about.
LINES_OF_A_CHUNK = 250


class Chunk(NamedTuple):
    """A chunk's sort key and its pieces: items, or index entries that lead to them."""

    sort_key: ChunkSortKey
    pieces: Sequence[Item]


class ChunkBatch(NamedTuple):
    """Chunks that are read at once, and the chunk after them, if any."""

    chunks: Sequence[Chunk]
    next: Chunk | None


@dataclass
class LogReader:
    """Reads lines: `enough` for a page, if all of them match.

    `items_read` counts index entries and items alike.
    """

    table: Table
    reverse: bool
    enough: int
    items_read: int = field(default=0, init=False)

    def lines(self, sources: Sequence[Source]) -> Iterator[Log]:
        """Yield the lines of all sources, each once; read each source only as far as needed.

        The first pages of all sources are read at once.
        """
        buffer = _LineBuffer(self.reverse)
        for batch in self._batches(self._in_order(sources)):
            buffer.add(self._read(batch.chunks))
            following = batch.next
            yield from buffer.before(following and self._first_time(following.sort_key))

    def _first_time(self, sort_key: ChunkSortKey) -> datetime:
        """Return the time of the chunk's first line in the order of reading."""
        return sort_key.last if self.reverse else sort_key.first

    def _in_order(self, sources: Sequence[Source]) -> Iterator[Chunk]:
        """Yield chunks by their first lines or, in reverse, by their last."""
        streams = map(self._counted, self.table.query_each(self._queries(sources)))
        merged = heapq.merge(*streams, key=_sort_key, reverse=self.reverse)
        grouped = groupby(merged, key=lambda item: ChunkSortKey.read(item["sk"])._replace(piece=0))
        chunks = (Chunk(sort_key, sorted(pieces, key=_sort_key)) for sort_key, pieces in grouped)
        return _by_last_line(chunks) if self.reverse else chunks

    def _queries(self, sources: Sequence[Source]) -> Iterator[Query]:
        first = max(FIRST_ENTRIES, self.enough // LINES_OF_A_CHUNK)
        # The first pages of all sources are in memory before the first line is yielded.
        maximum = MAX_ENTRIES // max(len(sources), 1) + 1
        # A chunk has at least one line, and one chunk is read ahead.
        page = min(first, self.enough + 1, maximum)
        for source in sources:
            index = source.index and source.index.name
            yield Query(source.where, index, self.reverse, page)

    def _counted(self, items: Iterator[Item]) -> Iterator[Item]:
        for item in items:
            self.items_read += 1
            yield item

    def _batches(self, chunks: Iterator[Chunk]) -> Iterator[ChunkBatch]:
        """Yield as many chunks as have enough lines, then twice as many, and so on."""
        lines, enough = 0, self.enough
        some: list[Chunk] = []
        for chunk in chunks:
            if some and (lines >= enough or len(some) == MAX_KEYS):
                yield ChunkBatch(some, chunk)
                some, lines, enough = [], 0, 2 * enough
            some.append(chunk)
            lines += chunk.sort_key.lines
        if some:
            yield ChunkBatch(some, None)

    def _read(self, chunks: Sequence[Chunk]) -> Iterator[Log]:
        """Read the chunks whose index entries have no lines; drop deleted and incomplete chunks."""
        pieces = (piece for chunk in chunks for piece in chunk.pieces)
        bare = [keys.of(piece) for piece in pieces if not piece.keys() & CONTENT]
        known = self.table.read_many(bare)
        self.items_read += len(known)
        for chunk in chunks:
            found = [known.get(keys.of(piece), piece) for piece in chunk.pieces]
            if is_whole(found):
                yield from read_logs(found)


class _LineBuffer:
    """Lines that were read and not yet yielded."""

    def __init__(self, reverse: bool) -> None:  # noqa: FBT001
        self._sign = -1 if reverse else 1
        self._heap: list[tuple[int, int, int, Log]] = []
        self._numbers = count()
        self._last: tuple[int, int] | None = None

    def add(self, logs: Iterable[Log]) -> None:
        for log in logs:
            time_rank, id_rank = self._rank(log.timestamp), self._sign * log.id.int
            heapq.heappush(self._heap, (time_rank, id_rank, next(self._numbers), log))

    def before(self, time: datetime | None) -> Iterator[Log]:
        """Yield the lines before a time, or all of them, each once."""
        bound = None if time is None else self._rank(time)
        while self._heap and (bound is None or self._heap[0][0] < bound):
            time_rank, id_rank, _, log = heapq.heappop(self._heap)
            # A batch that is sent again after a change of the number of shards has other keys.
            if (time_rank, id_rank) != self._last:
                yield log
            self._last = time_rank, id_rank

    def _rank(self, time: datetime) -> int:
        return self._sign * ((time - EPOCH) // MICROSECOND)


def _by_last_line(chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """Reorder chunks from the reverse order of their first lines to that of their last lines."""
    waiting: list[tuple[int, int, Chunk]] = []
    for number, chunk in enumerate(chunks):
        # No later chunk of the iterator can end after this one's first line and `MAX_CHUNK_TIME`.
        while waiting and waiting[0][2].sort_key.last - chunk.sort_key.first >= MAX_CHUNK_TIME:
            yield heapq.heappop(waiting)[2]
        rank = (EPOCH - chunk.sort_key.last) // MICROSECOND
        heapq.heappush(waiting, (rank, number, chunk))
    yield from (chunk for *_, chunk in sorted(waiting))


def _sort_key(item: Item) -> str:
    sort_key: str = item["sk"]
    return sort_key
