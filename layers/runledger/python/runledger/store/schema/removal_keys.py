"""Keys of removals that go on, and of what tells of them afterwards."""

from uuid import UUID

from runledger.store.schema import keys
from runledger.store.schema.keys import Key
from runledger.store.schema.sort_keys import SEPARATOR

REMAINDER, TOMBSTONE = "REMAINDER", "TOMBSTONE"


def remainder(of_thing: Key) -> Key:
    """The item that makes the stream tell of a removal once more."""
    return Key(of_thing.pk, REMAINDER)


def tombstone(flow_run_id: UUID) -> Key:
    """The item that tells a deleted flow run from one that is not there yet."""
    return Key(keys.flow_run(flow_run_id).pk, TOMBSTONE)


def kind_and_id(key: Key) -> tuple[str, UUID]:
    """Return the kind and the id of the thing in whose partition an item lies."""
    kind, _, item_id = key.pk.partition(SEPARATOR)
    return kind, UUID(item_id)
