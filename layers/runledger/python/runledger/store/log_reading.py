"""Reading lines of logs from several places at once, in the order of time."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice

from runledger.domain.logs import Log
from runledger.store import keys, places
from runledger.store.log_items import PACKED, TEXT, is_whole, read_log
from runledger.store.log_paths import Source
from runledger.store.table import MOST_ENTRIES, MOST_KEYS, Query, Table
from runledger.store.writes import Item

CONTENT = {TEXT, PACKED}

# Sources of which each may be read a megabyte at a time.
FEW_SOURCES = 10


@dataclass
class LogReader:
    """Reads lines; `page` is how many are expected to be enough, if that can be told.

    `items_read` counts index entries and items alike.
    """

    table: Table
    reverse: bool
    page: int | None = None
    items_read: int = field(default=0, init=False)

    def lines(self, sources: Sequence[Source]) -> Iterator[Log]:
        """Yield the lines of all sources, each read as far as needed; all of them begin at once."""
        streams = map(self._counted, self.table.query_each(self._queries(sources)))
        merged = heapq.merge(*streams, key=_place, reverse=self.reverse)
        grouped = groupby(merged, lambda item: places.line_of(_place(item)))
        found = ([*pieces] for _, pieces in grouped)
        while some := list(islice(found, MOST_KEYS)):
            yield from self._read(some)

    def _queries(self, sources: Sequence[Source]) -> Iterator[Query]:
        # What is read of all of them before the first line is told has to be held in memory.
        most = MOST_ENTRIES // max(len(sources), 1) + 1
        page = min(self.page or most, most) if len(sources) > FEW_SOURCES else self.page
        for source in sources:
            index = source.index and source.index.name
            yield Query(source.where, index, self.reverse, page)

    def _counted(self, items: Iterator[Item]) -> Iterator[Item]:
        for item in items:
            self.items_read += 1
            yield item

    def _read(self, lines: Sequence[Sequence[Item]]) -> Iterator[Log]:
        """Read the lines that entries only lead to, and drop what is gone or not all there."""
        bare = [keys.of(piece) for line in lines for piece in line if not piece.keys() & CONTENT]
        known = self.table.read_many(bare)
        self.items_read += len(known)
        for line in lines:
            pieces = sorted((known.get(keys.of(piece), piece) for piece in line), key=_place)
            if is_whole(pieces):
                yield read_log(pieces)


def _place(item: Item) -> str:
    place: str = item["sk"]
    return place
