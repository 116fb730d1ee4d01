"""Items of logs: lines of one run that were sent together share a chunk, which is one item.

A chunk is compressed JSON. Index entries contain small chunks whole. A chunk with one line that is
too long for an item is divided into pieces, which follow each other. A chunk that lacks a piece was
not stored: it was not acknowledged.

A batch that is sent again makes the same chunks under the same keys.
"""

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from runledger.domain.logs import Log
from runledger.store.dynamodb.writes import Item
from runledger.store.logs.chunk_sort_key import MAX_CHUNK_TIME, ChunkSortKey
from runledger.store.schema import keys

# Bytes of JSON: a chunk is read as a whole, however few of its lines match.
MAX_CHUNK = 64 * 1024

# Bytes. DynamoDB counts writes by the kilobyte, keys included, and an item holds 400 of them.
MAX_SMALL = 500
MAX_PIECE = 380_000

# The attributes with a chunk's lines; an index entry with neither leads to its items.
SMALL, PACKED = "facts", "lines"

# The stream's filter passes chunks that have this attribute: a subscriber's filter matched a line.
SUBSCRIBED = "subscribed"

Runs = tuple[UUID | None, UUID | None]


def log_items(
    logs: Iterable[Log],
    shards: int,
    retention: timedelta | None,
    *,
    is_subscribed: Callable[[Log], bool],
) -> Iterator[Item]:
    """Spell the lines of a batch; they expire if there is a `retention`.

    `is_subscribed` returns whether a line matches a subscriber's filter.
    """
    for lines in _by_runs(logs).values():
        for chunk, text in _chunks(lines):
            first = chunk[0]
            common = {
                "pk": keys.log_partition(first, shards),
                "owner": keys.log_owner(first),
                "state_shard": keys.log_shard(first, shards),
                "expires_at": _seconds(first.created + retention) if retention else None,
                SUBSCRIBED: "live" if any(map(is_subscribed, chunk)) else None,
            }
            yield from _items(common, ChunkSortKey.of(chunk), zlib.compress(text))


def _by_runs(logs: Iterable[Log]) -> dict[Runs, list[Log]]:
    """Group lines by their runs: a task run's lines are read and removed without other lines."""
    found: dict[Runs, list[Log]] = defaultdict(list)
    for log in logs:
        found[log.flow_run_id, log.task_run_id].append(log)
    return found


def _chunks(logs: Sequence[Log]) -> Iterator[tuple[list[Log], bytes]]:
    """Yield chunks of lines in the order of time, with their JSON."""
    chunk: list[Log] = []
    texts: list[bytes] = []
    size = 0
    for log in sorted(logs, key=lambda log: (log.timestamp, log.id)):
        text = log.model_dump_json(exclude_none=True).encode()
        is_late = chunk and log.timestamp - chunk[0].timestamp > MAX_CHUNK_TIME
        if chunk and (is_late or size + len(text) > MAX_CHUNK):
            yield chunk, _list(texts)
            chunk, texts, size = [], [], 0
        chunk.append(log)
        texts.append(text)
        size += len(text)
    if chunk:
        yield chunk, _list(texts)


def _list(texts: Iterable[bytes]) -> bytes:
    return b"[" + b",".join(texts) + b"]"


def _items(common: Item, chunk_key: ChunkSortKey, packed: bytes) -> Iterator[Item]:
    for piece, content in enumerate(_contents(packed)):
        sort_key = str(chunk_key._replace(piece=piece))
        item = {**common, **content, "sk": sort_key, "expected_start": sort_key}
        # Without an owner, no index needs the id.
        item |= {"id": sort_key} if item["owner"] else {}
        yield {name: value for name, value in item.items() if value is not None}


def _contents(packed: bytes) -> Iterator[dict[str, Any]]:
    if len(packed) <= MAX_SMALL:
        yield {SMALL: packed}
        return
    starts = range(0, len(packed), MAX_PIECE)
    for start in starts:
        yield {PACKED: packed[start : start + MAX_PIECE], "pieces": len(starts)}


def _seconds(time: datetime) -> int:
    return int(time.timestamp())


def is_whole(pieces: Sequence[Item]) -> bool:
    """Return whether these are all pieces of a chunk."""
    return SMALL in pieces[0] or len(pieces) == pieces[0].get("pieces")


@cache
def _lines() -> TypeAdapter[list[Log]]:
    """Return what parses lines, made at the first use."""
    return TypeAdapter(list[Log])


def read_logs(pieces: Sequence[Item]) -> list[Log]:
    """Read the lines of a chunk from its pieces, in their order."""
    packed = b"".join(bytes(piece.get(SMALL) or piece[PACKED]) for piece in pieces)
    return _lines().validate_json(zlib.decompress(packed))
