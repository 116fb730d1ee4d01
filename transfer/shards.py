"""Moves items out of partitions that searches of the other table do not read.

A search reads the partitions 0 to `IndexShardsRead` - 1 of the busiest index keys. An entry in any
of them is found, and gets into its own when its run is written again.
"""

from collections.abc import Callable

from runledger.store.schema import keys
from runledger.store.schema.sort_keys import SEPARATOR, join
from transfer.lines import Item

# The kinds whose keys end with the number of a partition, by attribute.
KINDS = {
    "shard": (keys.TASK_RUN, keys.FLOW_RUN, keys.FLOW, keys.DEPLOYMENT),
    "state_shard": (keys.TASK_RUN, keys.FLOW_RUN, keys.LOGS),
    "owner": (keys.TAG,),
    "pk": (keys.EVENTS, keys.LOGS),
}


def fitting(shards: int) -> Callable[[Item], Item]:
    """Return what changes an item so that one who reads so many partitions finds it."""

    def fit(item: Item) -> Item:
        changed = {
            name: {"S": _fitting(item[name]["S"], kinds, shards)}
            for name, kinds in KINDS.items()
            if name in item
        }
        return item | changed

    return fit


def _fitting(text: str, kinds: tuple[str, ...], shards: int) -> str:
    start, _, number = text.rpartition(SEPARATOR)
    if text.partition(SEPARATOR)[0] not in kinds or not number.isdecimal():
        return text
    return join(start, int(number) % shards) if int(number) >= shards else text
