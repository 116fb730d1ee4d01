"""What stands above task runs: their flow runs, those runs' flows and parents."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from runledger.domain.facts import TaskRunFacts
from runledger.domain.filters.criteria import Criteria
from runledger.domain.filters.lineage import Lineage
from runledger.domain.flow_runs import FlowRun
from runledger.domain.flows import Flow
from runledger.store import items, keys
from runledger.store.table import Table


@dataclass(frozen=True)
class Lineages:
    """Looks up lineages once per flow run, and only as far as the criteria ask."""

    table: Table
    criteria: Criteria
    _seen: dict[UUID | None, Lineage] = field(default_factory=dict)

    def of(self, runs: Iterable[TaskRunFacts]) -> Mapping[UUID | None, Lineage]:
        """Return the lineages of the runs by their flow run's id; of no flow run there is none."""
        if not self.criteria.needs_lineage:
            return {}
        new = {run.flow_run_id for run in runs} - {None} - self._seen.keys()
        self._seen.update(self._look_up([flow_run_id for flow_run_id in new if flow_run_id]))
        return self._seen

    def _look_up(self, ids: list[UUID]) -> dict[UUID | None, Lineage]:
        found = self.table.read_many([keys.flow_run(flow_run_id) for flow_run_id in ids])
        flow_runs = [items.read_document(FlowRun, item) for item in found.values()]
        of_each = zip(flow_runs, self.of_flow_runs(flow_runs), strict=True)
        return {run.id: lineage for run, lineage in of_each}

    def of_flow_runs(self, flow_runs: Sequence[FlowRun]) -> Iterator[Lineage]:
        """Return the lineage of each flow run, as far as the criteria ask."""
        flows = self._flows(flow_runs)
        parents = self._parents(flow_runs)
        return (
            Lineage(
                flow_run=run,
                flow=flows.get(run.flow_id),
                parent_flow_run_id=parents.get(run.parent_task_run_id),
            )
            for run in flow_runs
        )

    def _flows(self, flow_runs: Sequence[FlowRun]) -> dict[UUID, Flow]:
        if self.criteria.flows is None:
            return {}
        found = self.table.read_many([keys.flow(run.flow_id) for run in flow_runs])
        flows = [items.read_document(Flow, item) for item in found.values()]
        return {flow.id: flow for flow in flows}

    def _parents(self, flow_runs: Sequence[FlowRun]) -> dict[UUID | None, UUID | None]:
        """Return the flow runs in which the subflows' parent task runs are."""
        if self.criteria.flow_runs is None or self.criteria.flow_runs.parent_flow_run_id is None:
            return {}
        ids = [run.parent_task_run_id for run in flow_runs if run.parent_task_run_id]
        found = self.table.read_many([keys.task_run(task_run_id) for task_run_id in ids])
        facts = map(items.read_facts, found.values())
        return {task_run.id: task_run.flow_run_id for task_run in facts}
