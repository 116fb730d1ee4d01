"""All that a search may ask of task runs and of what stands above them."""

from functools import cached_property

from runledger.domain.filters.ancestry import Ancestry, AncestryFilter
from runledger.domain.filters.deployments import DeploymentFilter
from runledger.domain.filters.flow_runs import FlowRunFilter
from runledger.domain.filters.flows import FlowFilter
from runledger.domain.filters.task_runs import TaskRunFilter
from runledger.domain.runs.facts import TaskRunFacts
from runledger.domain.values import Value


class Criteria(Value):
    """The four filters of a search; all that are given must hold."""

    flows: FlowFilter | None = None
    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None
    deployments: DeploymentFilter | None = None

    @cached_property
    def of_ancestry(self) -> tuple[AncestryFilter, ...]:
        given = (self.flow_runs, self.flows, self.deployments)
        return tuple(one for one in given if one is not None)

    @property
    def needs_ancestry(self) -> bool:
        """Whether the facts of a run alone can't tell if it matches."""
        return bool(self.of_ancestry)

    def matches(self, facts: TaskRunFacts, ancestry: Ancestry | None = None) -> bool:
        """Tell whether the run is wanted; no lineage: it belongs to no flow run."""
        if self.task_runs is not None and not self.task_runs.matches(facts):
            return False
        return not self.of_ancestry or self._wants(ancestry)

    def _wants(self, ancestry: Ancestry | None) -> bool:
        if ancestry is None or ancestry.flow_run is None:
            return False
        return all(one.matches(ancestry) for one in self.of_ancestry)
