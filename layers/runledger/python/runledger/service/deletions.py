"""Removing flow runs with their task runs, as far as there is time: `removals` does the rest.

A flow run goes after those of its task runs for which there is time, so that a request that is cut
off can be repeated.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from runledger.domain.errors import NotFound, Unavailable
from runledger.domain.flow_runs import FlowRun
from runledger.service.attempts import until_it_holds
from runledger.service.flow_runs import NOT_FOUND
from runledger.store.deadlines import Deadline
from runledger.store.failures import Late
from runledger.store.store import Store

# Task runs removed at once with their flow run; the client keeps as many connections.
AT_ONCE = 16

# Runs created while others are removed are found by another pass.
PASSES = 4


def delete(store: Store, run_id: UUID, deadline: Deadline, *, now: datetime) -> None:
    """Remove a flow run, with its task runs until the deadline.

    Raises:
        NotFound: there is none.
    """
    if not delete_if_there(store, run_id, deadline, now=now):
        raise NotFound(NOT_FOUND)


def delete_each(
    store: Store,
    ids: Iterable[UUID],
    deadline: Deadline,
    *,
    now: datetime,
    only: Callable[[FlowRun], bool] = bool,
) -> None:
    """Remove flow runs that are as they should be, until the deadline."""
    with suppress(Late):
        for run_id in ids:
            deadline.check()
            delete_if_there(store, run_id, deadline, now=now, only=only)


def delete_if_there(
    store: Store,
    run_id: UUID,
    deadline: Deadline,
    *,
    now: datetime,
    only: Callable[[FlowRun], bool] = bool,
) -> bool:
    """Remove a flow run; return whether it was there, and as it should be."""

    def attempt() -> bool:
        seen = store.flow_runs.read(run_id)
        if seen and not only(seen.run):
            return False
        with suppress(Late):
            delete_task_runs(store.until(deadline), run_id, now=now)
        if seen is None:
            return False
        store.flow_runs.delete(seen)
        return True

    return until_it_holds(attempt)


def delete_task_runs(store: Store, flow_run_id: UUID, *, now: datetime) -> None:
    """Remove the task runs of a flow run.

    Raises:
        Unavailable: it gets new ones all the time.
    """
    for _ in range(PASSES):
        ids = store.flow_runs.task_runs(flow_run_id)
        if not ids:
            return
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda run_id: _delete_task_run(store, run_id, now), ids))
    raise Unavailable(f"flow run {flow_run_id} keeps getting task runs")


def _delete_task_run(store: Store, run_id: UUID, now: datetime) -> None:
    until_it_holds(lambda: store.task_runs.delete(run_id, now))
