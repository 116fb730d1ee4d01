"""Bodies of searches for flow runs and flows: named parameters (docs/contract/neighbours.md 2, 3).

Their fields are in the order of the reference's errors, as in `queries`.
"""

from runledger.api.queries import Filtered, Limited, Paged, Skipping, Spanning
from runledger.domain.filters.criteria import Criteria
from runledger.domain.filters.fields import IdOrNot
from runledger.domain.filters.flow_runs import FlowRunFilter
from runledger.domain.filters.flows import FlowFilter
from runledger.domain.filters.work_pools import WorkPoolFilter, WorkQueueFilter
from runledger.domain.sorting import FlowRunSort, FlowSort
from runledger.domain.values import Value

NO_FLOW_RUN = FlowRunFilter(id=IdOrNot(any_=[]))
NO_FLOW = FlowFilter(id=IdOrNot(any_=[]))


class Pooled(Filtered):
    """A filter of work pools; there are none."""

    work_pools: WorkPoolFilter | None = None

    @property
    def names_pools(self) -> bool:
        """Whether there is a filter of work pools or queues, so that nothing matches."""
        return self.work_pools is not None


class Queued(Pooled):
    """Filters of work pools and of their queues."""

    work_pool_queues: WorkQueueFilter | None = None

    @property
    def names_pools(self) -> bool:
        """Whether there is a filter of work pools or queues, so that nothing matches."""
        return super().names_pools or self.work_pool_queues is not None


class FlowRunsSorted(Value):
    sort: FlowRunSort = FlowRunSort.ID_DESC


class FlowsSorted(Value):
    """The order of flows, or of deployments, which have the same orders."""

    sort: FlowSort = FlowSort.NAME_ASC


class ReadFlowRuns(Queued, Skipping, FlowRunsSorted, Limited):
    """POST /flow_runs/filter."""


class PaginateFlowRuns(Queued, Paged, FlowRunsSorted, Limited):
    """POST /flow_runs/paginate."""


class CountFlowRuns(Queued):
    """POST /flow_runs/count."""


class AverageFlowRunLateness(Queued):
    """POST /flow_runs/lateness."""


class FlowRunHistory(Pooled, Spanning):
    """POST /flow_runs/history; only here the queues have another name."""

    work_queues: WorkQueueFilter | None = None

    @property
    def names_pools(self) -> bool:
        """Whether there is a filter of work pools or queues, so that nothing matches."""
        return super().names_pools or self.work_queues is not None


class ReadFlows(FlowsSorted, Pooled, Skipping, Limited):
    """POST /flows/filter."""


class PaginateFlows(FlowsSorted, Pooled, Paged, Limited):
    """POST /flows/paginate."""


class CountFlows(Pooled):
    """POST /flows/count."""


def flow_run_criteria(body: Pooled) -> Criteria:
    """Return the criteria of flow runs; no flow run has a work pool."""
    criteria = body.criteria()
    return criteria.replace(flow_runs=NO_FLOW_RUN) if body.names_pools else criteria


def flow_criteria(body: Pooled) -> Criteria:
    """Return the criteria of flows; no flow has a work pool."""
    criteria = body.criteria()
    return criteria.replace(flows=NO_FLOW) if body.names_pools else criteria
