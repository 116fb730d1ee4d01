"""The criteria of a search for task runs, and for their ancestors."""

from functools import cached_property

from runledger.domain.filters.ancestry import Ancestry, AncestryFilter, WorkQueueIds
from runledger.domain.filters.deployments import DeploymentFilter
from runledger.domain.filters.flow_runs import FlowRunFilter
from runledger.domain.filters.flows import FlowFilter
from runledger.domain.filters.task_runs import TaskRunFilter
from runledger.domain.runs.facts import TaskRunFacts
from runledger.domain.values import Value


class Criteria(Value):
    """The filters of a search; all given ones must match."""

    flows: FlowFilter | None = None
    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None
    deployments: DeploymentFilter | None = None
    work_queues: WorkQueueIds | None = None

    @cached_property
    def of_ancestry(self) -> tuple[AncestryFilter | WorkQueueIds, ...]:
        given = (self.flow_runs, self.flows, self.deployments, self.work_queues)
        return tuple(filter_ for filter_ in given if filter_ is not None)

    @property
    def needs_ancestry(self) -> bool:
        """Whether a match depends on more than the facts of the run."""
        return bool(self.of_ancestry)

    def matches(self, facts: TaskRunFacts, ancestry: Ancestry | None = None) -> bool:
        """Return whether the run matches; without an ancestry it has no flow run."""
        if self.task_runs is not None and not self.task_runs.matches(facts):
            return False
        return self.matches_ancestry(ancestry)

    def matches_ancestry(self, ancestry: Ancestry | None) -> bool:
        """Return whether the flow run and what it belongs to match, as far as filters ask."""
        if not self.of_ancestry:
            return True
        if ancestry is None or ancestry.flow_run is None:
            return False
        return all(filter_.matches(ancestry) for filter_ in self.of_ancestry)
