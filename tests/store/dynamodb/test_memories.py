"""The memory of a warm function, and writers that keep out of each other's way."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from runledger.store import store
from runledger.store.dynamodb.table import Table
from runledger.store.store import FifoCache, Store
from tests.reporting.building import body
from tests.store.events.test_recordings import receive
from tests.store.support.calls import heard
from tests.support.databases import DynamoDB

STATES = 24


def test_only_the_last_things_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MAX_ENTRIES", 2)
    memory: FifoCache[int] = FifoCache()
    for number in range(3):
        memory.put(str(number), number)
    assert [memory.get(str(number)) for number in range(3)] == [None, 1, 2]


def test_states_of_a_run_that_are_told_of_at_once_do_not_refuse_each_other(
    on_dynoxide: DynamoDB,
) -> None:
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), shards=2)
    actual = [body(second, "PENDING") for second in range(STATES)]
    with heard(store.table.client) as calls, ThreadPoolExecutor(8) as takers:
        list(takers.map(lambda event: receive(store, event), actual))
    # Each looks for the event, and writes the run, the first time with its key, and the event.
    names = Counter(name for name, _ in calls)
    assert names == {"GetItem": STATES, "TransactWriteItems": 1, "PutItem": 2 * STATES - 1}
