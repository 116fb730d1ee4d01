"""Items of logs: a short line stands in one, whole also where indexes lead to it.

A long one is compressed and, where it is still longer than an item may be, cut in pieces that come
one after the other. A line of which a piece is not there was not stored: it is not acknowledged.
"""

import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from runledger.domain.logs import Log
from runledger.store import log_keys, places
from runledger.store.writes import Item

# Bytes. DynamoDB counts writes by the kilobyte, and an item holds 400 of them.
LONGEST_PLAIN = 1_000
LONGEST_PIECE = 380_000

# What tells a line from its items: without either, an index entry leads to them.
TEXT, PACKED = "facts", "packed"

# By this the stream's filter knows a line that somebody listened for when it was stored.
TOLD = "told"


def log_items(
    log: Log, number: int, shards: int, retention: timedelta | None, *, told: bool = False
) -> Iterator[Item]:
    """Spell a line, the `number`th of those sent with it; it expires if there is a `retention`.

    Who listens is `told` of it.
    """
    common = {
        "pk": log_keys.home(log, shards),
        "owner": log_keys.owner(log),
        "state_shard": log_keys.line_shard(log, shards),
        "expires_at": _seconds(log.created + retention) if retention else None,
        TOLD: "live" if told else None,
    }
    for piece, content in enumerate(_contents(log)):
        place = places.line_place(log.timestamp, number, log.id, piece)
        item = common | content | {"sk": place, "expected_start": place}
        # With a shard of its own, an id would put it in an index more.
        item |= {"id": place} if item["owner"] else {}
        yield {name: value for name, value in item.items() if value is not None}


def _seconds(time: datetime) -> int:
    return int(time.timestamp())


def _contents(log: Log) -> Iterator[dict[str, Any]]:
    text = log.model_dump_json(exclude_none=True)
    if len(text.encode()) <= LONGEST_PLAIN:
        yield {TEXT: text}
        return
    packed = zlib.compress(text.encode())
    starts = range(0, len(packed), LONGEST_PIECE)
    for start in starts:
        yield {PACKED: packed[start : start + LONGEST_PIECE], "pieces": len(starts)}


def is_whole(pieces: Sequence[Item]) -> bool:
    """Tell whether a line can be read from these."""
    return TEXT in pieces[0] or len(pieces) == pieces[0].get("pieces")


def read_log(pieces: Sequence[Item]) -> Log:
    """Read back a line from its pieces, in their order."""
    first = pieces[0]
    text = first[TEXT] if TEXT in first else zlib.decompress(b"".join(map(_packed, pieces)))
    return Log.model_validate_json(text)


def _packed(piece: Item) -> bytes:
    return bytes(piece[PACKED])
