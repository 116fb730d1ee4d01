"""Keys of logs: where lines lie, and where others than their flow run find them.

A line lies with its flow run or, without one, with its task run or, without both, in a shard.
"""

from collections.abc import Iterator
from uuid import UUID

from runledger.domain.logs import Log
from runledger.store import keys
from runledger.store.places import join

LOGS = "LOGS"

# Lines are written far more often than runs, so they are spread over more partitions of the index
# that has all of them: so many for each of the others.
SPREAD = 8


def of_flow_run(run_id: UUID) -> str:
    return join(LOGS, keys.flow_run(run_id).pk)


def of_task_run(run_id: UUID) -> str:
    return join(LOGS, keys.task_run(run_id).pk)


def of_nobody(shards: int) -> Iterator[str]:
    return (join(LOGS, number) for number in range(shards))


def home(log: Log, shards: int) -> str:
    """The partition in which a line lies."""
    if log.flow_run_id:
        return of_flow_run(log.flow_run_id)
    if log.task_run_id:
        return of_task_run(log.task_run_id)
    return join(LOGS, keys.shard_of(log.id, shards))


def owner(log: Log) -> str | None:
    """The partition of `by_owner` where a task run finds a line that lies with its flow run."""
    inside = log.flow_run_id is not None
    return keys.task_run(log.task_run_id).pk if inside and log.task_run_id else None


def all_lines(shards: int) -> Iterator[str]:
    """The partitions of `by_state` that have all lines in the order of time."""
    return (join(LOGS, number) for number in range(shards * SPREAD))


def line_shard(log: Log, shards: int) -> str:
    """The one of them that a line is in."""
    return join(LOGS, keys.shard_of(log.id, shards * SPREAD))
