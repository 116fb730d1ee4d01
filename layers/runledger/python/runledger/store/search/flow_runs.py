"""The search for flow runs."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from runledger.domain import sorting
from runledger.domain.filters.ancestry import Ancestry
from runledger.domain.filters.criteria import Criteria
from runledger.domain.runs.facts import FlowRunFacts
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

FLOW_RUNS: EntityType[FlowRunFacts, FlowRunFacts] = EntityType(
    keys.FLOW_RUN,
    facts=flow_run_items.read_flow_run_facts,
    document=lambda item, facts: facts or FlowRunFacts(items.read_fields(item)),
    rank=by_column(sorting.rank_flow_run),
    attributes=items.DOCUMENT_ATTRIBUTES,
    paths=paths.PATHS,
    is_counted=True,
)


class FlowRunSelection(NamedTuple):
    """Filters flow runs by the criteria."""

    table: Table
    criteria: Criteria

    def choose(self, facts: Sequence[FlowRunFacts]) -> Iterator[bool]:
        """Match each flow run; read the ancestry and the task runs that the criteria filter by."""
        members = Members(self.table, self.criteria)
        ancestries = AncestryLoader(self.table, self.criteria).of_flow_runs(facts)

        def is_match(run: FlowRunFacts, ancestry: Ancestry) -> bool:
            return self._matches(ancestry) and members.has_task_run(run.id)

        reads_task_runs = self.criteria.task_runs is not None
        return test_each(is_match, zip(facts, ancestries, strict=True), reads=reads_task_runs)

    def _matches(self, ancestry: Ancestry) -> bool:
        return all(criterion.matches(ancestry) for criterion in self.criteria.of_ancestry)


def flow_run_searcher(
    store: Store, criteria: Criteria, page: Page = ALL
) -> Searcher[FlowRunFacts, FlowRunFacts]:
    """Return the search for flow runs."""
    return Searcher(
        store.table,
        store.index_shards.read,
        FLOW_RUNS,
        FlowRunSelection(store.table, criteria),
        page,
    )
