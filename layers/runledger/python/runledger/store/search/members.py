"""Task runs, flow runs and deployments below a searched entity, read where a filter needs them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar
from uuid import UUID

from runledger.domain.deployments.deployments import Deployment
from runledger.domain.filters.ancestry import Ancestry
from runledger.domain.filters.criteria import Criteria
from runledger.domain.runs.facts import FlowRunFacts, TaskRunFacts
from runledger.parallel import map_in_parallel
from runledger.store.deployments import deployment_items
from runledger.store.dynamodb.expressions import in_index
from runledger.store.dynamodb.table import MAX_KEYS, Query, Table, chunks
from runledger.store.dynamodb.writes import Item
from runledger.store.runs import flow_run_items, task_run_items
from runledger.store.runs.task_run_items import TASK_RUN_ATTRIBUTES
from runledger.store.schema import indexes, keys
from runledger.store.search.ancestry import AncestryLoader

T = TypeVar("T")


class Members(NamedTuple):
    """The members of flow runs and flows, read if the criteria filter by them."""

    table: Table
    criteria: Criteria

    def has_task_run(self, flow_run_id: UUID) -> bool:
        """Return whether a task run of a flow run matches; True without a filter on task runs."""
        wanted = self.criteria.task_runs
        if wanted is None:
            return True
        return any(map(wanted.matches, self._task_runs(flow_run_id)))

    def _task_runs(self, flow_run_id: UUID) -> Iterator[TaskRunFacts]:
        """Yield the task runs of a flow run, from their documents."""
        entries = self._owned(keys.flow_run(flow_run_id).pk, keys.TASK_RUN)
        for some in chunks(map(keys.of, entries), MAX_KEYS):
            found = self.table.read_many(some, TASK_RUN_ATTRIBUTES, whole=False)
            yield from map(task_run_items.read_facts, found.values())

    def has_run(self, runs: Iterable[FlowRunFacts]) -> bool:
        """Return whether one flow run matches the filters on runs; True without such filters."""
        if self.criteria.flow_runs is None and self.criteria.task_runs is None:
            return True
        return any(self._any_matches(some) for some in chunks(runs, MAX_KEYS))

    def _any_matches(self, runs: Sequence[FlowRunFacts]) -> bool:
        wanted = self.criteria.flow_runs
        ancestries = AncestryLoader(self.table, self.criteria).of_flow_runs(runs)
        return any(
            (wanted is None or wanted.matches(ancestry)) and self.has_task_run(run.id)
            for run, ancestry in zip(runs, ancestries, strict=True)
        )

    def flow_runs(self, flow_id: UUID) -> Iterator[FlowRunFacts]:
        """Yield the runs of a flow, from an index."""
        entries = self._owned(keys.flow(flow_id).pk, keys.FLOW_RUN)
        return map(flow_run_items.read_flow_run_facts, entries)

    def deployments(self, flow_id: UUID) -> Iterator[Deployment]:
        """Yield the deployments of a flow, from an index."""
        entries = self._owned(keys.flow(flow_id).pk, keys.DEPLOYMENT)
        return map(deployment_items.read_deployment_facts, entries)

    def _owned(self, owner: str, kind: str) -> Iterator[Item]:
        query = Query(in_index(indexes.BY_OWNER, owner, None), indexes.BY_OWNER.name)
        return (entry for entry in self.table.query(query) if keys.is_of(keys.of(entry), kind))


def test_each(
    test: Callable[[T, Ancestry], bool], entities: Iterable[tuple[T, Ancestry]], *, reads: bool
) -> Iterator[bool]:
    """Yield the test's result for each entity; in parallel if the test reads the table."""
    apply = map_in_parallel if reads else map
    return apply(lambda arguments: test(*arguments), entities)
