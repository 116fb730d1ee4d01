"""Large documents: their largest fields are compressed and stored in pieces beside their item.

DynamoDB takes 400 KB in an item and counts writes by the kilobyte, so a run with large parameters
would either not fit or pay for them with each of its states. Each set of pieces has its own id,
belongs to one item, and never changes: a reader of the item can check that it has all of it.

Pieces are written before the item that names them, and removed after the item was removed or names
others. A crash in between leaves orphans, which are removed some time after their run, flow or
deployment. If a piece is lost all the same, readers get its field as the item has it: shortened.
"""

import hashlib
import json
import logging
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from time import time
from typing import Any, NamedTuple
from uuid import uuid4

from runledger import LOGGER_NAME
from runledger.domain.errors import TooLarge
from runledger.store.dynamodb import packing
from runledger.store.dynamodb.writes import Delete, Item, Put, Write
from runledger.store.schema import keys
from runledger.store.schema.keys import Key
from runledger.store.schema.sort_keys import join

# Attributes: of an item, its document and the references to its pieces; of a piece, its content
# and the time of its write, in seconds.
DOCUMENT, PIECES = packing.BODY, "document_pieces"
CONTENT, WRITTEN = "content", "written"

# Bytes of a document in one item; of a larger one, half of this stays in the item.
MAX_DOCUMENT = 32_000

# Bytes of a field that is worth a piece.
MIN_FIELD = 1_000

# Fields that stay whole in an item that has no facts beside them: filters read no pieces.
UNDIVIDED = frozenset(
    {
        "created_by",
        "flow_version",
        "idempotency_key",
        "name",
        "state_name",
        "tags",
        "work_queue_name",
    }
)

# Bytes of a piece; its item holds 400 KB with its key.
MAX_PIECE = 380_000

# Bytes of a Lambda response.
MAX_ANSWER = 6 * 1024 * 1024

# Reads of an item whose pieces are gone: each time it was replaced meanwhile.
READS = 4

# Characters of a shortened field: of a text, and of all texts of an object.
MAX_SHORT_TEXT, MAX_SHORT_OBJECT = 1_000, 8_000


class PiecesReference(NamedTuple):
    """A field in pieces: their id and number, and the length of its JSON in bytes and its hash."""

    id: str
    pieces: int
    length: int
    sha256: str

    def keys(self, pk: str) -> Iterator[Key]:
        """Yield the keys of its pieces, in order."""
        return (keys.document_piece(pk, self.id, number) for number in range(self.pieces))


def is_piece(key: Key) -> bool:
    """Return whether an item is a piece of another one's document."""
    return key.sk.startswith(join(keys.DOCUMENT_PIECE, ""))


def references(item: Item) -> dict[str, PiecesReference]:
    """Return the fields of an item's document that are in pieces."""
    spelled = item.get(PIECES)
    fields = json.loads(spelled) if spelled else {}
    return {name: PiecesReference(*reference) for name, reference in fields.items()}


def check_size(items: Iterable[Item]) -> None:
    """Check that a response can hold the items' documents, before their pieces are read.

    Raises:
        TooLarge: they exceed the size of a Lambda response.
    """
    length = sum(reference.length for item in items for reference in references(item).values())
    if length > MAX_ANSWER:
        raise TooLarge(
            f"The answer would have {length:,} bytes, more than can be sent: ask for less."
        )


def superseded(old: Item | None, new: Item | None) -> Iterator[Key]:
    """Yield the keys of pieces that an item named and no longer names."""
    kept = {reference.id for reference in references(new or {}).values()}
    for reference in references(old or {}).values():
        if reference.id not in kept:
            yield from reference.keys(str((old or {})["pk"]))


def orphans(partition: Sequence[Item], before: datetime) -> Iterator[Key]:
    """Yield the keys of a partition's pieces that were written `before`, and that no item names."""
    named = {
        key
        for item in partition
        for reference in references(item).values()
        for key in reference.keys(item["pk"])
    }
    for item in partition:
        if WRITTEN in item and item[WRITTEN] < before.timestamp() and keys.of(item) not in named:
            yield keys.of(item)


class Divided(NamedTuple):
    """An item of a size that can be stored, and the pieces to be stored before it."""

    item: Item
    pieces: tuple[Item, ...] = ()


def divide(item: Item, seen: str | None = None) -> Divided:
    """Move the largest fields of a large document into pieces.

    `seen` is the `PIECES` attribute of the item that a conditional write replaces: fields that do
    not change keep their pieces.
    """
    text = item.get(DOCUMENT)
    if not isinstance(text, str) or not _is_large(text):
        return Divided(item)
    document: dict[str, Any] = json.loads(text)
    known = {reference.sha256: reference for reference in references({PIECES: seen}).values()}
    named: dict[str, PiecesReference] = {}
    pieces: list[Item] = []
    kept = frozenset() if "facts" in item else UNDIVIDED
    for name, content in _largest(document, kept):
        digest = _digest(content)
        reference = known.get(digest)
        if reference is None:
            reference, new = _new_pieces(item, content, digest)
            pieces += new
        named[name] = reference
        document[name] = shortened(document[name])
    if not named:
        return Divided(item)
    small = {**item, DOCUMENT: _json(document), PIECES: json.dumps(named)}
    return Divided(small, tuple(pieces))


