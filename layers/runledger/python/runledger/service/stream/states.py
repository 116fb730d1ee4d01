"""Consequences of the states of runs: pointers to their runs, pairs of type and name."""

from collections.abc import Sequence
from itertools import chain

from runledger.service.retries import retry_on_conflict
from runledger.store import stream_changes
from runledger.store.dynamodb.stream_records import Change
from runledger.store.runs.observed_states import ObservedStateStore, new_states
from runledger.store.runs.states import StateStore
from runledger.store.schema import keys
from runledger.store.store import Store


def record(store: Store, changes: Sequence[Change]) -> None:
    """Record the states of runs; all of it can be repeated.

    Raises:
        Unavailable: the table does not answer.
        WriteConflict: others store the same pairs again and again.
    """
    StateStore.of(store).point(changes)
    pairs = ObservedStateStore.of(store)
    runs = [change for change in changes if keys.is_run(change.key)]
    observed = list(chain.from_iterable(map(new_states, runs)))
    retry_on_conflict(lambda: pairs.add(observed))
    if any(map(stream_changes.is_removal, runs)):
        retry_on_conflict(pairs.find_again)
