"""The searches for artifacts, and for the latest of each key."""

from itertools import compress

from runledger.domain.artifacts import Artifact, ArtifactCollection
from runledger.domain.filters.artifacts import ArtifactCriteria
from runledger.domain.sorting import Page, rank_artifact
from runledger.store.artifacts.artifacts import ArtifactStore
from runledger.store.search.artifacts import ArtifactSelection, artifact_searcher
from runledger.store.search_result import SearchResult
from runledger.store.store import Store


def find(store: Store, criteria: ArtifactCriteria, page: Page) -> SearchResult[list[Artifact]]:
    """Return a page of the matching artifacts."""
    return artifact_searcher(store, criteria, page).find()


def count(store: Store, criteria: ArtifactCriteria) -> SearchResult[int]:
    """Return the number of matching artifacts."""
    return artifact_searcher(store, criteria).count()


def find_latest(store: Store, criteria: ArtifactCriteria, page: Page) -> list[ArtifactCollection]:
    """Return a page of the keys whose latest artifact matches."""
    found = sorted(
        _matching(store, criteria),
        key=lambda collection: rank_artifact(collection, page.order.column),
        reverse=page.order.reverse,
    )
    return ArtifactStore.of(store).complete(found[page.offset : page.offset + page.limit])


def count_latest(store: Store, criteria: ArtifactCriteria) -> int:
    """Return the number of keys whose latest artifact matches."""
    return len(_matching(store, criteria))


def _matching(store: Store, criteria: ArtifactCriteria) -> list[ArtifactCollection]:
    every = ArtifactStore.of(store).collections()
    return list(compress(every, ArtifactSelection(store.table, criteria).choose(every)))
