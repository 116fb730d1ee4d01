"""The states that runs have been in."""

from runledger.domain.runs.observed_states import ObservedState, ObservedStateQuery
from runledger.store.runs.observed_states import ObservedStateStore
from runledger.store.search_result import SearchResult
from runledger.store.store import Store


def read(store: Store, wanted: ObservedStateQuery) -> SearchResult[list[ObservedState]]:
    """Return the matching pairs of type and name.

    Raises:
        OutOfTime: the store's deadline came first.
    """
    found = ObservedStateStore.of(store).read()
    answer = wanted.first(found.answer)
    return SearchResult(answer, found.path, found.items_read, len(answer))
