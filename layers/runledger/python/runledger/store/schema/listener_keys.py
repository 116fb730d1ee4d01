"""Keys of clients that listen; `keys` has the chart."""

from runledger.domain.websocket.event_subscriptions import EventSubscriber, LogSubscriber
from runledger.store.schema import keys
from runledger.store.schema.keys import Key
from runledger.store.schema.sort_keys import join

LISTENER = "LISTENER"

# The partition of those that listen to each kind of thing.
PARTITIONS = {EventSubscriber: "LISTENERS", LogSubscriber: "LOG_LISTENERS"}


def all_of(kind: type[EventSubscriber | LogSubscriber]) -> tuple[str, tuple[str, str]]:
    """The partition and the range of all that listen to a kind of thing."""
    return PARTITIONS[kind], keys.under(LISTENER)


def subscriber(kind: type[EventSubscriber | LogSubscriber], connection_id: str) -> Key:
    return Key(PARTITIONS[kind], join(LISTENER, connection_id))
