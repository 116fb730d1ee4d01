"""Ticks: each does all that is due by time alone. docs/services.md has the timers.

A tick that finds nothing costs one Query. Whatever a tick does can be repeated, by itself or by
another one at the same time: a timer goes only when its work is done.
"""

from datetime import datetime
from functools import partial

from runledger.parallel import attempt_all
from runledger.service.deployments import coming_runs
from runledger.service.runs import expired_runs
from runledger.store.deployments.schedulings import SchedulingStore
from runledger.store.dynamodb.calls import Deadline
from runledger.store.runs.flow_runs import FlowRunStore
from runledger.store.schema import keys
from runledger.store.schema.keys import Key
from runledger.store.store import Store
from runledger.store.timers import TimerStore


def tick(store: Store, deadline: Deadline, *, now: datetime) -> int:
    """Do what is due, until the deadline; return how many timers were due.

    Raises:
        Exception: the first error, when all that is due was tried; the next tick tries it again.
    """
    due = list(TimerStore.of(store).due(now))
    attempt_all(partial(_act, store, deadline, now), due)
    return len(due)


def _act(store: Store, deadline: Deadline, now: datetime, timer: Key) -> None:
    if deadline.is_over():
        return
    kind, _ = keys.timed_entity(timer)
    is_done = _settle if kind == keys.DEPLOYMENT else _expire
    if is_done(store, timer, now):
        TimerStore.of(store).remove([timer])


def _settle(store: Store, timer: Key, now: datetime) -> bool:
    """Settle a deployment's runs; return whether another timer says when to look again."""
    _, deployment_id = keys.timed_entity(timer)
    coming_runs.settle(store, deployment_id, now=now)
    scheduling = SchedulingStore.of(store).read(deployment_id)
    return scheduling is None or scheduling.timer != keys.time_of(timer)


def _expire(store: Store, timer: Key, now: datetime) -> bool:
    """Let a run enter the state that is due; return that its timer is of no more use."""
    _, run_id = keys.timed_entity(timer)
    seen = FlowRunStore.of(store).read(run_id)
    if seen:
        expired_runs.expire(store, seen.run, now=now)
    return True
