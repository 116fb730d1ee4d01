"""The search for task runs."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from runledger.domain import sorting
from runledger.domain.filters.criteria import Criteria
from runledger.domain.runs.facts import TaskRunFacts
from runledger.domain.sorting import ALL, Page
from runledger.store import items
from runledger.store.dynamodb.table import Table
from runledger.store.runs import task_run_items
from runledger.store.schema import indexes, keys
from runledger.store.search.ancestry import AncestryLoader
from runledger.store.search.entities import EntityType
from runledger.store.search.executor import Searcher
from runledger.store.search.paths import task_runs as paths
from runledger.store.store import Store

TASK_RUNS: EntityType[TaskRunFacts, TaskRunFacts] = EntityType(
    keys.TASK_RUN,
    facts=task_run_items.read_facts,
    document=lambda item, facts: facts or TaskRunFacts(items.read_fields(item)),
    rank=sorting.rank_task_run,
    attributes=task_run_items.TASK_RUN_ATTRIBUTES,
    paths=paths.PATHS,
    is_counted=True,
    wide=frozenset({indexes.BY_STATE}),
    scan=paths.by_state_of_any_type,
)


# Task runs by what their entries in `by_owner` tell: their flow run, and if they have subflow runs.
MEMBERS = TASK_RUNS._replace(facts=task_run_items.read_member, wide=frozenset({indexes.BY_OWNER}))


class TaskRunSelection(NamedTuple):
    """Filters task runs by the criteria."""

    criteria: Criteria
    ancestries: AncestryLoader

    @classmethod
    def by(cls, table: Table, criteria: Criteria) -> "TaskRunSelection":
        """Return the selection of a table's task runs by criteria."""
        return cls(criteria, AncestryLoader(table, criteria))

    def choose(self, facts: Sequence[TaskRunFacts]) -> Iterator[bool]:
        """Match each run; read the ancestry that the criteria filter by."""
        ancestries = self.ancestries.of(facts)
        return (self.criteria.matches(run, ancestries.get(run.flow_run_id)) for run in facts)


def task_run_searcher(
    store: Store,
    criteria: Criteria,
    page: Page = ALL,
    entity_type: EntityType[TaskRunFacts, TaskRunFacts] = TASK_RUNS,
) -> Searcher[TaskRunFacts, TaskRunFacts]:
    """Return the search for task runs.

    With `MEMBERS`, the criteria may be on flow runs' ids and subflow runs alone.
    """
    return Searcher(
        store.table,
        store.index_shards.read,
        entity_type,
        TaskRunSelection.by(store.table, criteria),
        page,
    )
