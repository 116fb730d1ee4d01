"""Reading lines of logs from several places at once, in the order of time and then of their ids.

Chunks overlap: each run that logs at a time has its own. So a line is yielded when all chunks that
could have an earlier one (a later one, in reverse) were read, and no sooner.
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
from runledger.store.logs.chunks import PACKED, SMALL, is_whole, read_logs
from runledger.store.logs.paths import Source
from runledger.store.schema import keys
from runledger.store.schema.sort_keys import MAX_CHUNK_TIME, MICROSECOND, ChunkSortKey

CONTENT = {SMALL, PACKED}

# Entries that a partition is asked for at first: of full chunks these have some thousand lines, and
# take 30 read units. The pages that follow are longer.
FIRST_ENTRIES = 16

# Lines of a full chunk, about.
LINES_OF_A_CHUNK = 250


class Chunk(NamedTuple):
    """Where a chunk is, and its pieces: whole ones, or index entries that lead to them."""

    place: ChunkSortKey
    pieces: Sequence[Item]


class Bunch(NamedTuple):
    """Chunks that are read at once, and the one that comes next, if any."""

    chunks: Sequence[Chunk]
    following: Chunk | None


@dataclass
class LogReader:
    """Reads lines, of which so many are `enough`, if none of them is unwanted.

    `items_read` counts index entries and items alike.
    """

    table: Table
    reverse: bool
    enough: int
    items_read: int = field(default=0, init=False)

    def lines(self, sources: Sequence[Source]) -> Iterator[Log]:
        """Yield the lines of all sources, each once, each source read as far as needed.

        The first pages of all of them are read at once.
        """
        waiting = _Waiting(self.reverse)
        for bunch in self._bunches(self._in_order(sources)):
            waiting.add(self._read(bunch.chunks))
            following = bunch.following
            yield from waiting.before(following and self._bound(following.place))

    def _bound(self, place: ChunkSortKey) -> datetime:
        """Return the time that none of a chunk's lines comes before, as far as they are read."""
        return place.last if self.reverse else place.first

    def _in_order(self, sources: Sequence[Source]) -> Iterator[Chunk]:
        """Yield chunks by their first lines or, in reverse, by their last."""
        streams = map(self._counted, self.table.query_each(self._queries(sources)))
        merged = heapq.merge(*streams, key=_sort_key, reverse=self.reverse)
        grouped = groupby(merged, key=lambda item: ChunkSortKey.read(item["sk"])._replace(piece=0))
        chunks = (Chunk(place, sorted(pieces, key=_sort_key)) for place, pieces in grouped)
        return _by_last_line(chunks) if self.reverse else chunks

    def _queries(self, sources: Sequence[Source]) -> Iterator[Query]:
        first = max(FIRST_ENTRIES, self.enough // LINES_OF_A_CHUNK)
        # What is read of all of them before the first line is told has to be held in memory.
        most = MAX_ENTRIES // max(len(sources), 1) + 1
        # A chunk has a line at least, and one is looked at in advance.
        page = min(first, self.enough + 1, most)
        for source in sources:
            index = source.index and source.index.name
            yield Query(source.where, index, self.reverse, page)

    def _counted(self, items: Iterator[Item]) -> Iterator[Item]:
        for item in items:
            self.items_read += 1
            yield item

    def _bunches(self, chunks: Iterator[Chunk]) -> Iterator[Bunch]:
        """Yield as many chunks as have enough lines, then twice as many, and so on."""
        lines, enough = 0, self.enough
        some: list[Chunk] = []
        for chunk in chunks:
            if some and (lines >= enough or len(some) == MAX_KEYS):
                yield Bunch(some, chunk)
                some, lines, enough = [], 0, 2 * enough
            some.append(chunk)
            lines += chunk.place.lines
        if some:
            yield Bunch(some, None)

    def _read(self, chunks: Sequence[Chunk]) -> Iterator[Log]:
        """Read the chunks that entries only lead to; drop what is gone or not all there."""
        pieces = (piece for chunk in chunks for piece in chunk.pieces)
        known = self.table.read_many([keys.of(one) for one in pieces if not one.keys() & CONTENT])
        self.items_read += len(known)
        for chunk in chunks:
            found = [known.get(keys.of(piece), piece) for piece in chunk.pieces]
            if is_whole(found):
                yield from read_logs(found)


class _Waiting:
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
            # A batch that is sent again after the shards' number changed has other keys.
            if (time_rank, id_rank) != self._last:
                yield log
            self._last = time_rank, id_rank

    def _rank(self, time: datetime) -> int:
        return self._sign * ((time - EPOCH) // MICROSECOND)


def _by_last_line(chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """Put chunks that come by their first lines, from late to early, in the order of their last."""
    waiting: list[tuple[int, int, Chunk]] = []
    for number, chunk in enumerate(chunks):
        # All that are still to come end by then.
        while waiting and waiting[0][2].place.last - chunk.place.first >= MAX_CHUNK_TIME:
            yield heapq.heappop(waiting)[2]
        rank = (EPOCH - chunk.place.last) // MICROSECOND
        heapq.heappush(waiting, (rank, number, chunk))
    yield from (chunk for *_, chunk in sorted(waiting))


def _sort_key(item: Item) -> str:
    sort_key: str = item["sk"]
    return sort_key
