"""Bodies of searches for flow runs and flows: named parameters (docs/contract/neighbours.md 2, 3).

Their fields are in the order of the reference's errors, as in `queries`.
"""

from runledger.api.queries import Filtered, Limited, Paged, Skipping, Spanning
from runledger.domain.filters.work_pools import WorkPoolFilter, WorkQueueFilter
from runledger.domain.sorting import FlowRunSort, FlowSort
from runledger.domain.values import Value

PoolFilters = tuple[WorkPoolFilter | None, WorkQueueFilter | None]


class Pooled(Filtered):
    """A filter of work pools."""

    work_pools: WorkPoolFilter | None = None

    @property
    def pool_filters(self) -> PoolFilters:
        """The filters of work pools and of their queues."""
        return self.work_pools, None


class Queued(Pooled):
    """Filters of work pools and of their queues."""

    work_pool_queues: WorkQueueFilter | None = None

    @property
    def pool_filters(self) -> PoolFilters:
        """The filters of work pools and of their queues."""
        return self.work_pools, self.work_pool_queues


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
    def pool_filters(self) -> PoolFilters:
        """The filters of work pools and of their queues."""
        return self.work_pools, self.work_queues


class ReadFlows(FlowsSorted, Pooled, Skipping, Limited):
    """POST /flows/filter."""


class PaginateFlows(FlowsSorted, Pooled, Paged, Limited):
    """POST /flows/paginate."""


class CountFlows(Pooled):
    """POST /flows/count."""
