"""Follow-up of the table's changes: counts, consequences of states, removals."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from runledger.service.stream import cascade_deletes, retention, states
from runledger.service.stream.failures import Failure, attempt
from runledger.store import stream_changes
from runledger.store.dynamodb import stream_records
from runledger.store.dynamodb.calls import Deadline
from runledger.store.dynamodb.stream_records import Change
from runledger.store.retention import RetentionStore
from runledger.store.runs.state_counts import StateCountStore
from runledger.store.store import Store


def changes_of(records: Iterable[Mapping[str, Any]]) -> list[Change]:
    """Return the changes that a batch of the stream tells of."""
    return list(map(stream_records.read, records))


def follow(
    store: Store, changes: Sequence[Change], deadline: Deadline, *, now: datetime
) -> Iterator[Failure]:
    """Follow the changes of a batch; yield the failures.

    The stream repeats changes from the first failure on; those that were counted are not counted
    again.
    """
    yield from attempt(StateCountStore.of(store).add, changes)
    yield from attempt(
        partial(states.record, store), list(filter(stream_changes.is_of_states, changes))
    )
    yield from attempt(partial(RetentionStore.of(store).set_timers, now=now), changes)
    yield from cascade_deletes.follow(store, changes, deadline, now=now)
    yield from retention.follow(store, changes, deadline, now=now)
