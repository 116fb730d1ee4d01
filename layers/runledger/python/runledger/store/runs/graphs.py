"""The nodes of a flow run's graph in the table."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Self
from uuid import UUID

from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.flows import Flow
from runledger.domain.runs.graphs import GraphTaskRun, Subflow
from runledger.domain.runs.task_runs import TaskRun
from runledger.store import items
from runledger.store.dynamodb.expressions import in_partition
from runledger.store.dynamodb.table import Query, Table
from runledger.store.runs import task_run_items
from runledger.store.runs.task_run_items import Stored
from runledger.store.schema import keys
from runledger.store.store import Store


class GraphStore(NamedTuple):
    """The nodes of flow runs' graphs in the table."""

    table: Table

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table)

    def nodes(self, task_run_ids: Sequence[UUID]) -> Iterator[GraphTaskRun]:
        """Yield the task runs; the parent of several subflow runs comes once with each of them."""
        task_runs = self._stored(task_run_ids)
        parents = [stored.run.id for stored in task_runs if stored.subflow_runs]
        linked = [run_id for parent_id in parents for run_id in self._subflow_runs(parent_id)]
        subflows: dict[UUID | None, list[Subflow | None]] = defaultdict(list)
        for subflow in self._subflows(linked):
            subflows[subflow.run.parent_task_run_id].append(subflow)
        for run in (stored.run for stored in task_runs):
            yield from (GraphTaskRun(run, subflow) for subflow in subflows.get(run.id, [None]))

    def task_runs(self, task_run_ids: Sequence[UUID]) -> list[TaskRun]:
        """Return the task runs alone."""
        return [stored.run for stored in self._stored(task_run_ids)]

    def _stored(self, task_run_ids: Sequence[UUID]) -> list[Stored]:
        found = self.table.read_many([keys.task_run(run_id) for run_id in task_run_ids])
        return list(map(task_run_items.read_task_run, found.values()))

    def _subflow_runs(self, task_run_id: UUID) -> Iterator[UUID]:
        links = in_partition(keys.task_run(task_run_id).pk, keys.under(keys.SUBFLOW))
        return map(items.pointed_to, self.table.query(Query(links)))

    def _subflows(self, ids: Sequence[UUID]) -> Iterator[Subflow]:
        found = self.table.read_many([keys.flow_run(run_id) for run_id in ids])
        runs = [items.read_document(FlowRun, item) for item in found.values()]
        flows = self.table.read_many([keys.flow(run.flow_id) for run in runs])
        for run in runs:
            if flow := flows.get(keys.flow(run.flow_id)):
                yield Subflow(run, items.read_document(Flow, flow).name)
