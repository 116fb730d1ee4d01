"""The queues of background runs: each has some partitions, in the order of delivery."""

from runledger.domain.runs.task_runs import WaitingRun, is_own_queue
from runledger.store.dynamodb.writes import Item, Put
from runledger.store.schema import keys

# A run takes four units of its queue, in two transactions.
SHARDS_PER_INDEX_SHARD = 2

# Marks a run that a disconnected worker had acknowledged or started.
PASSED_ON = "passed_on"


def enqueue_write(waiting: WaitingRun, *, shards: int) -> Put:
    """Return the write that puts a run into its queue, for the transaction of its new state."""
    return requeue_write(waiting, waiting.queue, again=waiting.retry, shards=shards)


def requeue_write(waiting: WaitingRun, queue: str, *, again: bool, shards: int) -> Put:
    key = queue_key(waiting, queue, again=again, shards=shards)
    item = key._asdict() | {"body": waiting.model_dump_json(), "queue": queue}
    return Put(item | ({PASSED_ON: True} if waiting.acknowledged else {}))


def queue_of(item: Item) -> str:
    """Return the queue of an item."""
    name: str = item["queue"]
    return name


def queue_key(waiting: WaitingRun, queue: str, *, again: bool, shards: int) -> keys.Key:
    return keys.queued(
        queue, waiting.since, waiting.state_id, again=again, shards=_shards_of(queue, shards)
    )


def partitions(queue: str, shards: int) -> tuple[str, ...]:
    return keys.queue(queue, _shards_of(queue, shards))


def _shards_of(queue: str, shards: int) -> int:
    """Return the number of a queue's partitions: the runs of one client need only one."""
    return 1 if is_own_queue(queue) else SHARDS_PER_INDEX_SHARD * shards
