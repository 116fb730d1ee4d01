"""Which items are moved, in which order, and which of them are no news for the table's stream.

What belongs to the running system stays: keys of callers, connections, subscribers, counters with
the ids that they have counted (the stream of the other table counts what arrives there), leases
that are over, and what has expired. Task workers are moved: their items alone say which background
runs they hold. The other system finds that it has no such connections, and gives these runs to its
own workers.
"""

from datetime import datetime

from runledger.store.concurrency import slots
from runledger.store.dynamodb.expressions import plain
from runledger.store.logs.chunks import SUBSCRIBED
from runledger.store.schema import keys
from runledger.store.schema.keys import Key
from runledger.store.stream_changes import IMPORTED
from transfer.lines import Item

EXPIRES = "expires_at"

STAYING = {keys.API_KEYS, keys.LISTENERS, keys.LOG_LISTENERS}
"""The partitions that are not moved."""

RANKS = range(3)
"""Of items: first those that others lead to, and workers last, for their runs must be there."""


def key_of(item: Item) -> Key:
    """Return the key of an item with typed values."""
    return Key(item["pk"]["S"], item["sk"]["S"])


def is_moved(item: Item, now: datetime) -> bool:
    """Return whether an item is moved."""
    key = key_of(item)
    if key.pk in STAYING:
        return False
    if key.sk == keys.CONNECTION or keys.is_of(key, keys.COUNT):
        return False
    # DynamoDB removes a remainder when it has expired: that makes the stream go on with a delete.
    return key.sk == keys.REMAINDER or not (_is_over(item, key, now) or _has_expired(item, now))


def _is_over(item: Item, key: Key, now: datetime) -> bool:
    is_lease = keys.is_of(key, keys.LEASE)
    return is_lease and slots.read_lease(plain(item)).lease.has_expired(now)


def _has_expired(item: Item, now: datetime) -> bool:
    return EXPIRES in item and int(item[EXPIRES]["N"]) <= now.timestamp()


def rank(item: Item) -> int:
    """Return the rank of an item; lower ones are written first.

    A queue's entry is dropped if its run is missing, and a cancelled flow run cancels those of its
    task runs that are there.
    """
    key = key_of(item)
    if key.pk == keys.TASK_WORKERS or key.sk == keys.TASK_WORKER:
        return 2
    return int(keys.is_of(key, keys.QUEUE) or key.sk == keys.FLOW_RUN)


def marked(item: Item, mark: int) -> Item:
    """Return an item with the mark of its import, if its arrival would be told as news."""
    key = key_of(item)
    is_news = keys.is_run(key) or keys.is_of(key, keys.EVENTS) or SUBSCRIBED in item
    return item | {IMPORTED: {"N": str(mark)}} if is_news else item


def unmarked(item: Item) -> Item:
    """Return an item without the mark of an import."""
    return {name: value for name, value in item.items() if name != IMPORTED}


def are_same(one: Item, other: Item) -> bool:
    """Return whether two items differ in nothing but marks of imports."""
    one, other = unmarked(one), unmarked(other)
    return one == other or plain(one) == plain(other)