def undivided_length(item: Item) -> int:
    """Return the bytes of what stays in an item, however large it is: facts, or fields of these."""
    if "facts" in item:
        return len(item["facts"].encode())
    text = item[DOCUMENT]
    if not _is_large(text):
        return len(text)
    document = json.loads(text)
    return sum(len(_json(document[name]).encode()) for name in UNDIVIDED if name in document)


def divide_write(write: Write) -> tuple[Write, tuple[Item, ...]]:
    """Return a write whose document fits, and the pieces to be stored before it."""
    if isinstance(write, Put):
        whole = divide(write.item, write.pieces)
        return write._replace(item=whole.item), whole.pieces
    if isinstance(write, Delete) or DOCUMENT not in write.sets:
        return write, ()
    # The item may have pieces: those of its old document.
    whole = divide({**write.key._asdict(), **write.sets, PIECES: ""})
    sets = {name: value for name, value in whole.item.items() if name not in Key._fields}
    return write._replace(sets=sets), whole.pieces


def _is_large(text: str) -> bool:
    # Mostly the number of characters decides: each has four bytes at most.
    return len(text) > MAX_DOCUMENT or (
        4 * len(text) > MAX_DOCUMENT and len(text.encode()) > MAX_DOCUMENT
    )


def _largest(document: Mapping[str, Any], kept: AbstractSet[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the largest fields, as JSON, until half of `MAX_DOCUMENT` is left beside the kept."""
    fields = {name: _json(value).encode() for name, value in document.items() if name not in kept}
    left = sum(map(len, fields.values()))
    for name in sorted(fields, key=lambda name: len(fields[name]), reverse=True):
        if left <= MAX_DOCUMENT // 2 or len(fields[name]) < MIN_FIELD:
            return
        left -= len(fields[name])
        yield name, fields[name]


def _new_pieces(item: Item, content: bytes, digest: str) -> tuple[PiecesReference, list[Item]]:
    packed = zlib.compress(content)
    parts = [packed[start : start + MAX_PIECE] for start in range(0, len(packed), MAX_PIECE)]
    reference = PiecesReference(str(uuid4()), len(parts), len(content), digest)
    common = {WRITTEN: int(time())}
    common |= {"expires_at": item["expires_at"]} if "expires_at" in item else {}
    keyed = zip(reference.keys(item["pk"]), parts, strict=True)
    return reference, [{**key._asdict(), CONTENT: part, **common} for key, part in keyed]


def shortened(value: object) -> object:
    """Return a small value of the same type: the beginning of a text, or some of an object."""
    if isinstance(value, str):
        return value[:MAX_SHORT_TEXT]
    if isinstance(value, list):
        return []
    return _shortened_object(value) if isinstance(value, dict) else value


def _shortened_object(fields: Mapping[str, Any]) -> dict[str, Any]:
    short: dict[str, Any] = {}
    room = MAX_SHORT_OBJECT
    for name, value in fields.items():
        short_value = shortened(value)
        room -= len(name) + len(_json(short_value))
        if room >= 0:
            short[name] = short_value
    return short


def assembled(item: Item, found: Mapping[Key, Item]) -> Item | None:
    """Return an item with its whole document; None if a piece is missing."""
    document = json.loads(item[DOCUMENT])
    for name, reference in references(item).items():
        parts = [found.get(key) for key in reference.keys(item["pk"])]
        if None in parts:
            return None
        packed = b"".join(bytes(part[CONTENT]) for part in parts if part)
        document[name] = json.loads(zlib.decompress(packed))
    return {**item, DOCUMENT: _json(document)}


class Assembler(NamedTuple):
    """Completes large documents from their pieces.

    `read` returns the items of keys, in their order, as last acknowledged.
    """

    read: Callable[[Sequence[Key]], Sequence[Item | None]]

    def complete(self, items: Sequence[Item]) -> list[Item | None]:
        """Return the items with whole documents; None for one that lost a piece."""
        wanted = [key for item in items for key in _needed(item)]
        if not wanted:
            return list(items)
        found = {key: part for key, part in zip(wanted, self.read(wanted), strict=True) if part}
        return [assembled(item, found) if _needed(item) else item for item in items]

    def each_whole(self, items: Sequence[Item]) -> Iterator[Item]:
        """Yield the items with whole documents, as last acknowledged, without deleted ones."""
        for item, completed in zip(items, self.complete(items), strict=True):
            whole = completed or self.whole(item)
            if whole:
                yield whole

    def whole(self, item: Item) -> Item | None:
        """Complete an item; read it again where it was replaced. None if it was deleted."""
        latest: Item | None = item
        for _ in range(READS):
            if latest is None:
                return None
            (completed,) = self.complete([latest])
            if completed:
                return completed
            (latest,) = self.read([keys.of(latest)])
        # Pieces are lost. Shortened fields are better than no answer.
        logging.getLogger(LOGGER_NAME).error(
            "pieces of a document are lost", extra={"pk": item["pk"]}
        )
        return latest


def _needed(item: Item) -> list[Key]:
    """Return the keys of an item's pieces; none if its document was not read."""
    if DOCUMENT not in item:
        return []
    return [key for reference in references(item).values() for key in reference.keys(item["pk"])]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
