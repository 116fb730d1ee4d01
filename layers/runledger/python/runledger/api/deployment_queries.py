"""Bodies of named parameters that ask for lists of deployments (contract, neighbours 5).

The order of the fields is that of the reference's errors.
"""

from runledger.api.queries import MOST_RUNS, Limit, Offset, PageNumber
from runledger.domain.filters.criteria import Criteria
from runledger.domain.filters.deployments import DeploymentFilter
from runledger.domain.filters.fields import IdOrNot
from runledger.domain.filters.flow_runs import FlowRunFilter
from runledger.domain.filters.flows import FlowFilter
from runledger.domain.filters.task_runs import TaskRunFilter
from runledger.domain.filters.work_pools import WorkPoolFilter, WorkQueueFilter
from runledger.domain.sorting import DEPLOYMENT_ORDERS, DeploymentSort, Page
from runledger.domain.values import Value

NO_DEPLOYMENT = DeploymentFilter(id=IdOrNot(any_=[]))


class ReadDeployments(Value):
    """POST /deployments/filter."""

    limit: Limit = MOST_RUNS
    offset: Offset = 0
    flows: FlowFilter | None = None
    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None
    deployments: DeploymentFilter | None = None
    work_pools: WorkPoolFilter | None = None
    work_pool_queues: WorkQueueFilter | None = None
    sort: DeploymentSort = DeploymentSort.NAME_ASC

    def part(self) -> Page:
        """Return which part is asked for, in which order."""
        return Page(DEPLOYMENT_ORDERS[self.sort], self.offset, self.limit)


class PaginateDeployments(Value):
    """POST /deployments/paginate."""

    limit: Limit = MOST_RUNS
    page: PageNumber = 1
    flows: FlowFilter | None = None
    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None
    deployments: DeploymentFilter | None = None
    work_pools: WorkPoolFilter | None = None
    work_pool_queues: WorkQueueFilter | None = None
    sort: DeploymentSort = DeploymentSort.NAME_ASC

    def part(self) -> Page:
        """Return which part is asked for, in which order."""
        return Page(DEPLOYMENT_ORDERS[self.sort], (self.page - 1) * self.limit, self.limit)


class CountDeployments(Value):
    """POST /deployments/count."""

    flows: FlowFilter | None = None
    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None
    deployments: DeploymentFilter | None = None
    work_pools: WorkPoolFilter | None = None
    work_pool_queues: WorkQueueFilter | None = None


def deployment_criteria(
    asked: ReadDeployments | PaginateDeployments | CountDeployments,
) -> Criteria:
    """Return which deployments are wanted; none of a work pool, for there are no work pools."""
    pooled = asked.work_pools is not None or asked.work_pool_queues is not None
    return Criteria.model_construct(
        flows=asked.flows,
        flow_runs=asked.flow_runs,
        task_runs=asked.task_runs,
        deployments=NO_DEPLOYMENT if pooled else asked.deployments,
    )
