"""Adds changes of runs to the counts by state type."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from runledger.service.stream.reactions import Failure
from runledger.store.dynamodb import stream_records
from runledger.store.runs.state_counts import StateCountStore
from runledger.store.store import Store


def count(store: Store, records: Sequence[Mapping[str, Any]]) -> Iterator[Failure]:
    """Count the changes of a batch; if some were not counted, yield its first record.

    The stream repeats all of them; those that were counted are not counted again.
    """
    changes = list(map(stream_records.read, records))
    try:
        StateCountStore.of(store).add(changes)
    except Exception as error:  # noqa: BLE001 - removals do not depend on counts
        yield Failure(changes[0].sequence_number, error)
