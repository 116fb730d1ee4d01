"""Metrics of task runs for a dashboard: how many enter which state, and how many wait."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from runledger.store import stream_changes
from runledger.store.dynamodb.stream_records import Change
from runledger.store.runs.waiting_runs import WaitingRunStore
from runledger.store.store import Store


def entered_states(changes: Iterable[Change]) -> Mapping[str, int]:
    """Return the number of task runs that entered each type of state, by the metric's name.

    The stream may repeat a change, which is then in two of these numbers.
    """
    types = filter(None, map(stream_changes.entered_task_run_state, changes))
    return Counter(f"{state_type.title()}TaskRuns" for state_type in types)


def waiting(store: Store) -> Mapping[str, int]:
    """Return the number of task runs that wait, by the metric's name."""
    return {"WaitingTaskRuns": WaitingRunStore.of(store).number()}


def waiting_seconds(store: Store, now: datetime) -> Mapping[str, float]:
    """Return for how long the oldest waiting task run is due, in seconds, by the metric's name."""
    since = WaitingRunStore.of(store).due_since(now)
    return {"OldestWaitingTaskRun": (now - since).total_seconds() if since else 0.0}
