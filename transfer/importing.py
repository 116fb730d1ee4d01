"""Writes the items of a file into a table.

The whole file is checked before the first item is written. An item that is in the table stays as
it is; those that are the same in the file are passed over. So an import that ended early goes on
when it is called again, and gives the same result.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from runledger.store.schema.keys import Key
from transfer import contents, lines
from transfer.chosen_table import THREADS, ChosenTable
from transfer.lines import FormatError, Item
from transfer.progress import Advance, progress
from transfer.shards import fitting

# Items that a thread has at a time: as many as DynamoDB reads at once, and about so many bytes.
MAX_ITEMS, MAX_BYTES = 100, 1_000_000

# Seconds before DynamoDB is asked again for keys that it did not read.
PAUSE = 0.2

# Keys of items that are different in the table, that are shown.
SHOWN = 10


@dataclass
class ImportOutcome:
    """The outcome for the items of a file."""

    written: int = 0
    same: int = 0
    left_out: int = 0  # not moved: contents.py
    conflicts: list[Key] = field(default_factory=list)  # the first of them
    different: int = 0

    def add(self, other: "ImportOutcome") -> None:
        self.written += other.written
        self.same += other.same
        self.different += other.different
        self.conflicts = [*self.conflicts, *other.conflicts][:SHOWN]


def import_file(target: ChosenTable, path: Path, *, overwrite: bool) -> ImportOutcome:
    """Write the items of a file into a table, unless it has others with their keys.

    overwrite: replace those.

    Raises:
        FormatError: the file is damaged or of another format; nothing was written.
        botocore.exceptions.ClientError, BotoCoreError: the database does not answer; call it again.
    """
    ranks = check(path)
    now = datetime.now(UTC)
    writer = _Writer(target, int(now.timestamp()), overwrite=overwrite)
    outcome = ImportOutcome()
    with progress("imported", ranks.total()) as advance:
        for rank in filter(ranks.get, contents.RANKS):
            moved = map(fitting(target.shards), _moved(_items(path, rank), now, outcome))
            _write_all(writer, moved, outcome, advance)
    return outcome


def _write_all(
    writer: "_Writer", items: Iterable[Item], outcome: ImportOutcome, advance: Advance
) -> None:
    for done in _in_parallel(writer.write, _chunks(items)):
        outcome.add(done)
        advance(done.written + done.same + done.different)


def check(path: Path) -> Counter[int]:
    """Read a whole file; return how many items of each rank it has.

    Raises:
        FormatError: it is damaged; the message has the first lines that are.
    """
    ranks: Counter[int] = Counter()
    last = None
    for last in lines.read(path):
        if last.kind == "Item":
            ranks[contents.rank(last.content)] += 1
    if last is None or last.kind != "End":
        raise FormatError(f"{path} has no last line: its export has not ended, or it is cut off")
    if last.content.get("items") != ranks.total():
        raise FormatError(
            f"{path}: the last line counts {last.content.get('items')} items,"
            f" and the file has {ranks.total()}"
        )
    return ranks


def _items(path: Path, rank: int) -> Iterator[Item]:
    items = (line.content for line in lines.read(path) if line.kind == "Item")
    return (item for item in items if contents.rank(item) == rank)


def _moved(items: Iterable[Item], now: datetime, outcome: ImportOutcome) -> Iterator[Item]:
    """Yield the items that are still to move: some may have expired since the export."""
    for item in items:
        if contents.is_moved(item, now):
            yield item
        else:
            outcome.left_out += 1


def _chunks(items: Iterable[Item]) -> Iterator[dict[Key, Item]]:
    """Divide items into groups of different keys."""
    chunk: dict[Key, Item] = {}
    size = 0
    for item in items:
        key = contents.key_of(item)
        if key in chunk or len(chunk) == MAX_ITEMS or size >= MAX_BYTES:
            yield chunk
            chunk, size = {}, 0
        chunk[key] = item
        size += len(str(item))
    if chunk:
        yield chunk


def _in_parallel(
    write: Callable[[dict[Key, Item]], ImportOutcome], chunks: Iterator[dict[Key, Item]]
) -> Iterator[ImportOutcome]:
    """Write chunks, with no more of them in memory than threads."""
    with ThreadPoolExecutor(THREADS) as pool:
        writing = {pool.submit(write, chunk) for chunk in islice(chunks, THREADS)}
        while writing:
            done, writing = wait(writing, return_when=FIRST_COMPLETED)
            yield from map(Future.result, done)
            writing |= {pool.submit(write, chunk) for chunk in islice(chunks, len(done))}


class _Writer:
    """Writes items into a table, for all threads."""

    def __init__(self, target: ChosenTable, mark: int, *, overwrite: bool) -> None:
        self._client, self._table = target.client, target.table
        self._mark, self._overwrite = mark, overwrite

    def write(self, items: dict[Key, Item]) -> ImportOutcome:
        """Write what the table does not have."""
        outcome = ImportOutcome()
        there = self._read(items)
        for key, item in items.items():
            if key not in there and self._create(item):
                outcome.written += 1
                continue
            found = there.get(key) or self._read([key]).get(key, {})
            if contents.are_same(item, found):
                outcome.same += 1
            elif self._overwrite:
                self._put(item)
                outcome.written += 1
            else:
                outcome.add(ImportOutcome(different=1, conflicts=[key]))
        return outcome

    def _create(self, item: Item) -> bool:
        """Write an item; return whether there was none. A repeated call finds its own."""
        try:
            self._put(item, ConditionExpression="attribute_not_exists(pk)")
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _put(self, item: Item, **condition: Any) -> None:
        marked = contents.marked(item, self._mark)
        self._client.put_item(TableName=self._table, Item=marked, **condition)

    def _read(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """Return the items that the table has."""
        found: dict[Key, Item] = {}
        wanted: list[Any] = [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in keys]
        while wanted:
            request: Any = {self._table: {"Keys": wanted, "ConsistentRead": True}}
            answer = self._client.batch_get_item(RequestItems=request)
            found |= {contents.key_of(item): item for item in answer["Responses"][self._table]}
            left = answer.get("UnprocessedKeys", {}).get(self._table)
            wanted = list(left["Keys"]) if left else []
            time.sleep(PAUSE if wanted else 0)
        return found
