"""The search for flow runs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from runledger.domain import sorting
from runledger.domain.filters.ancestry import Ancestry
from runledger.domain.filters.criteria import Criteria
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.sorting import ALL, Page
from runledger.store import items
from runledger.store.dynamodb.table import Table
from runledger.store.runs import flow_run_items
from runledger.store.schema import keys
from runledger.store.search.ancestry import AncestryLoader
from runledger.store.search.entities import EntityType, by_column
from runledger.store.search.executor import Searcher
from runledger.store.search.members import Members, test_each
from runledger.store.search.paths import flow_runs as paths
from runledger.store.store import Store

T = TypeVar("T")


FLOW_RUNS: EntityType[FlowRun, FlowRun] = EntityType(
    keys.FLOW_RUN,
    facts=flow_run_items.read_flow_run_facts,
    document=lambda item: items.read_document(FlowRun, item),
    rank=by_column(sorting.rank_flow_run),
    attributes=items.DOCUMENT_ATTRIBUTES,
    paths=paths.PATHS,
    is_counted=True,
)


@dataclass(frozen=True)
class FlowRunSelection:
    """Which flow runs are wanted."""

    table: Table
    criteria: Criteria

    def choose(self, facts: Sequence[FlowRun]) -> Iterator[bool]:
        """Look up what stands above and below the flow runs, as far as it is asked for."""
        members = Members(self.table, self.criteria)
        ancestries = AncestryLoader(self.table, self.criteria).of_flow_runs(facts)

        def is_wanted(run: FlowRun, ancestry: Ancestry) -> bool:
            return self._wants(ancestry) and members.has_task_run(run.id)

        asks_below = self.criteria.task_runs is not None
        return test_each(is_wanted, zip(facts, ancestries, strict=True), reads=asks_below)

    def _wants(self, ancestry: Ancestry) -> bool:
        return all(one.matches(ancestry) for one in self.criteria.of_ancestry)


def flow_run_searcher(
    store: Store, criteria: Criteria, page: Page = ALL
) -> Searcher[FlowRun, FlowRun]:
    """Return the search for flow runs."""
    return Searcher(
        store.table,
        store.index_shards.read,
        FLOW_RUNS,
        FlowRunSelection(store.table, criteria),
        page,
    )
