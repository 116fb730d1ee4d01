"""What follows from the states of runs: pointers to their runs, and the pairs of type and name."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from runledger.service.retries import retry_on_conflict
from runledger.service.stream.reactions import Failure
from runledger.store import stream_changes
from runledger.store.dynamodb import stream_records
from runledger.store.dynamodb.stream_records import Change
from runledger.store.runs.observed_states import ObservedStateStore, new_states
from runledger.store.runs.states import StateStore
from runledger.store.store import Store


def record(store: Store, records: Sequence[Mapping[str, Any]]) -> Iterator[Failure]:
    """Record the states of a batch; if that fails, yield the first record that has any.

    All of it can be repeated.
    """
    changes = filter(stream_changes.is_of_states, map(stream_records.read, records))
    concerned = list(changes)
    if not concerned:
        return
    try:
        _record(store, concerned)
    except Exception as error:  # noqa: BLE001 the stream repeats the records
        yield Failure(concerned[0].sequence_number, error)


def _record(store: Store, changes: Sequence[Change]) -> None:
    StateStore.of(store).point(changes)
    pairs = ObservedStateStore.of(store)
    runs = [change for change in changes if stream_changes.is_of_run(change)]
    observed = list(chain.from_iterable(map(new_states, runs)))
    retry_on_conflict(lambda: pairs.add(observed))
    if any(map(stream_changes.is_removal, runs)):
        retry_on_conflict(pairs.find_again)
