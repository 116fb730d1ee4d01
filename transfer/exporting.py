"""Writes the items of a table into a file.

The table may be in use, but then the file is of no one instant: an item that changes meanwhile is
in it as it was before or after. The file gets its name when it is complete. Until then its name
ends with `.part`, and the same command goes on where it ended.
"""

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from transfer import lines
from transfer.chosen_table import ChosenTable
from transfer.contents import is_moved, unmarked
from transfer.lines import FormatError, Item
from transfer.progress import progress

# Of the table, read at a time: a page of each, of at most a megabyte, is in memory.
SEGMENTS = 8

Position = dict[str, Any] | None
"""The key up to which a segment was read; None: nothing of it, or all."""


class ScannedPage(NamedTuple):
    """Items of a segment, and up to where it was read with them."""

    segment: int
    items: list[Item]
    after: Position


class UnfinishedFile:
    """A file that is not complete: up to where it has each segment, and its number of items."""

    def __init__(self, path: Path, table: str) -> None:
        """Begin a file, or cut off what is behind the last whole page of one.

        Raises:
            FormatError: the file is of another table or format, or damaged.
        """
        self.positions: dict[int, Position] = dict.fromkeys(range(SEGMENTS))
        self.items = 0
        end = self._read(path, table) if path.exists() else 0
        self._file = path.open("r+b" if end else "wb")
        self._file.truncate(end)
        self._file.seek(end)
        if not end:
            header = lines.header(table, datetime.now(UTC).isoformat(), SEGMENTS)
            self._file.write(lines.dump("Export", header))

    def _read(self, path: Path, table: str) -> int:
        """Find what the file has; return the offset behind its last whole page."""
        end = items = 0
        for line in lines.read(path, is_part=True):
            if line.kind == "Export" and (line.content["table"], SEGMENTS) != (
                table,
                line.content["segments"],
            ):
                raise FormatError(f"{path} is of another table: remove it, or give another name")
            items += line.kind == "Item"
            if line.kind == "Page":
                self._keep(**line.content)
                self.items, end = items, line.end
        return end

    def _keep(self, segment: int, after: Position) -> None:
        if after:
            self.positions[segment] = after
        else:
            del self.positions[segment]

    def write(self, page: ScannedPage) -> None:
        """Write the items of a page, and then up to where they are there."""
        self._file.writelines(lines.dump("Item", item) for item in page.items)
        self._file.write(lines.dump("Page", {"segment": page.segment, "after": page.after}))
        self._file.flush()
        self.items += len(page.items)

    def complete(self) -> None:
        """Write the last line."""
        self._file.write(lines.dump("End", {"items": self.items}))
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


def export(source: ChosenTable, path: Path) -> int:
    """Write what is moved of a table into a new file; return the number of items.

    Raises:
        FormatError: the file is there, or its part is of another table.
        botocore.exceptions.ClientError, BotoCoreError: the database does not answer; call it again.
    """
    if path.exists():
        raise FormatError(f"{path} is there: remove it, or give another name")
    unfinished = path.with_name(f"{path.name}.part")
    with closing(UnfinishedFile(unfinished, source.table)) as part:
        _read_all(source, part)
        part.complete()
    unfinished.replace(path)
    return part.items


def _read_all(source: ChosenTable, part: UnfinishedFile) -> None:
    total = source.client.describe_table(TableName=source.table)["Table"].get("ItemCount", 0)
    with progress("exported", total) as advance:
        advance(part.items)
        for page in _pages(source, part.positions):
            part.write(page)
            advance(len(page.items))


def _pages(source: ChosenTable, positions: Mapping[int, Position]) -> Iterator[ScannedPage]:
    """Read what is left of each segment, and of all of them at once."""
    with ThreadPoolExecutor(SEGMENTS) as pool:
        reading = {pool.submit(_read, source, *position) for position in positions.items()}
        while reading:
            done, reading = wait(reading, return_when=FIRST_COMPLETED)
            pages = [future.result() for future in done]
            yield from pages
            unfinished = [page for page in pages if page.after]
            reading |= {pool.submit(_read, source, one.segment, one.after) for one in unfinished}


def _read(source: ChosenTable, segment: int, after: Position) -> ScannedPage:
    start: Any = {"ExclusiveStartKey": after} if after else {}
    answer = source.client.scan(
        TableName=source.table,
        Segment=segment,
        TotalSegments=SEGMENTS,
        ConsistentRead=True,
        **start,
    )
    now = datetime.now(UTC)
    items = [unmarked(item) for item in answer["Items"] if is_moved(item, now)]
    return ScannedPage(segment, items, answer.get("LastEvaluatedKey"))
