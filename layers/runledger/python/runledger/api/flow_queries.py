"""Bodies of named parameters that ask for lists of flow runs and flows (contract, neighbours 2, 3).

The order of their fields is that of the reference's errors, as in `queries`.
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
    """Asks for things of work pools; there are none."""

    work_pools: WorkPoolFilter | None = None

    @property
    def names_pools(self) -> bool:
        """Whether nothing can meet what is asked."""
        return self.work_pools is not None


class Queued(Pooled):
    """Asks for things of work pools and of their queues."""

    work_pool_queues: WorkQueueFilter | None = None

    @property
    def names_pools(self) -> bool:
        """Whether nothing can meet what is asked."""
        return super().names_pools or self.work_pool_queues is not None


class FlowRunsSorted(Value):
    sort: FlowRunSort = FlowRunSort.ID_DESC


class FlowsSorted(Value):
    """Asks for an order of flows, or of deployments: they have the same."""

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
    """POST /flow_runs/history; the queues have another name only here."""

    work_queues: WorkQueueFilter | None = None

    @property
    def names_pools(self) -> bool:
        """Whether nothing can meet what is asked."""
        return super().names_pools or self.work_queues is not None


class ReadFlows(FlowsSorted, Pooled, Skipping, Limited):
    """POST /flows/filter."""


class PaginateFlows(FlowsSorted, Pooled, Paged, Limited):
    """POST /flows/paginate."""


class CountFlows(Pooled):
    """POST /flows/count."""


def flow_run_criteria(asked: Pooled) -> Criteria:
    """Return what is asked of flow runs; none is of a work pool."""
    wanted = asked.criteria()
    return wanted.replace(flow_runs=NO_FLOW_RUN) if asked.names_pools else wanted


def flow_criteria(asked: Pooled) -> Criteria:
    """Return what is asked of flows; none is of a work pool."""
    wanted = asked.criteria()
    return wanted.replace(flows=NO_FLOW) if asked.names_pools else wanted
