"""Bodies of named parameters that ask for lists of flow runs and flows (contract, neighbours 2, 3).

The order of the fields is that of the reference's errors.
"""

from runledger.api.queries import (
    MOST_RUNS,
    IntervalSeconds,
    Limit,
    Offset,
    PageNumber,
    timeline,
)
from runledger.domain.filters.criteria import Criteria
from runledger.domain.filters.deployments import DeploymentFilter
from runledger.domain.filters.fields import IdOrNot
from runledger.domain.filters.flow_runs import FlowRunFilter
from runledger.domain.filters.flows import FlowFilter
from runledger.domain.filters.task_runs import TaskRunFilter
from runledger.domain.filters.work_pools import WorkPoolFilter, WorkQueueFilter
from runledger.domain.history import Timeline
from runledger.domain.sorting import FLOW_ORDERS, FLOW_RUN_ORDERS, FlowRunSort, FlowSort, Page
from runledger.domain.values import UtcTime, Value

NO_FLOW_RUN = FlowRunFilter(id=IdOrNot(any_=[]))
NO_FLOW = FlowFilter(id=IdOrNot(any_=[]))


class ReadFlowRuns(Value):
    """POST /flow_runs/filter."""

    limit: Limit = MOST_RUNS
    sort: FlowRunSort = FlowRunSort.ID_DESC
    offset: Offset = 0
    flows: FlowFilter | None = None
    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None
    deployments: DeploymentFilter | None = None
    work_pools: WorkPoolFilter | None = None
    work_pool_queues: WorkQueueFilter | None = None

    def part(self) -> Page:
        """Return which part is asked for, in which order."""
        return Page(FLOW_RUN_ORDERS[self.sort], self.offset, self.limit)


class PaginateFlowRuns(Value):
    """POST /flow_runs/paginate."""

    limit: Limit = MOST_RUNS
    sort: FlowRunSort = FlowRunSort.ID_DESC
    page: PageNumber = 1
    flows: FlowFilter | None = None
    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None
    deployments: DeploymentFilter | None = None
    work_pools: WorkPoolFilter | None = None
    work_pool_queues: WorkQueueFilter | None = None

    def part(self) -> Page:
        """Return which part is asked for, in which order."""
        return Page(FLOW_RUN_ORDERS[self.sort], (self.page - 1) * self.limit, self.limit)


class CountFlowRuns(Value):
    """POST /flow_runs/count."""

    flows: FlowFilter | None = None
    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None
    deployments: DeploymentFilter | None = None
    work_pools: WorkPoolFilter | None = None
    work_pool_queues: WorkQueueFilter | None = None


class FlowRunHistory(Value):
    """POST /flow_runs/history."""

    history_start: UtcTime
    history_end: UtcTime
    history_interval_seconds: IntervalSeconds
    flows: FlowFilter | None = None
    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None
    deployments: DeploymentFilter | None = None
    work_pools: WorkPoolFilter | None = None
    work_queues: WorkQueueFilter | None = None

    @property
    def work_pool_queues(self) -> WorkQueueFilter | None:
        """The queues, which only here have another name."""
        return self.work_queues

    def timeline(self) -> Timeline:
        """Return the intervals asked for.

        Raises:
            Invalid: they are too short, or end after all time.
        """
        return timeline(self.history_start, self.history_end, self.history_interval_seconds)


class ReadFlows(Value):
    """POST /flows/filter."""

    limit: Limit = MOST_RUNS
    offset: Offset = 0
    flows: FlowFilter | None = None
    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None
    deployments: DeploymentFilter | None = None
    work_pools: WorkPoolFilter | None = None
    sort: FlowSort = FlowSort.NAME_ASC

    def part(self) -> Page:
        """Return which part is asked for, in which order."""
        return Page(FLOW_ORDERS[self.sort], self.offset, self.limit)


class PaginateFlows(Value):
    """POST /flows/paginate."""

    limit: Limit = MOST_RUNS
    page: PageNumber = 1
    flows: FlowFilter | None = None
    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None
    deployments: DeploymentFilter | None = None
    work_pools: WorkPoolFilter | None = None
    sort: FlowSort = FlowSort.NAME_ASC

    def part(self) -> Page:
        """Return which part is asked for, in which order."""
        return Page(FLOW_ORDERS[self.sort], (self.page - 1) * self.limit, self.limit)


class CountFlows(Value):
    """POST /flows/count."""

    flows: FlowFilter | None = None
    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None
    deployments: DeploymentFilter | None = None
    work_pools: WorkPoolFilter | None = None


def flow_run_criteria(
    asked: ReadFlowRuns | PaginateFlowRuns | CountFlowRuns | FlowRunHistory,
) -> Criteria:
    """Return which flow runs are wanted; none of a work pool, for there are no work pools."""
    pooled = asked.work_pools is not None or asked.work_pool_queues is not None
    return Criteria.model_construct(
        flows=asked.flows,
        flow_runs=NO_FLOW_RUN if pooled else asked.flow_runs,
        task_runs=asked.task_runs,
        deployments=asked.deployments,
    )


def flow_criteria(asked: ReadFlows | PaginateFlows | CountFlows) -> Criteria:
    """Return which flows are wanted; none of a work pool, for there are no work pools."""
    return Criteria.model_construct(
        flows=asked.flows if asked.work_pools is None else NO_FLOW,
        flow_runs=asked.flow_runs,
        task_runs=asked.task_runs,
        deployments=asked.deployments,
    )
