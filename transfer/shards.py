"""Moves items out of partitions that searches of the other table do not read.

A search reads the partitions 0 to `IndexShardsRead` - 1 of the busiest index keys, and twice as
many of events and queues. An entry in any of them is found, and gets into its own when its run is
written again.
"""

from collections.abc import Callable, Mapping

from runledger.store.events import events
from runledger.store.runs import task_run_queue
from runledger.store.schema import keys, sort_keys
from runledger.store.schema.sort_keys import SEPARATOR, join
from transfer.lines import Item

# The kinds that are listed by their ids.
WITH_IDS = (keys.TASK_RUN, keys.FLOW_RUN, keys.ARTIFACT)

# The kinds whose keys end with the number of a partition, by attribute, each with the number of its
# partitions for each index shard.
KINDS: Mapping[str, Mapping[str, int]] = {
    "shard": dict.fromkeys((*WITH_IDS, keys.FLOW, keys.DEPLOYMENT), 1),
    "id_shard": dict.fromkeys(WITH_IDS, 1),
    "state_shard": dict.fromkeys((keys.TASK_RUN, keys.FLOW_RUN, keys.LOGS), 1),
    "owner": {keys.TAG: 1},
    "pk": {
        keys.EVENTS: events.SHARDS_PER_INDEX_SHARD,
        keys.QUEUE: task_run_queue.SHARDS_PER_INDEX_SHARD,
        keys.LOGS: 1,
    },
}


def fitting(shards: int) -> Callable[[Item], Item]:
    """Return what changes an item so that one who reads so many index shards finds it."""

    def fit(item: Item) -> Item:
        changed = {
            name: {"S": _fitting(item[name]["S"], kinds, shards)}
            for name, kinds in KINDS.items()
            if name in item
        }
        return _listed_by_id(_in_state(item | changed))

    return fit


def _in_state(item: Item) -> Item:
    """Move an item into the one partition of its rare type of state."""
    kind, *rest = item.get("state_shard", {"S": ""})["S"].split(SEPARATOR)
    if kind not in keys.RUNS:
        return item
    state_type, number = rest
    return item | {"state_shard": {"S": keys.state_shard(kind, state_type, int(number))}}


def _listed_by_id(item: Item) -> Item:
    """Give an item its place by id, if it is from before that had an attribute of its own."""
    kind = item.get("shard", {"S": ""})["S"].partition(SEPARATOR)[0]
    if kind not in WITH_IDS or "id_shard" in item:
        return item
    if kind == keys.TASK_RUN:
        expected = sort_keys.microseconds(item["expected_start"]["S"])
        if sort_keys.is_at_once(sort_keys.time_of_id(item["id"]["S"]), expected):
            return item
    return item | {"id_shard": item["shard"]}


def _fitting(text: str, kinds: Mapping[str, int], shards: int) -> str:
    start, _, number = text.rpartition(SEPARATOR)
    partitions = shards * kinds.get(text.partition(SEPARATOR)[0], 0)
    if not partitions or not number.isdecimal() or int(number) < partitions:
        return text
    return join(start, int(number) % partitions)
