"""Keys of removals that go on."""

from uuid import UUID

from runledger.store.keys import Key
from runledger.store.places import SEPARATOR

REMAINDER = "REMAINDER"


def remainder(of_thing: Key) -> Key:
    """The item that makes the stream tell of a removal once more."""
    return Key(of_thing.pk, REMAINDER)


def kind_and_id(key: Key) -> tuple[str, UUID]:
    """Return the kind and the id of the thing in whose partition an item lies."""
    kind, _, item_id = key.pk.partition(SEPARATOR)
    return kind, UUID(item_id)
