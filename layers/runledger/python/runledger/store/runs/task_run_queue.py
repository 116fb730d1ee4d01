"""The queues of background runs: each is a partition, in the order of delivery."""

from runledger.domain.runs.task_runs import WaitingRun
from runledger.store.dynamodb.writes import Item, Put
from runledger.store.schema import keys

# Marks a run that a disconnected worker had acknowledged or started.
PASSED_ON = "passed_on"


def enqueue_write(waiting: WaitingRun) -> Put:
    """Return the write that puts a run into its queue, for the transaction of its new state."""
    return requeue_write(waiting, waiting.queue, again=waiting.retry)


def requeue_write(waiting: WaitingRun, queue: str, *, again: bool) -> Put:
    key = queue_key(waiting, queue, again=again)
    item = key._asdict() | {"body": waiting.model_dump_json(), "queue": queue}
    return Put(item | ({PASSED_ON: True} if waiting.acknowledged else {}))


def queue_of(item: Item) -> str:
    """Return the queue of an item."""
    name: str = item["queue"]
    return name


def queue_key(waiting: WaitingRun, queue: str, *, again: bool) -> keys.Key:
    return keys.queued(queue, waiting.since, waiting.state_id, again=again)
