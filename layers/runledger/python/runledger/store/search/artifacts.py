"""The search for artifacts.

Indexes serve the orders by id and by creation. By the others, which nobody asks of all artifacts, a
search sorts all that match in memory: their entries would cost a unit more with each artifact.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeVar

from runledger.domain import sorting
from runledger.domain.artifacts import Artifact, ArtifactCollection
from runledger.domain.filters.artifacts import ArtifactCriteria
from runledger.domain.runs.facts import TaskRunFacts
from runledger.domain.sorting import ALL, Page
from runledger.store import items
from runledger.store.artifacts import artifact_items
from runledger.store.dynamodb.table import Table
from runledger.store.runs import task_run_items
from runledger.store.schema import keys
from runledger.store.search.ancestry import AncestryLoader
from runledger.store.search.entities import EntityType, by_column
from runledger.store.search.executor import Ranked, Searcher
from runledger.store.search.paths import artifacts as paths
from runledger.store.store import Store

A = TypeVar("A", Artifact, ArtifactCollection)

NO_CRITERIA = ArtifactCriteria.model_construct()

INDEXED = {"id", "created"}

ARTIFACTS: EntityType[Artifact, Artifact] = EntityType(
    keys.ARTIFACT,
    facts=artifact_items.read_artifact_facts,
    document=lambda item, _: items.read_document(Artifact, item),
    rank=by_column(sorting.rank_artifact),
    attributes=items.DOCUMENT_ATTRIBUTES,
    paths=paths.PATHS,
)


class ArtifactSelection(NamedTuple):
    """Filters artifacts, or their collections, by the criteria."""

    table: Table
    criteria: ArtifactCriteria

    def choose(self, facts: Sequence[A]) -> Iterator[bool]:
        """Match each artifact; read the runs that the criteria filter by."""
        ancestries = AncestryLoader(self.table, self.criteria).of(facts)
        task_runs = self._task_runs(facts)
        for artifact in facts:
            task_run = task_runs.get(artifact.task_run_id)
            is_match = self._matches(artifact) and self._has_task_run(task_run)
            ancestry = ancestries.get(artifact.flow_run_id)
            yield is_match and self.criteria.matches_ancestry(ancestry)

    def _matches(self, artifact: A) -> bool:
        return self.criteria.artifacts is None or self.criteria.artifacts.test(artifact)

    def _has_task_run(self, task_run: TaskRunFacts | None) -> bool:
        wanted = self.criteria.task_runs
        return wanted is None or (task_run is not None and wanted.matches(task_run))

    def _task_runs(self, facts: Sequence[A]) -> dict[object, TaskRunFacts]:
        if self.criteria.task_runs is None:
            return {}
        ids = {artifact.task_run_id for artifact in facts if artifact.task_run_id}
        found = self.table.read_many([keys.task_run(run_id) for run_id in ids])
        read = map(task_run_items.read_facts, found.values())
        return {task_run.id: task_run for task_run in read}


class ArtifactSearcher(Searcher[Artifact, Artifact]):
    """A search for artifacts, in the order of an index or, without one, in memory."""

    @property
    def _has_no_criteria(self) -> bool:
        return self.criteria == NO_CRITERIA

    def _ranked(self) -> Ranked[Artifact]:
        if self.page.order.column in INDEXED:
            return super()._ranked()
        return self._select_page(self._narrowest() or self._scan())


def artifact_searcher(
    store: Store, criteria: ArtifactCriteria, page: Page = ALL
) -> ArtifactSearcher:
    """Return the search for artifacts."""
    selection = ArtifactSelection(store.table, criteria)
    return ArtifactSearcher(store.table, store.index_shards.read, ARTIFACTS, selection, page)
