"""Entries of flow runs in the pool of their queue, written in the run's own transaction.

A scheduled run waits there for a worker; a run that is PENDING, RUNNING or CANCELLING holds a slot.
An entry follows from the run alone, so each write of a run corrects it.
"""

from collections.abc import Iterator

from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import StateType
from runledger.store import items
from runledger.store.dynamodb.writes import Delete, Item, Put, Write
from runledger.store.schema import keys, sort_keys

HOLDING = {StateType.PENDING, StateType.RUNNING, StateType.CANCELLING}


def new_run_writes(run: FlowRun) -> list[Write]:
    """Return the write of a new run's entry."""
    return [Put(entry) for entry in _entries(run)]


def update_writes(seen: FlowRun, run: FlowRun) -> Iterator[Write]:
    """Yield the writes that update the entry of a run that was read."""
    return items.replacement_writes(_entries(seen), _entries(run))


def deletion_writes(run: FlowRun) -> list[Write]:
    """Return the write that removes a run's entry."""
    return [Delete(keys.of(entry)) for entry in _entries(run)]


def _entries(run: FlowRun) -> list[Item]:
    """Spell the entry of a run, if it has one."""
    pool, queue = run.work_pool_name, run.work_queue_id
    if pool is None or queue is None:
        return []
    if run.state_type in HOLDING:
        # Only old queues count a run that is being cancelled.
        cancelling = True if run.state_type == StateType.CANCELLING else None
        key = keys.work_slot(pool, queue, run.id)
        return [items.new_item(key, queue=str(queue), run=str(run.id), cancelling=cancelling)]
    if run.state_type != StateType.SCHEDULED or run.empirical_policy.retry_type == "in_process":
        return []
    at = run.next_scheduled_start_time
    key = keys.scheduled_run(pool, at, run.id)
    time = sort_keys.instant(at) if at else None
    return [items.new_item(key, queue=str(queue), run=str(run.id), time=time)]
